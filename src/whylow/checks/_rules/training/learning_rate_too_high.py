"""WL310."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Confidence, Detected, Status
from whylow.checks._probed import mends, rate_of, trials_of
from whylow.records import Fault, Fit, Severity


@dataclass(frozen=True, kw_only=True)
class LearningRateTooHigh(Detected):
    """With a lower learning rate the same training learns, as it stands it does not.

    ## What it does
    Where a fit learnt little, trains again from the same start with a tenth and a
    hundredth of its learning rate. Reported where that learns (skill 0.3 higher where
    nothing was learnt, 0.4 where a part was) and no other change explains it better.

    ## Why is this bad?
    Steps that are too long jump over every valley: the loss explodes, or all units of a
    layer die in the first steps and the output is a constant ever after.

    ## Evidence
    - `learning_rate`: as it was set; null for a schedule.
    - `factor`: what it was multiplied by.
    - `steps`: steps of the short trainings.
    - `skill`: of the unchanged one, on training rows: 0 as a constant, 1 all right;
      null if it was not finite.
    - `skill_lower`: of the one at the lower rate, at least 0.4 and 0.3 above.

    ## Example
    ```python
    x = random.normal(size=(256, 4))
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    model.compile(loss="mse", optimizer=keras.optimizers.SGD(3.0))
    model.fit(x, 5 + 3 * x[:, 0] - 2 * x[:, 1], epochs=10)
    ```
    Use instead: a lower rate.
    ```python
    x = random.normal(size=(256, 4))
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    model.compile(loss="mse", optimizer=keras.optimizers.SGD(0.03))
    model.fit(x, 5 + 3 * x[:, 0] - 2 * x[:, 1], epochs=10)
    ```

    ## When to ignore
    Never known to be right; it was tried.
    """

    severity: ClassVar[Severity] = "error"
    status: ClassVar[Status] = "stable"
    since: ClassVar[str] = "0.1.0"
    confidence: ClassVar[Confidence] = 2

    learning_rate: float | None
    factor: float
    steps: int
    skill: float | None
    skill_lower: float

    @property
    def message(self) -> str:
        """The fact and its numbers."""
        rate = f"{self.factor:g} of the learning rate"
        if self.learning_rate is not None:
            lower = self.learning_rate * self.factor
            rate = f"the learning rate {lower:g} instead of {self.learning_rate:g}"
        before = "not finite" if self.skill is None else f"{max(self.skill, 0):.2f}"
        return (
            f"With {rate} the same {self.steps} steps reach skill {self.skill_lower:.2f} on"
            f" training rows, as they stand {before} (0 is a constant answer, 1 all right)."
        )

    @property
    def fix(self) -> str:
        """What to do about it."""
        if self.learning_rate is None:
            return f"Multiply the learning rate by {self.factor:g}."
        return f"Set the learning rate to {self.learning_rate * self.factor:g}."

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The kind of fault."""
        return ("learning_rate",)


def learning_rate_too_high(fit: Fit) -> Iterator[LearningRateTooHigh]:
    """WL310."""
    first = next(iter(mends(fit)), None)
    if first is None or first.factor is None or first.factor >= 1 or first.skill is None:
        return
    own, _ = trials_of(fit)
    yield LearningRateTooHigh(
        learning_rate=rate_of(fit),
        factor=first.factor,
        steps=first.steps,
        skill=own.skill,
        skill_lower=first.skill,
    )
