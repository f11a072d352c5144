"""WL416."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import CouldNotRun, Detected
from whylow.checks._curves import curve
from whylow.checks._rows import constant_loss, held_out_of, known_loss, penalised
from whylow.checks._rules.data.labels_unrelated_to_inputs import (
    labels_unrelated_to_inputs,
)
from whylow.checks._rules.evaluation.accuracy_at_or_below_majority_class import (
    accuracy_at_or_below_majority_class,
)
from whylow.records import Fault, Fit, Severity

# An accuracy at chance is told by another check; a loss within 1 % of it is there.
LEAST_GAIN = 0.01


@dataclass(frozen=True, kw_only=True)
class ValidationLossOfAConstant(Detected):
    """The validation loss was never better than that of one answer for all rows.

    ## What it does
    Works out the loss of the best constant answer on the validation rows (the entropy of
    the classes' shares, the variance of the targets) and sets the lowest validation loss
    beside it. Weighted and regularized losses are not judged, nor fits whose accuracy says
    the same.

    ## Why is this bad?
    The model found nothing that holds for rows it has not seen. For two classes of one
    size that loss is 0.693, for ten 2.303.

    ## Evidence
    - `loss`: the loss.
    - `epoch`: the epoch of the lowest validation loss, counted from 1.
    - `lowest`: the validation loss there.
    - `constant`: the loss of the best constant answer. Reported where the lowest is less
      than 1 % below it.

    ## Example
    ```python
    x, y = random.normal(size=(300, 3)), random.integers(0, 2, size=300)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, "sigmoid")])
    model.compile(loss="binary_crossentropy")
    model.fit(x, y, validation_split=0.5, epochs=2)
    ```
    Use instead:
    ```python
    x = random.normal(size=(300, 3))
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, "sigmoid")])
    model.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(0.1))
    model.fit(x, x[:, 0] > 0, validation_split=0.5, epochs=3)
    ```

    ## When to ignore
    When training was only started to see that it runs.
    """

    severity: ClassVar[Severity] = "warning"
    since: ClassVar[str] = "0.1.0"

    loss: str
    epoch: int
    lowest: float
    constant: float

    @property
    def message(self) -> str:
        """Both losses."""
        return (
            f"The validation loss is never better than that of one answer for all rows:"
            f" {self.lowest:.4g} at best (epoch {self.epoch}), {self.constant:.4g} for the"
            " constant."
        )

    @property
    def fix(self) -> str:
        """Other findings first."""
        return (
            "See the other findings first; then whether the model can fit a few training"
            " rows, and whether inputs and labels belong together."
        )

    @property
    def faults(self) -> tuple[Fault, ...]:
        """No word for it: it is a symptom."""
        return ()


def validation_loss_of_a_constant(fit: Fit) -> Iterator[ValidationLossOfAConstant]:
    """WL416."""
    held_out, name = held_out_of(fit), known_loss(fit)
    points = curve(fit, "val_loss", "the validation loss")
    if penalised(fit):
        raise CouldNotRun("the loss holds weights or penalties beside the comparison")
    constant = constant_loss(name, held_out)
    if not constant or not points:
        raise CouldNotRun("the loss of a constant answer is not known")
    epoch, lowest = min(points, key=lambda point: point[1])
    if _told(fit):
        return
    if lowest > (1 - LEAST_GAIN) * constant:
        yield ValidationLossOfAConstant(
            loss=name, epoch=epoch, lowest=lowest, constant=constant
        )


def _told(fit: Fit) -> bool:
    """Whether the accuracy, or the labels, say the same already."""
    for rule in (accuracy_at_or_below_majority_class, labels_unrelated_to_inputs):
        try:
            if any(rule(fit)):
                return True
        except CouldNotRun:
            continue
    return False
