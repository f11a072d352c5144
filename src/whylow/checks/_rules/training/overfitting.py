"""WL301."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import CouldNotRun, Detected
from whylow.checks._reading import absent, series
from whylow.records import Fault, Fit, Severity

# In parts of the first epoch's loss, which is the scale: one epoch's ups and downs seldom
# reach a tenth of it, and 0.0004 → 0.06 after a start at 0.7 is next to nothing.
LEAST_RISE = 0.10
# These keep the best epoch's weights, or stop soon after it: the rise is their price.
_STOPPERS = ("EarlyStopping", "ModelCheckpoint")


@dataclass(frozen=True, kw_only=True)
class Overfitting(Detected):
    """The validation loss rises while the training loss goes on falling.

    ## What it does
    Compares the validation loss at the end of training with its lowest value, and the
    training loss at the same two epochs. Of the last two epochs the better one counts, so
    that a single bad epoch says nothing.

    ## Why is this bad?
    From that epoch on the model learns the training rows by heart and gets worse on others,
    or at least too sure of itself. Two models that are compared at such an epoch are
    compared at the wrong place.

    ## Evidence
    - `best_epoch`: the epoch of the lowest validation loss, counted from 1.
    - `last_epoch`: the last epoch.
    - `best_validation_loss`, `last_validation_loss`: the validation loss at the best epoch,
      and at the better of the last two after it.
    - `first_validation_loss`: that of the first epoch, which is the scale.
    - `training_loss_then`, `training_loss_last`: the training loss at the best and at the
      last epoch.
    - `rise`: how far the validation loss rose, as a share of the first epoch's. Reported
      from 0.10 on.

    ## Example
    ```text
    Epoch 1/4
    100/100 - 4s - loss: 0.52 - val_loss: 0.48
    Epoch 2/4
    100/100 - 4s - loss: 0.31 - val_loss: 0.44
    Epoch 3/4
    100/100 - 4s - loss: 0.17 - val_loss: 0.55
    Epoch 4/4
    100/100 - 4s - loss: 0.08 - val_loss: 0.71
    ```
    Use instead: `EarlyStopping(patience=3, restore_best_weights=True)`, more dropout or a
    smaller model, until the validation loss no longer turns.
    ```text
    Epoch 1/4
    100/100 - 4s - loss: 0.52 - val_loss: 0.48
    Epoch 2/4
    100/100 - 4s - loss: 0.43 - val_loss: 0.44
    Epoch 3/4
    100/100 - 4s - loss: 0.40 - val_loss: 0.43
    Epoch 4/4
    100/100 - 4s - loss: 0.38 - val_loss: 0.43
    ```

    ## When to ignore
    When accuracy is all that counts and goes on rising, or when you take the best epoch's
    weights by other means.
    """

    severity: ClassVar[Severity] = "warning"
    since: ClassVar[str] = "0.1.0"

    best_epoch: int
    last_epoch: int
    first_validation_loss: float
    best_validation_loss: float
    last_validation_loss: float
    training_loss_then: float
    training_loss_last: float
    rise: float

    @property
    def message(self) -> str:
        """Since when, and by how much."""
        return (
            f"Since epoch {self.best_epoch} the validation loss rises,"
            f" {self.best_validation_loss:.4g} → {self.last_validation_loss:.4g} by epoch"
            f" {self.last_epoch}, while the training loss falls,"
            f" {self.training_loss_then:.4g} → {self.training_loss_last:.4g}."
        )

    @property
    def fix(self) -> str:
        """Stop earlier."""
        return (
            f"Take the weights of epoch {self.best_epoch}"
            " (`EarlyStopping(restore_best_weights=True)`), or regularize; compare models"
            " at their best epochs."
        )

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Overfitting."""
        return ("overfitting",)


def overfitting(fit: Fit) -> Iterator[Overfitting]:
    """WL301."""
    validation, training = series(fit, "val_loss"), series(fit, "loss")
    if not validation:
        raise absent(fit, "the validation loss")
    if not training:
        raise absent(fit, "the training loss")
    paired = [
        (epoch, held_out, own)
        for epoch, (held_out, own) in enumerate(
            zip(validation, training, strict=False), start=1
        )
        if held_out is not None and own is not None
    ]
    if not paired or (fit.settings and set(_STOPPERS) & set(fit.settings.callbacks)):
        return
    if len(paired) < 2:
        raise CouldNotRun("one epoch shows no trend")
    best_epoch, best, own_then = min(paired, key=lambda row: row[1])
    if best <= 0:
        raise CouldNotRun("the validation loss goes below zero, where a rise has no scale")
    behind = [row for row in paired if row[0] > best_epoch]
    if not behind:
        return
    last = min(held_out for _, held_out, _ in behind[-2:])
    first, own_last = paired[0][1], paired[-1][2]
    rise = (last - best) / first
    if rise < LEAST_RISE or own_last >= own_then:
        return
    yield Overfitting(
        best_epoch=best_epoch,
        last_epoch=paired[-1][0],
        first_validation_loss=first,
        best_validation_loss=best,
        last_validation_loss=last,
        training_loss_then=own_then,
        training_loss_last=own_last,
        rise=rise,
    )
