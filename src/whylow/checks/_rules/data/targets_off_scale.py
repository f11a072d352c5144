"""WL106."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Confidence, Detected
from whylow.checks._reading import DISTANCE_LOSSES
from whylow.checks._rows import NotTried, fell_short, known_loss, label_data, tried
from whylow.records import Fault, Fit, Severity

# A step of Adam moves a weight by about the learning rate, 0.001: a bias needs 10,000 of
# them to get to 10.
LARGE = 10.0


@dataclass(frozen=True, kw_only=True)
class TargetsOffScale(Detected):
    """Targets are far larger than what a new network gives, and it did not get there.

    ## What it does
    Where a loss of distance is trained on numbers, takes the short training with
    standardised targets that was tried on a model that learnt nothing. Where none was,
    looks at their size, and whether the model explains more of them than a constant.

    ## Why is this bad?
    A new network answers with numbers around 0. Adam moves each weight by about its
    learning rate a step, so that targets in the hundreds are out of its reach for
    thousands of steps; with SGD the gradient grows with the target, and training diverges.

    ## Evidence
    - `low`, `high`, `mean`: of the targets.
    - `deviation`: their standard deviation. Where nothing was tried, reported where |mean|
      + standard deviation is 10 or more.
    - `skill`, `skill_scaled`: what the same short training learnt without and with
      standardised targets, 0 nothing and 1 all; null where it was not tried.

    ## Example
    ```python
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile(loss="mse", optimizer="adam")
    x = random.normal(size=(200, 2))
    model.fit(x, 50_000 + 9_000 * x[:, 0], epochs=2)
    ```
    Use instead:
    ```python
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile(loss="mse", optimizer=keras.optimizers.Adam(0.1))
    x = random.normal(size=(200, 2))
    price = 50_000 + 9_000 * x[:, 0]
    model.fit(x, (price - price.mean()) / price.std(), epochs=2)
    ```

    ## When to ignore
    When scaled targets do not help: the finding is then refuted by a replay.
    """

    severity: ClassVar[Severity] = "error"
    confidence: ClassVar[Confidence] = 1
    since: ClassVar[str] = "0.1.0"

    low: float
    high: float
    mean: float
    deviation: float
    skill: float | None
    skill_scaled: float | None

    @property
    def message(self) -> str:
        """The range."""
        text = (
            f"The targets lie between {self.low:g} and {self.high:g} (mean {self.mean:g},"
            f" standard deviation {self.deviation:g}), and the model hardly learnt them"
        )
        if self.skill_scaled is None:
            return f"{text}."
        return (
            f"{text}; the same training with standardised targets gets to"
            f" {self.skill_scaled:.2f} (1 is all right)."
        )

    @property
    def fix(self) -> str:
        """Scale them."""
        return (
            "Train on (target - mean) / standard deviation of the training rows, and scale"
            " predictions back."
        )

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The scale."""
        return ("target_scaling",)


def targets_off_scale(fit: Fit) -> Iterator[TargetsOffScale]:
    """WL106."""
    labels = label_data(fit)
    if known_loss(fit) not in DISTANCE_LOSSES or labels.constant:
        return
    deviation = math.sqrt(labels.variance)
    try:
        skills = tried(fit, "targets standardised")
        found = skills is not None
    except NotTried:
        skills = None
        found = abs(labels.mean) + deviation >= LARGE and fell_short(fit)
    if found:
        yield TargetsOffScale(
            low=labels.low,
            high=labels.high,
            mean=labels.mean,
            deviation=deviation,
            skill=skills[0] if skills else None,
            skill_scaled=skills[1] if skills else None,
        )
