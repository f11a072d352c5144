"""WL404."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import CouldNotRun, Detected
from whylow.checks._curves import accuracies
from whylow.records import Comparison, Fault, Fit, Severity


@dataclass(frozen=True, kw_only=True)
class WinnerChangesWithSplit(Detected):
    """One model is ahead on training rows, the other on validation rows.

    ## What it does
    Compares the sign of the difference in accuracy on training rows at the last epoch that
    both have with its sign on validation rows, at that epoch and at the best epoch of each.

    ## Why is this bad?
    Which model is called better then depends on where one looks. Training rows say who
    learns by heart faster; the question is about new texts.

    ## Evidence
    - `baseline`, `variant`: the two fits.
    - `metric`: the accuracy.
    - `epoch`: the last epoch that both have.
    - `training_difference`: variant minus baseline on training rows at that epoch.
    - `validation_difference`: the same on validation rows.
    - `best_difference`: the same, each model at its best validation epoch. Reported
      when both have the other sign.

    ## Example
    ```text
    without attention
    Epoch 1/2
    100/100 - 46s - loss: 0.20 - accuracy: 0.9410 - val_loss: 0.172 - val_accuracy: 0.9403
    Epoch 2/2
    100/100 - 46s - loss: 0.06 - accuracy: 0.9822 - val_loss: 0.241 - val_accuracy: 0.9227
    with attention
    Epoch 1/2
    100/100 - 64s - loss: 0.22 - accuracy: 0.9390 - val_loss: 0.210 - val_accuracy: 0.9398
    Epoch 2/2
    100/100 - 64s - loss: 0.09 - accuracy: 0.9745 - val_loss: 0.165 - val_accuracy: 0.9430
    ```
    Use instead: the validation column, each model at its best epoch, over several runs.
    ```text
    without attention
    Epoch 1/2
    100/100 - 46s - loss: 0.40 - accuracy: 0.8010 - val_loss: 0.39 - val_accuracy: 0.8003
    Epoch 2/2
    100/100 - 46s - loss: 0.36 - accuracy: 0.8222 - val_loss: 0.35 - val_accuracy: 0.8227
    with attention
    Epoch 1/2
    100/100 - 48s - loss: 0.30 - accuracy: 0.8890 - val_loss: 0.29 - val_accuracy: 0.8898
    Epoch 2/2
    100/100 - 48s - loss: 0.26 - accuracy: 0.9045 - val_loss: 0.25 - val_accuracy: 0.9030
    ```

    ## When to ignore
    When the question is how well a model can fit its training rows.
    """

    severity: ClassVar[Severity] = "info"
    since: ClassVar[str] = "0.1.0"

    baseline: str
    variant: str
    metric: str
    epoch: int
    training_difference: float
    validation_difference: float
    best_difference: float

    @property
    def message(self) -> str:
        """Who is ahead where."""
        ahead, behind = self.baseline, self.variant
        if self.training_difference > 0:
            ahead, behind = behind, ahead
        return (
            f"{ahead} is ahead on training rows by {_points(self.training_difference)},"
            f" {behind} on validation rows by {_points(self.validation_difference)} after"
            f" epoch {self.epoch} and by {_points(self.best_difference)} at the best"
            f" epochs."
        )

    @property
    def fix(self) -> str:
        """Look at validation."""
        return "Go by the validation rows, each model at its best epoch, over several runs."

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The wrong split."""
        return ("split_compared",)


def winner_changes_with_split(
    comparison: Comparison, baseline: Fit, variant: Fit
) -> Iterator[WinnerChangesWithSplit]:
    """WL404."""
    name, held_out, own = accuracies(baseline)
    other, held_out_too, own_too = accuracies(variant)
    mine, theirs = dict(own), dict(own_too)
    before, after = dict(held_out), dict(held_out_too)
    common = sorted(set(mine) & set(theirs) & set(before) & set(after))
    if not common:
        raise CouldNotRun("no epoch has the accuracy of both, on both parts")
    epoch = common[-1]
    training = theirs[epoch] - mine[epoch]
    validation = after[epoch] - before[epoch]
    best = max(after.values()) - max(before.values())
    if training * validation < 0 and training * best < 0:
        yield WinnerChangesWithSplit(
            baseline=baseline.name,
            variant=variant.name,
            metric=name if name == other else "accuracy",
            epoch=epoch,
            training_difference=training,
            validation_difference=validation,
            best_difference=best,
        )


def _points(difference: float) -> str:
    return f"{100 * abs(difference):.2f} points"
