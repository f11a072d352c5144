"""WL320."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Confidence, Detected
from whylow.checks._probed import layers_of, learnt_nothing, probes_of, rate_of
from whylow.records import Fault, Fit, Severity

LEAST = 0.001
# Ten steps of a warm-up may well be short.
FEWEST_STEPS = 20


@dataclass(frozen=True, kw_only=True)
class WeightsHardlyMove(Detected):
    """Training moved no layer by more than a thousandth.

    ## What it does
    Compares each layer at the end with its start: length of the way over the length of
    the kernel.

    ## Why is this bad?
    What was trained is what was drawn: the learning rate is far too low.

    ## Evidence
    - `moved`: the longest way of a layer, in parts of its kernel; below 0.001.
    - `steps`: steps of the fit.
    - `learning_rate`: as it was set; null for a schedule.

    ## Example
    ```python
    x = random.normal(size=(256, 4))
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    model.compile(loss="mse", optimizer=keras.optimizers.Adam(1e-8))
    model.fit(x, 5 + 3 * x[:, 0] - 2 * x[:, 1], epochs=5)
    ```
    Use instead: the usual rate of the optimizer, as a first try.
    ```python
    x = random.normal(size=(256, 4))
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    model.compile(loss="mse", optimizer=keras.optimizers.Adam(1e-3))
    model.fit(x, 5 + 3 * x[:, 0] - 2 * x[:, 1], epochs=5)
    ```

    ## When to ignore
    When a trained model is only fine-tuned a little and was good before.
    """

    severity: ClassVar[Severity] = "error"
    since: ClassVar[str] = "0.1.0"
    confidence: ClassVar[Confidence] = 0

    moved: float
    steps: int
    learning_rate: float | None

    @property
    def message(self) -> str:
        """The fact and its numbers."""
        return (
            f"In {self.steps} steps no layer moved by more than {self.moved:.1g} of its"
            " weights."
        )

    @property
    def fix(self) -> str:
        """What to do about it."""
        return "Raise the learning rate a hundredfold, and see whether a gradient arrives."

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The kind of fault."""
        return ("learning_rate", "optimizer")


def weights_hardly_move(fit: Fit) -> Iterator[WeightsHardlyMove]:
    """WL320."""
    layers = [one for one in layers_of(fit) if one.trainable and one.moved is not None]
    moved = [one.moved for one in layers if one.moved is not None]
    steps = probes_of(fit).steps or 0
    # Without a gradient the reason is elsewhere: an output that cannot vary, dead units.
    if not any(one.gradient_start for one in layers):
        return
    if not moved or steps < FEWEST_STEPS or max(moved) >= LEAST:
        return
    if learnt_nothing(fit):
        yield WeightsHardlyMove(moved=max(moved), steps=steps, learning_rate=rate_of(fit))
