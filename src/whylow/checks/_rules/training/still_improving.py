"""WL302."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Detected
from whylow.checks._curves import curve, long_enough
from whylow.records import Fault, Fit, Severity

# A hundredth of the loss an epoch is more than the ups and downs of a plateau.
LEAST_FALL = 0.01


@dataclass(frozen=True, kw_only=True)
class StillImproving(Detected):
    """The validation loss was still falling when training ended.

    ## What it does
    Looks whether the validation loss is lowest at the last epoch and how fast it fell over
    the last two steps.

    ## Why is this bad?
    A model that has not learnt all it can is compared too early: a change that learns more
    slowly looks worse than it is, and one that learns faster looks better.

    ## Evidence
    - `last_epoch`: the last epoch, which is also the best one.
    - `validation_loss`: the validation loss there.
    - `two_epochs_before`: the validation loss two epochs before.
    - `fall_per_epoch`: the fall per epoch over these two, as a share of the loss.
      Reported from 0.01 on, with at least three epochs.

    ## Example
    ```text
    Epoch 1/3
    100/100 - 4s - loss: 0.61 - val_loss: 0.60
    Epoch 2/3
    100/100 - 4s - loss: 0.52 - val_loss: 0.53
    Epoch 3/3
    100/100 - 4s - loss: 0.45 - val_loss: 0.47
    ```
    Use instead: train until the validation loss has stopped falling
    (`EarlyStopping(patience=3, restore_best_weights=True)`).
    ```text
    Epoch 1/5
    100/100 - 4s - loss: 0.61 - val_loss: 0.60
    Epoch 2/5
    100/100 - 4s - loss: 0.45 - val_loss: 0.48
    Epoch 3/5
    100/100 - 4s - loss: 0.38 - val_loss: 0.451
    Epoch 4/5
    100/100 - 4s - loss: 0.36 - val_loss: 0.450
    Epoch 5/5
    100/100 - 4s - loss: 0.35 - val_loss: 0.451
    ```

    ## When to ignore
    When time is what is compared, and both models got the same.
    """

    severity: ClassVar[Severity] = "info"
    since: ClassVar[str] = "0.1.0"

    last_epoch: int
    validation_loss: float
    two_epochs_before: float
    fall_per_epoch: float

    @property
    def message(self) -> str:
        """How fast it still fell."""
        return (
            f"The validation loss was still falling by {100 * self.fall_per_epoch:.1f} % an"
            f" epoch when training ended ({self.validation_loss:.4g} after epoch"
            f" {self.last_epoch})."
        )

    @property
    def fix(self) -> str:
        """Train longer."""
        return "Train until the validation loss has stopped falling, then compare."

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Too few epochs."""
        return ("epochs",)


def still_improving(fit: Fit) -> Iterator[StillImproving]:
    """WL302."""
    points = long_enough(curve(fit, "val_loss", "the validation loss"), 3)
    (_, before), _, (last_epoch, last) = points[-3:]
    if before <= 0 or last > min(value for _, value in points):
        return
    fall = (before - last) / before / 2
    if fall >= LEAST_FALL:
        yield StillImproving(
            last_epoch=last_epoch,
            validation_loss=last,
            two_epochs_before=before,
            fall_per_epoch=fall,
        )
