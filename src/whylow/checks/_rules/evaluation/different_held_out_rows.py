"""WL419."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import CouldNotRun, Detected
from whylow.checks._reading import absent
from whylow.records import Comparison, Fault, Fit, Severity


@dataclass(frozen=True, kw_only=True)
class DifferentHeldOutRows(Detected):
    """The two models are judged on different rows.

    ## What it does
    Compares the validation rows of the two fits, number by number where they were recorded,
    else by how many there are.

    ## Why is this bad?
    Some rows are easier than others. On two draws of 1,000 rows one and the same model with
    an accuracy of 80 % differs by 1.8 points (standard deviation).

    ## Evidence
    - `baseline`, `variant`: the two fits.
    - `baseline_rows`, `variant_rows`: their validation rows.

    ## Example
    ```python
    # `baseline` and `variant` are compiled models, `x` and `y` 200 rows.
    baseline.fit(x[:160], y[:160], validation_data=(x[160:], y[160:]))
    variant.fit(x[40:], y[40:], validation_data=(x[:40], y[:40]))
    ```
    Use instead: one split, made once, for both.
    ```python
    baseline.fit(x[:160], y[:160], validation_data=(x[160:], y[160:]))
    variant.fit(x[:160], y[:160], validation_data=(x[160:], y[160:]))
    ```

    ## When to ignore
    When the preparation of the texts is the change, and the same texts are held out.
    """

    severity: ClassVar[Severity] = "warning"
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
                f"{self.baseline} and {self.variant} were judged on"
                f" {self.baseline_rows:,} rows each, but not on the same ones."
            )
        return (
            f"{self.baseline} was judged on {self.baseline_rows:,} rows, {self.variant} on"
            f" {self.variant_rows:,}."
        )

    @property
    def fix(self) -> str:
        """One split."""
        return "Split once, and give both the same `validation_data`."

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The split."""
        return ("split_compared",)


def different_held_out_rows(
    comparison: Comparison, baseline: Fit, variant: Fit
) -> Iterator[DifferentHeldOutRows]:
    """WL419."""
    one, other = baseline.validation, variant.validation
    if one is None or other is None:
        raise absent(baseline, "the validation rows of both")
    if not one.rows or not other.rows:
        raise CouldNotRun("the number of validation rows is not known")
    if one.rows != other.rows or (
        one.digest and other.digest and one.digest != other.digest
    ):
        yield DifferentHeldOutRows(
            baseline=baseline.name,
            variant=variant.name,
            baseline_rows=one.rows,
            variant_rows=other.rows,
        )
