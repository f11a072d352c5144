"""WL421."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import CouldNotRun, Detected
from whylow.checks._reading import model_of
from whylow.records import Comparison, Fault, Fit, Severity

TOLERANCE = 0.02


@dataclass(frozen=True, kw_only=True)
class UnequalParameterCounts(Detected):
    """One model has more weights than the other.

    ## What it does
    Compares the numbers of parameters; embeddings of one size in both are left out.

    ## Why is this bad?
    A larger model may be better, or overfit more, by its size alone. The layer that was
    added gets the credit or the blame.

    ## Evidence
    - `baseline`, `variant`: the two fits.
    - `baseline_parameters`, `variant_parameters`: without embeddings of one size. Reported
      where they differ by more than 2 %.

    ## Example
    ```python
    def model(*hidden):
        model = keras.Sequential([keras.Input((3,)), *hidden, keras.layers.Dense(1)])
        model.compile(loss="mse")
        return model

    baseline = model(keras.layers.Dense(8, "relu"))
    variant = model(keras.layers.Dense(8, "relu"), keras.layers.Dense(64, "relu"))
    baseline.fit(x, y)
    variant.fit(x, y)
    ```
    Use instead: units chosen so that both have about as many parameters, or a third model
    of the larger size without the change.
    ```python
    def model(*hidden):
        model = keras.Sequential([keras.Input((3,)), *hidden, keras.layers.Dense(1)])
        model.compile(loss="mse")
        return model

    baseline = model(keras.layers.Dense(8, "relu"))
    variant = model(keras.layers.Dense(8, "tanh"))
    baseline.fit(x, y)
    variant.fit(x, y)
    ```

    ## When to ignore
    When the size is part of the change that you ask about.
    """

    severity: ClassVar[Severity] = "info"
    since: ClassVar[str] = "0.1.0"

    baseline: str
    variant: str
    baseline_parameters: int
    variant_parameters: int

    @property
    def message(self) -> str:
        """Both counts."""
        return (
            f"Beside the embedding {self.baseline} has {self.baseline_parameters:,}"
            f" parameters, {self.variant} {self.variant_parameters:,}"
            f" ({self.variant_parameters / self.baseline_parameters - 1:+.0%})."
        )

    @property
    def fix(self) -> str:
        """As many, or a control."""
        return (
            "Give both about as many parameters, or compare also with the baseline at the"
            " larger size."
        )

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Capacity."""
        return ("capacity",)


def unequal_parameter_counts(
    comparison: Comparison, baseline: Fit, variant: Fit
) -> Iterator[UnequalParameterCounts]:
    """WL421."""
    models = [model_of(fit) for fit in (baseline, variant)]
    tables = [
        sum(layer.parameters for layer in model.layers if layer.class_name == "Embedding")
        for model in models
    ]
    shared = tables[0] if tables[0] == tables[1] else 0
    counts = [model.parameters - shared for model in models]
    if min(counts) <= 0:
        raise CouldNotRun("the number of parameters is not known")
    if abs(counts[1] - counts[0]) > TOLERANCE * counts[0]:
        yield UnequalParameterCounts(
            baseline=baseline.name,
            variant=variant.name,
            baseline_parameters=counts[0],
            variant_parameters=counts[1],
        )
