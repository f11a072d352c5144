"""WL321."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import CouldNotRun, Detected
from whylow.checks._probed import probes_of
from whylow.records import Fault, Fit, Severity

FACTOR = 3.0


@dataclass(frozen=True, kw_only=True)
class LossAtStartFarOff(Detected):
    """At the start the loss is far above that of guessing.

    ## What it does
    Compares the loss at the start weights with that of the best constant answer (for K
    equally frequent classes, the logarithm of K).

    ## Why is this bad?
    A new model should know nothing: if its loss is several times that of guessing it is
    sure of nonsense, and the first epochs go into unlearning it. Large inputs, large
    initial weights or targets far from zero do that.

    ## Evidence
    - `loss_start`: loss at the start weights.
    - `loss_constant`: of the best constant answer.
    - `ratio`: the first over the second, at least 3.

    ## Example
    ```python
    x = random.normal(size=(60, 4)) * 300
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, "softmax")])
    model.compile(loss="sparse_categorical_crossentropy")
    model.fit(x, np.arange(60) % 3)
    ```
    Use instead: inputs of standard deviation 1, and default initializers.
    ```python
    x = random.normal(size=(60, 4))
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, "softmax")])
    model.compile(loss="sparse_categorical_crossentropy")
    model.fit(x, np.arange(60) % 3)
    ```

    ## When to ignore
    When a pre-trained model starts on new classes.
    """

    severity: ClassVar[Severity] = "info"
    since: ClassVar[str] = "0.1.0"

    loss_start: float
    loss_constant: float
    ratio: float

    @property
    def message(self) -> str:
        """The fact and its numbers."""
        return (
            f"The loss starts at {self.loss_start:.3g}; the best constant answer has"
            f" {self.loss_constant:.3g}."
        )

    @property
    def fix(self) -> str:
        """What to do about it."""
        return "Scale inputs and targets; leave initializers out."

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The kind of fault."""
        return ("init", "input_scaling")


def loss_at_start_far_off(fit: Fit) -> Iterator[LossAtStartFarOff]:
    """WL321."""
    probes = probes_of(fit)
    start, constant = probes.loss_start, probes.loss_constant
    if start is None or constant is None:
        raise CouldNotRun("the loss of a constant answer is not known")
    start -= probes.penalty_start or 0.0
    if constant > 0 and start >= FACTOR * constant:
        yield LossAtStartFarOff(
            loss_start=start, loss_constant=constant, ratio=start / constant
        )
