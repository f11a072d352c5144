"""WL307."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Detected, Status
from whylow.checks._curves import accuracies, long_enough
from whylow.checks._reading import percent
from whylow.records import Fit, Severity

# The training accuracy is a mean over the epoch and moves a little at the start.
MOST_MOVEMENT = 0.02


@dataclass(frozen=True, kw_only=True)
class AccuracyNeverChanges(Detected):
    """The validation accuracy is the same in every epoch, to the last digit.

    ## What it does
    Looks whether the validation accuracy has one value over all epochs, while the training
    accuracy hardly moves.

    ## Why is this bad?
    A model that learns changes its mind about some rows. One value to the last digit means
    that every row gets the same answer: a constant classifier.

    ## Evidence
    - `metric`: the validation accuracy.
    - `accuracy`: its only value. 1 is not reported.
    - `epochs`: how many epochs have it, at least three.
    - `training_movement`: how far apart the lowest and the highest training accuracy
      are; null where it is not known. Reported up to 0.02.

    ## Example
    ```text
    Epoch 1/4
    100/100 - 4s - loss: 0.6931 - val_loss: 0.6932 - val_accuracy: 0.4981
    Epoch 2/4
    100/100 - 4s - loss: 0.6931 - val_loss: 0.6932 - val_accuracy: 0.4981
    Epoch 3/4
    100/100 - 4s - loss: 0.6931 - val_loss: 0.6931 - val_accuracy: 0.4981
    Epoch 4/4
    100/100 - 4s - loss: 0.6931 - val_loss: 0.6932 - val_accuracy: 0.4981
    ```
    Use instead: a last layer, a loss and labels that fit each other, a smaller learning
    rate, inputs of ordinary size; see first whether the model can fit ten rows.
    ```text
    Epoch 1/4
    100/100 - 4s - loss: 0.6931 - val_loss: 0.6912 - val_accuracy: 0.5120
    Epoch 2/4
    100/100 - 4s - loss: 0.6702 - val_loss: 0.6630 - val_accuracy: 0.6031
    Epoch 3/4
    100/100 - 4s - loss: 0.6401 - val_loss: 0.6521 - val_accuracy: 0.6240
    Epoch 4/4
    100/100 - 4s - loss: 0.6210 - val_loss: 0.6502 - val_accuracy: 0.6251
    ```

    ## When to ignore
    When the validation rows are very few.
    """

    severity: ClassVar[Severity] = "warning"
    status: ClassVar[Status] = "stable"
    since: ClassVar[str] = "0.1.0"

    metric: str
    accuracy: float
    epochs: int
    training_movement: float | None

    @property
    def message(self) -> str:
        """The value."""
        return (
            f"{self.metric} is {percent(self.accuracy)} in each of {self.epochs} epochs, as"
            " it is when every row gets the same answer."
        )

    @property
    def fix(self) -> str:
        """See whether it can learn at all."""
        return (
            "See first whether the model can fit ten rows; then the last layer, the "
            "loss, the labels and the learning rate."
        )


def accuracy_never_changes(fit: Fit) -> Iterator[AccuracyNeverChanges]:
    """WL307."""
    name, held_out, own = accuracies(fit)
    values = [value for _, value in long_enough(held_out, 3)]
    training = [value for _, value in own]
    movement = max(training) - min(training) if training else None
    if len(set(values)) > 1 or values[0] >= 1 or (movement or 0) > MOST_MOVEMENT:
        return
    yield AccuracyNeverChanges(
        metric=f"val_{name}",
        accuracy=values[0],
        epochs=len(values),
        training_movement=movement,
    )
