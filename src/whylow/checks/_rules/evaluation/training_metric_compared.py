"""WL402."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import CouldNotRun, Detected
from whylow.checks._reading import series
from whylow.records import Comparison, Fault, Fit, Severity

# Held-out rows that show less than this part of the claimed difference do not bear it out.
LEAST_PART = 0.5


@dataclass(frozen=True, kw_only=True)
class TrainingMetricCompared(Detected):
    """The claim rests on training rows, and held-out rows do not bear it out.

    ## What it does
    Takes the difference that was claimed from a training metric and looks up the same
    metric, at the same epoch, on the validation rows.

    ## Why is this bad?
    A training metric says how well a model knows the rows it has seen, measured while it
    still changes and with dropout on. A model that learns by heart is better by it, and one
    that generalises may look worse.

    ## Evidence
    - `baseline`, `variant`: the two fits.
    - `metric`, `epoch`: what was compared, and when, counted from 1.
    - `training_difference`: variant minus baseline on the training rows.
    - `validation_difference`: the same on the validation rows; null where there are none.
      Reported when it is null, of the other sign, or less than half as large.

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
    Use instead: the `val_accuracy` column at each model's best epoch, over several runs.
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
    When the question is how well the model can fit its training rows.
    """

    severity: ClassVar[Severity] = "warning"
    since: ClassVar[str] = "0.1.0"

    baseline: str
    variant: str
    metric: str
    epoch: int
    training_difference: float
    validation_difference: float | None

    @property
    def message(self) -> str:
        """Both differences."""
        claim = (
            f"The claimed difference in {self.metric}, {self.training_difference:+.4f}"
            f" ({self.variant} minus {self.baseline}, epoch {self.epoch}), is one on"
            " training rows"
        )
        if self.validation_difference is None:
            return f"{claim}; no held-out value of {self.metric} was recorded."
        return f"{claim}; on the validation rows it is {self.validation_difference:+.4f}."

    @property
    def fix(self) -> str:
        """Compare what was held out."""
        if self.validation_difference is None:
            return (
                "Hold rows out (`validation_data` in `fit`) and compare the metric on them."
            )
        return f"Compare `val_{self.metric}`, each model at its best epoch."

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The wrong split."""
        return ("split_compared",)


def training_metric_compared(
    comparison: Comparison, baseline: Fit, variant: Fit
) -> Iterator[TrainingMetricCompared]:
    """WL402."""
    claim = comparison.claim
    if claim is None:
        raise CouldNotRun("nothing was claimed")
    if claim.split != "train":
        return
    held_out = [_at(fit, f"val_{claim.metric}", claim.epoch) for fit in (baseline, variant)]
    difference = None
    if held_out[0] is not None and held_out[1] is not None:
        difference = held_out[1] - held_out[0]
        if claim.difference * difference > 0 and (
            abs(difference) >= LEAST_PART * abs(claim.difference)
        ):
            return
    yield TrainingMetricCompared(
        baseline=baseline.name,
        variant=variant.name,
        metric=claim.metric,
        epoch=claim.epoch,
        training_difference=claim.difference,
        validation_difference=difference,
    )


def _at(fit: Fit, metric: str, epoch: int) -> float | None:
    values = series(fit, metric)
    return values[epoch - 1] if 0 < epoch <= len(values) else None
