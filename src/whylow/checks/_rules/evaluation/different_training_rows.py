"""WL420."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import CouldNotRun, Detected
from whylow.checks._reading import training_of
from whylow.records import Comparison, Fault, Fit, Severity


@dataclass(frozen=True, kw_only=True)
class DifferentTrainingRows(Detected):
    """The two models were trained on different rows.

    ## What it does
    Compares how many training rows the two fits had, and whether they are the same.

    ## Why is this bad?
    A difference between the models may be one of the data: more rows, other rows, another
    preparation of them.

    ## Evidence
    - `baseline`, `variant`: the two fits.
    - `baseline_rows`, `variant_rows`: their training rows.

    ## Example
    ```python
    # `baseline` and `variant` are compiled models, `x` and `y` 200 rows.
    baseline.fit(x[:160], y[:160], validation_data=(x[160:], y[160:]))
    variant.fit(x[:80], y[:80], validation_data=(x[160:], y[160:]))
    ```
    Use instead: the same rows, prepared in the same way, for both.
    ```python
    baseline.fit(x[:160], y[:160], validation_data=(x[160:], y[160:]))
    variant.fit(x[:160], y[:160], validation_data=(x[160:], y[160:]))
    ```

    ## When to ignore
    When the data are the change that you ask about.
    """

    severity: ClassVar[Severity] = "info"
    since: ClassVar[str] = "0.1.0"

    baseline: str
    variant: str
    baseline_rows: int
    variant_rows: int

    @property
    def message(self) -> str:
        """Both."""
        if self.baseline_rows == self.variant_rows:
            return (
                f"{self.baseline} and {self.variant} were trained on"
                f" {self.baseline_rows:,} rows each, but not on the same ones."
            )
        return (
            f"{self.baseline} was trained on {self.baseline_rows:,} rows, {self.variant} on"
            f" {self.variant_rows:,}."
        )

    @property
    def fix(self) -> str:
        """The same rows."""
        return "Train both on the same rows, or change nothing but the rows."

    @property
    def faults(self) -> tuple[Fault, ...]:
        """An unequal budget of data."""
        return ("budget",)


def different_training_rows(
    comparison: Comparison, baseline: Fit, variant: Fit
) -> Iterator[DifferentTrainingRows]:
    """WL420."""
    one, other = training_of(baseline), training_of(variant)
    if not one.rows or not other.rows:
        raise CouldNotRun("the number of training rows is not known")
    if one.rows != other.rows or (
        one.digest and other.digest and one.digest != other.digest
    ):
        yield DifferentTrainingRows(
            baseline=baseline.name,
            variant=variant.name,
            baseline_rows=one.rows,
            variant_rows=other.rows,
        )
