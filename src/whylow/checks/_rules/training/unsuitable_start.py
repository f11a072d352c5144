"""WL312."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Confidence, Detected, Status
from whylow.checks._probed import mends, trials_of
from whylow.records import Fault, Fit, Severity


@dataclass(frozen=True, kw_only=True)
class UnsuitableStart(Detected):
    """From an ordinary start the same training learns, from its own it does not.

    ## What it does
    Where a fit learnt nothing, or less than 0.6, and a kernel starts four times larger
    or smaller than Glorot's initialisation, trains again from kernels of that size.

    ## Why is this bad?
    Weights that start far too small pass nothing on, far too large ones saturate or
    explode; the first epochs are lost, or all of them.

    ## Evidence
    - `steps`: steps of the short trainings.
    - `skill`: of the unchanged one, on training rows: 0 as a constant, 1 all right.
    - `skill_ordinary`: of the one from an ordinary start, at least 0.4 and 0.3 above.

    ## Example
    ```python
    tiny = keras.initializers.RandomNormal(stddev=1e-6)
    x = random.normal(size=(256, 4))
    model = keras.Sequential([
        keras.Input((4,)),
        keras.layers.Dense(16, activation="relu", kernel_initializer=tiny),
        keras.layers.Dense(16, activation="relu", kernel_initializer=tiny),
        keras.layers.Dense(1, kernel_initializer=tiny),
    ])
    model.compile(loss="mse", optimizer=keras.optimizers.SGD(0.02))
    model.fit(x, 3 * x[:, 0] - 2 * x[:, 1], epochs=10)
    ```
    Use instead: the default initializer.
    ```python
    x = random.normal(size=(256, 4))
    model = keras.Sequential([
        keras.Input((4,)),
        keras.layers.Dense(16, activation="relu"),
        keras.layers.Dense(16, activation="relu"),
        keras.layers.Dense(1),
    ])
    model.compile(loss="mse", optimizer=keras.optimizers.SGD(0.02))
    model.fit(x, 3 * x[:, 0] - 2 * x[:, 1], epochs=10)
    ```

    ## When to ignore
    Never known to be right; it was tried.
    """

    severity: ClassVar[Severity] = "error"
    status: ClassVar[Status] = "stable"
    since: ClassVar[str] = "0.1.0"
    confidence: ClassVar[Confidence] = 2

    steps: int
    skill: float | None
    skill_ordinary: float

    @property
    def message(self) -> str:
        """The fact and its numbers."""
        return (
            f"From kernels of ordinary size the same {self.steps} steps reach skill"
            f" {self.skill_ordinary:.2f} on training rows, from the script's own start"
            f" {max(self.skill or 0, 0):.2f} (0 is a constant answer, 1 all right)."
        )

    @property
    def fix(self) -> str:
        """What to do about it."""
        return "Leave the kernel initializers out."

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The kind of fault."""
        return ("init",)


def unsuitable_start(fit: Fit) -> Iterator[UnsuitableStart]:
    """WL312."""
    first = next(iter(mends(fit)), None)
    if first is None or first.change != "ordinary start" or first.skill is None:
        return
    own, _ = trials_of(fit)
    yield UnsuitableStart(steps=first.steps, skill=own.skill, skill_ordinary=first.skill)
