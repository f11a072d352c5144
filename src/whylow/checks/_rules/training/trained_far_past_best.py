"""WL323."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Detected
from whylow.checks._curves import curve
from whylow.records import Fault, Fit, Severity

FEWEST, FACTOR, MARGIN = 10, 4, 1.05
_CHOOSING = frozenset({"EarlyStopping", "ModelCheckpoint"})


@dataclass(frozen=True, kw_only=True)
class TrainedFarPastBest(Detected):
    """Most epochs came after the best one.

    ## What it does
    Compares the epoch of the lowest validation loss with the number of epochs, where
    none was chosen by a callback.

    ## Why is this bad?
    The epochs after the best one cost time and change the model for the worse, if its
    last weights are used.

    ## Evidence
    - `best_epoch`: epoch of the lowest validation loss, counted from 1.
    - `epochs`: epochs, at least 10 and four times the best one.
    - `best`: the lowest validation loss.
    - `last`: the last one.

    ## Example
    ```text
    Epoch 1/10
    100/100 - 1s - loss: 0.63 - val_loss: 0.62
    Epoch 2/10
    100/100 - 1s - loss: 0.58 - val_loss: 0.55
    Epoch 3/10
    100/100 - 1s - loss: 0.53 - val_loss: 0.58
    Epoch 4/10
    100/100 - 1s - loss: 0.48 - val_loss: 0.61
    Epoch 5/10
    100/100 - 1s - loss: 0.43 - val_loss: 0.64
    Epoch 6/10
    100/100 - 1s - loss: 0.38 - val_loss: 0.66
    Epoch 7/10
    100/100 - 1s - loss: 0.33 - val_loss: 0.69
    Epoch 8/10
    100/100 - 1s - loss: 0.28 - val_loss: 0.73
    Epoch 9/10
    100/100 - 1s - loss: 0.23 - val_loss: 0.76
    Epoch 10/10
    100/100 - 1s - loss: 0.18 - val_loss: 0.80
    ```
    Use instead: `EarlyStopping(patience=5, restore_best_weights=True)`, or what keeps
    the validation loss from turning.
    ```text
    Epoch 1/10
    100/100 - 1s - loss: 0.63 - val_loss: 0.66
    Epoch 2/10
    100/100 - 1s - loss: 0.58 - val_loss: 0.63
    Epoch 3/10
    100/100 - 1s - loss: 0.53 - val_loss: 0.61
    Epoch 4/10
    100/100 - 1s - loss: 0.48 - val_loss: 0.59
    Epoch 5/10
    100/100 - 1s - loss: 0.43 - val_loss: 0.58
    Epoch 6/10
    100/100 - 1s - loss: 0.38 - val_loss: 0.57
    Epoch 7/10
    100/100 - 1s - loss: 0.33 - val_loss: 0.56
    Epoch 8/10
    100/100 - 1s - loss: 0.28 - val_loss: 0.55
    Epoch 9/10
    100/100 - 1s - loss: 0.23 - val_loss: 0.55
    Epoch 10/10
    100/100 - 1s - loss: 0.18 - val_loss: 0.55
    ```

    ## When to ignore
    When the last weights are not the ones that are used.
    """

    severity: ClassVar[Severity] = "info"
    since: ClassVar[str] = "0.1.0"

    best_epoch: int
    epochs: int
    best: float
    last: float

    @property
    def message(self) -> str:
        """The fact and its numbers."""
        return (
            f"Epoch {self.best_epoch} of {self.epochs} had the lowest validation loss"
            f" ({self.best:.4g}, at the end {self.last:.4g})."
        )

    @property
    def fix(self) -> str:
        """What to do about it."""
        return "Stop early: `EarlyStopping(restore_best_weights=True)`."

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The kind of fault."""
        return ("epochs", "overfitting")


def trained_far_past_best(fit: Fit) -> Iterator[TrainedFarPastBest]:
    """WL323."""
    points = curve(fit, "val_loss", "the validation loss")
    chosen = set(fit.settings.callbacks if fit.settings else ()) & _CHOOSING
    if len(points) < FEWEST or chosen:
        return
    best_epoch, best = min(points, key=lambda point: point[1])
    last_epoch, last = points[-1]
    # A loss that stands still has its lowest value anywhere.
    if last_epoch >= FACTOR * best_epoch and last > MARGIN * best > 0:
        yield TrainedFarPastBest(
            best_epoch=best_epoch, epochs=last_epoch, best=best, last=last
        )
