"""WL308."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Detected
from whylow.checks._curves import curve, is_accuracy, long_enough
from whylow.records import Fault, Fit, Severity

LEAST_GAP = 0.05


@dataclass(frozen=True, kw_only=True)
class ValidationBetterThroughout(Detected):
    """Validation is better than training in every epoch.

    ## What it does
    Compares loss and, where there is one, accuracy on validation rows with those on
    training rows, epoch by epoch.

    ## Why is this bad?
    As a rule there is a harmless reason: the training numbers are means over an epoch in
    which the model still learnt, with dropout on. If the gap stays when the model hardly
    changes any more, the validation rows may be easier, or copies of training rows.

    ## Evidence
    - `epochs`: how many epochs have both, at least three.
    - `last_gap`: the training loss minus the validation loss of the last epoch.
    - `relative_gap`: the same as a share of the training loss. Reported from 0.05 on.
    - `dropout`: whether the model is known to have dropout; null where the model is not
      known.

    ## Example
    ```text
    Epoch 1/3
    100/100 - 4s - loss: 0.42 - val_loss: 0.35
    Epoch 2/3
    100/100 - 4s - loss: 0.38 - val_loss: 0.31
    Epoch 3/3
    100/100 - 4s - loss: 0.36 - val_loss: 0.30
    ```
    Use instead: training numbers that `model.evaluate(x_train, y_train)` gives after
    training, and a look for rows that are in both parts.
    ```text
    Epoch 1/3
    100/100 - 4s - loss: 0.42 - val_loss: 0.41
    Epoch 2/3
    100/100 - 4s - loss: 0.36 - val_loss: 0.38
    Epoch 3/3
    100/100 - 4s - loss: 0.33 - val_loss: 0.37
    ```

    ## When to ignore
    When the model has much dropout or augmentation, or when the gap closes.
    """

    severity: ClassVar[Severity] = "info"
    since: ClassVar[str] = "0.1.0"

    epochs: int
    last_gap: float
    relative_gap: float
    dropout: bool | None

    @property
    def message(self) -> str:
        """How much, and whether dropout could be the reason."""
        reason = {
            True: "dropout explains it as a rule",
            False: "the model has no dropout: see whether rows are in both parts",
            None: "dropout explains it, or rows that are in both parts",
        }[self.dropout]
        return (
            f"The validation loss is below the training loss in all {self.epochs}"
            f" epochs, by"
            f" {100 * self.relative_gap:.0f} % at the end: {reason}."
        )

    @property
    def fix(self) -> str:
        """Measure training again."""
        return (
            "Evaluate on the training rows after training; look for validation rows "
            "that are also training rows."
        )

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The parts differ, or share rows."""
        return ("train_val_mismatch", "data_leak")


def validation_better_throughout(fit: Fit) -> Iterator[ValidationBetterThroughout]:
    """WL308."""
    training = dict(curve(fit, "loss", "the training loss"))
    held_out = curve(fit, "val_loss", "the validation loss")
    both = [(training[epoch], value) for epoch, value in held_out if epoch in training]
    long_enough(list(enumerate(row[0] for row in both)), 3)
    if any(value >= own for own, value in both):
        return
    names = [name for name in fit.history if is_accuracy(name)]
    for name in names:
        own = dict(curve(fit, name, "the training accuracy"))
        later = fit.history.get(f"val_{name}", ())
        if any(value < own.get(epoch, 0) for epoch, value in enumerate(later, 1) if value):
            return
    last_own, last = both[-1]
    gap = (last_own - last) / last_own if last_own > 0 else 0.0
    if gap >= LEAST_GAP:
        yield ValidationBetterThroughout(
            epochs=len(both),
            last_gap=last_own - last,
            relative_gap=gap,
            dropout=_dropout(fit),
        )


def _dropout(fit: Fit) -> bool | None:
    if fit.model is None:
        return None
    return any(
        "Dropout" in layer.class_name or layer.config.get("dropout")
        for layer in fit.model.layers
    )
