"""WL304."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Detected
from whylow.checks._curves import curve, long_enough
from whylow.records import Fault, Fit, Severity

# Dropout and small batches move a loss by a few hundredths.
GROWTH_OF_FIRST = 1.1
GROWTH = 1.2


@dataclass(frozen=True, kw_only=True)
class LossDiverges(Detected):
    """The training loss ends higher than it began.

    ## What it does
    Compares the training loss of the last epoch with the first and with the lowest.

    ## Why is this bad?
    Each step of training should make the training loss smaller. A loss that grows means
    that the steps are too long, or that the gradient is wrong.

    ## Evidence
    - `first`, `lowest`, `last`: the training loss of the first epoch, its lowest value
      and that of the last epoch. Reported when the last is at least 1.1 times the first
      and 1.2 times the lowest.
    - `lowest_epoch`: the epoch of the lowest.

    ## Example
    ```text
    Epoch 1/4
    100/100 - 4s - loss: 0.70
    Epoch 2/4
    100/100 - 4s - loss: 0.66
    Epoch 3/4
    100/100 - 4s - loss: 1.90
    Epoch 4/4
    100/100 - 4s - loss: 3.40
    ```
    Use instead: a learning rate a tenth as large.
    ```text
    Epoch 1/4
    100/100 - 4s - loss: 0.70
    Epoch 2/4
    100/100 - 4s - loss: 0.66
    Epoch 3/4
    100/100 - 4s - loss: 0.61
    Epoch 4/4
    100/100 - 4s - loss: 0.58
    ```

    ## When to ignore
    When the loss changes its meaning on the way (a schedule of weights).
    """

    severity: ClassVar[Severity] = "warning"
    since: ClassVar[str] = "0.1.0"

    first: float
    lowest: float
    lowest_epoch: int
    last: float

    @property
    def message(self) -> str:
        """From where to where."""
        return (
            f"The training loss grows: {self.lowest:.4g} after epoch {self.lowest_epoch},"
            f" {self.last:.4g} at the end (first epoch: {self.first:.4g})."
        )

    @property
    def fix(self) -> str:
        """Shorter steps."""
        return "Lower the learning rate by a factor of ten, or clip the gradients."

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The steps are too long."""
        return ("learning_rate", "exploding")


def loss_diverges(fit: Fit) -> Iterator[LossDiverges]:
    """WL304."""
    points = long_enough(curve(fit, "loss", "the training loss"), 2)
    first, last = points[0][1], points[-1][1]
    lowest_epoch, lowest = min(points, key=lambda point: point[1])
    if first > 0 and last >= GROWTH_OF_FIRST * first and last >= GROWTH * lowest:
        yield LossDiverges(first=first, lowest=lowest, lowest_epoch=lowest_epoch, last=last)
