"""WL422."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import CouldNotRun, Detected
from whylow.checks._reading import inner, model_of
from whylow.records import Comparison, Fault, Fit, Severity

LEAST_DIFFERENCE = 0.1
_KEYS = ("rate", "dropout", "recurrent_dropout")


@dataclass(frozen=True, kw_only=True)
class TrainingMetricUnderDropout(Detected):
    """A training metric is compared of two models with different dropout.

    ## What it does
    Where the claim is about training rows, compares the highest dropout of the two models.

    ## Why is this bad?
    Keras measures a training metric while it trains: with dropout on, and on weights that
    still change. The model with more dropout looks worse by that alone, on the very rows
    that it may know better.

    ## Evidence
    - `baseline`, `variant`: the two fits.
    - `metric`: what was compared.
    - `baseline_dropout`, `variant_dropout`: the highest rate in each. Reported where they
      differ by 0.1 or more.

    ## Example
    ```python
    def model(dropout):
        hidden = [keras.layers.Dense(8, "relu"), keras.layers.Dropout(dropout)]
        model = keras.Sequential([keras.Input((3,)), *hidden, keras.layers.Dense(1)])
        model.compile(loss="mse")
        return model

    baseline, variant = model(0.0), model(0.5)
    baseline.fit(x, y, validation_split=0.2)
    variant.fit(x, y, validation_split=0.2)
    claim = "loss@1"
    ```
    Use instead: the validation metric, which Keras measures with dropout off, or
    `evaluate` on the training rows.
    ```python
    def model(dropout):
        hidden = [keras.layers.Dense(8, "relu"), keras.layers.Dropout(dropout)]
        model = keras.Sequential([keras.Input((3,)), *hidden, keras.layers.Dense(1)])
        model.compile(loss="mse")
        return model

    baseline, variant = model(0.0), model(0.5)
    baseline.fit(x, y, validation_split=0.2)
    variant.fit(x, y, validation_split=0.2)
    claim = "val_loss@1"
    ```

    ## When to ignore
    Never: the two numbers are not of one kind.
    """

    severity: ClassVar[Severity] = "warning"
    since: ClassVar[str] = "0.1.0"

    baseline: str
    variant: str
    metric: str
    baseline_dropout: float
    variant_dropout: float

    @property
    def message(self) -> str:
        """Both rates."""
        return (
            f"The claim compares {self.metric} on training rows, measured with dropout on:"
            f" up to {self.baseline_dropout:g} in {self.baseline},"
            f" {self.variant_dropout:g} in {self.variant}."
        )

    @property
    def fix(self) -> str:
        """Dropout off."""
        return (
            f"Compare `val_{self.metric}`, or `evaluate` on the training rows, which turns"
            " dropout off."
        )

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The split, and how it was measured."""
        return ("split_compared", "metric")


def training_metric_under_dropout(
    comparison: Comparison, baseline: Fit, variant: Fit
) -> Iterator[TrainingMetricUnderDropout]:
    """WL422."""
    rates = [_dropout(fit) for fit in (baseline, variant)]
    claim = comparison.claim
    if claim is None:
        raise CouldNotRun("nothing was claimed")
    if claim.split == "train" and round(abs(rates[1] - rates[0]), 6) >= LEAST_DIFFERENCE:
        yield TrainingMetricUnderDropout(
            baseline=baseline.name,
            variant=variant.name,
            metric=claim.metric,
            baseline_dropout=rates[0],
            variant_dropout=rates[1],
        )


def _dropout(fit: Fit) -> float:
    rates = [
        inner(layer.config).get(key)
        for layer in model_of(fit).layers
        for key in _KEYS
        if key != "rate" or "Dropout" in layer.class_name
    ]
    return max((float(rate) for rate in rates if isinstance(rate, (int, float))), default=0)
