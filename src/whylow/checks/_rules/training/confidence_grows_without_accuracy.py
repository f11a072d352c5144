"""WL309."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Detected
from whylow.checks._curves import accuracies, curve, long_enough
from whylow.checks._reading import percent
from whylow.records import Fault, Fit, Severity

LEAST_RISE = 0.05


@dataclass(frozen=True, kw_only=True)
class ConfidenceGrowsWithoutAccuracy(Detected):
    """The validation loss rises while the validation accuracy does not fall.

    ## What it does
    Compares loss and accuracy on validation rows at the epoch of the lowest validation loss
    with those at the end.

    ## Why is this bad?
    The model decides as well as before, but the rows it gets wrong it gets wrong with ever
    more confidence. Its probabilities are worth less, its decisions are not: loss and
    accuracy then disagree on which epoch, and which model, is better.

    ## Evidence
    - `best_epoch`, `last_epoch`: the epoch of the lowest validation loss and the last
      one.
    - `best_loss`, `last_loss`: the validation loss there. Reported when it rises by at
      least 5 %.
    - `accuracy_then`, `last_accuracy`: the validation accuracy there. Reported when the
      last is at least as high.

    ## Example
    ```text
    Epoch 1/4
    100/100 - 4s - loss: 0.34 - val_loss: 0.31 - val_accuracy: 0.871
    Epoch 2/4
    100/100 - 4s - loss: 0.21 - val_loss: 0.36 - val_accuracy: 0.874
    Epoch 3/4
    100/100 - 4s - loss: 0.13 - val_loss: 0.41 - val_accuracy: 0.875
    Epoch 4/4
    100/100 - 4s - loss: 0.08 - val_loss: 0.47 - val_accuracy: 0.877
    ```
    Use instead: a choice before training whether decisions or probabilities count, and the
    epoch that is best by that; temperature or Platt scaling mends the probabilities.
    ```text
    Epoch 1/4
    100/100 - 4s - loss: 0.34 - val_loss: 0.31 - val_accuracy: 0.871
    Epoch 2/4
    100/100 - 4s - loss: 0.29 - val_loss: 0.30 - val_accuracy: 0.874
    Epoch 3/4
    100/100 - 4s - loss: 0.27 - val_loss: 0.29 - val_accuracy: 0.875
    Epoch 4/4
    100/100 - 4s - loss: 0.26 - val_loss: 0.29 - val_accuracy: 0.877
    ```

    ## When to ignore
    When only decisions count.
    """

    severity: ClassVar[Severity] = "info"
    since: ClassVar[str] = "0.1.0"

    best_epoch: int
    last_epoch: int
    best_loss: float
    last_loss: float
    accuracy_then: float
    last_accuracy: float

    @property
    def message(self) -> str:
        """Both courses."""
        return (
            f"From epoch {self.best_epoch} to {self.last_epoch} the validation loss rises,"
            f" {self.best_loss:.4g} → {self.last_loss:.4g}, while the accuracy does"
            f" not fall,"
            f" {percent(self.accuracy_then)} → {percent(self.last_accuracy)}: more"
            f" confident,"
            " not more often wrong."
        )

    @property
    def fix(self) -> str:
        """Choose what counts."""
        return (
            "Choose the epoch by what you need: accuracy for decisions, loss for "
            "probabilities (or calibrate them)."
        )

    @property
    def faults(self) -> tuple[Fault, ...]:
        """A kind of it."""
        return ("overfitting",)


def confidence_grows_without_accuracy(fit: Fit) -> Iterator[ConfidenceGrowsWithoutAccuracy]:
    """WL309."""
    losses = curve(fit, "val_loss", "the validation loss")
    _, held_out, _ = accuracies(fit)
    accuracy = dict(held_out)
    both = [(epoch, value) for epoch, value in losses if epoch in accuracy]
    long_enough(both, 3)
    if len({accuracy[epoch] for epoch, _ in both}) == 1:
        return  # a constant answer has no accuracy that could fall
    best_epoch, best = min(both, key=lambda point: point[1])
    last_epoch, last = both[-1]
    if (
        best > 0
        and last >= (1 + LEAST_RISE) * best
        and (accuracy[last_epoch] >= accuracy[best_epoch])
    ):
        yield ConfidenceGrowsWithoutAccuracy(
            best_epoch=best_epoch,
            last_epoch=last_epoch,
            best_loss=best,
            last_loss=last,
            accuracy_then=accuracy[best_epoch],
            last_accuracy=accuracy[last_epoch],
        )
