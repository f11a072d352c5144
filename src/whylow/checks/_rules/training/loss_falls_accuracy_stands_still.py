"""WL306."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Detected
from whylow.checks._curves import curve, is_accuracy, long_enough
from whylow.checks._reading import absent, percent
from whylow.records import Fault, Fit, Severity

LEAST_FALL = 0.10
MOST_MOVEMENT = 0.002
CEILING = 0.995


@dataclass(frozen=True, kw_only=True)
class LossFallsAccuracyStandsStill(Detected):
    """The training loss falls, but the training accuracy does not move.

    ## What it does
    Compares how far the training loss falls with how far the training accuracy moves over
    all epochs.

    ## Why is this bad?
    The probabilities change without any row changing sides of the threshold: as a rule all
    rows lie on the side of the most frequent class, or the accuracy is not the one that
    fits the labels.

    ## Evidence
    - `metric`: the accuracy.
    - `first_loss`, `last_loss`: the training loss of the first and the last epoch.
      Reported when it falls by at least a tenth.
    - `lowest_accuracy`, `highest_accuracy`: the ends of the training accuracy over all
      epochs. Reported when they are at most 0.002 apart and below 0.995, with at least
      three epochs.

    ## Example
    ```text
    Epoch 1/5
    100/100 - 4s - loss: 0.2401 - accuracy: 0.9381
    Epoch 2/5
    100/100 - 4s - loss: 0.2120 - accuracy: 0.9381
    Epoch 3/5
    100/100 - 4s - loss: 0.1902 - accuracy: 0.9381
    Epoch 4/5
    100/100 - 4s - loss: 0.1710 - accuracy: 0.9382
    Epoch 5/5
    100/100 - 4s - loss: 0.1523 - accuracy: 0.9382
    ```
    Use instead: a metric that sees the order of the rows (ROC-AUC, average precision), and
    a tuned threshold.
    ```text
    Epoch 1/5
    100/100 - 4s - loss: 0.2401 - accuracy: 0.9381
    Epoch 2/5
    100/100 - 4s - loss: 0.2120 - accuracy: 0.9402
    Epoch 3/5
    100/100 - 4s - loss: 0.1902 - accuracy: 0.9440
    Epoch 4/5
    100/100 - 4s - loss: 0.1710 - accuracy: 0.9487
    Epoch 5/5
    100/100 - 4s - loss: 0.1523 - accuracy: 0.9521
    ```

    ## When to ignore
    When the accuracy is near its ceiling.
    """

    severity: ClassVar[Severity] = "info"
    since: ClassVar[str] = "0.1.0"

    metric: str
    first_loss: float
    last_loss: float
    lowest_accuracy: float
    highest_accuracy: float

    @property
    def message(self) -> str:
        """Both courses."""
        return (
            f"The training loss falls from {self.first_loss:.4g} to"
            f" {self.last_loss:.4g} while"
            f" {self.metric} stays between {percent(self.lowest_accuracy)} and"
            f" {percent(self.highest_accuracy)}."
        )

    @property
    def fix(self) -> str:
        """Another metric."""
        return (
            "Look at ROC-AUC or average precision, and at how often each class is "
            "predicted."
        )

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Accuracy does not show what is learnt."""
        return ("metric", "imbalance")


def loss_falls_accuracy_stands_still(fit: Fit) -> Iterator[LossFallsAccuracyStandsStill]:
    """WL306."""
    loss = curve(fit, "loss", "the training loss")
    name = next((name for name in fit.history if is_accuracy(name)), None)
    if name is None:
        raise absent(fit, "the training accuracy")
    values = [
        value for _, value in long_enough(curve(fit, name, "the training accuracy"), 3)
    ]
    low, high = min(values), max(values)
    long_enough(loss, 3)
    first, last = loss[0][1], loss[-1][1]
    still = high - low <= MOST_MOVEMENT and 0 < high < CEILING
    if still and len(set(values)) > 1 and 0 < last <= (1 - LEAST_FALL) * first:
        yield LossFallsAccuracyStandsStill(
            metric=name,
            first_loss=first,
            last_loss=last,
            lowest_accuracy=low,
            highest_accuracy=high,
        )
