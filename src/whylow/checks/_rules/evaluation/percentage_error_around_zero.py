"""WL417."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Detected
from whylow.checks._metrics import metrics_of
from whylow.checks._reading import compile_of, loss_name, percent
from whylow.checks._rows import label_data
from whylow.records import Fault, Fit, Severity

_KINDS = frozenset(
    {"mape", "mean_absolute_percentage_error", "MeanAbsolutePercentageError"}
)
LEAST_ZEROS = 0.001


@dataclass(frozen=True, kw_only=True)
class PercentageErrorAroundZero(Detected):
    """A percentage error is taken of targets around zero.

    ## What it does
    Looks for the mean absolute percentage error, as loss or metric, where targets are zero
    or lie on both sides of it.

    ## Why is this bad?
    It divides by the target. A target of 0 counts as 0.0000001, so that one such row gives
    a value in the millions; standardised targets have many near 0.

    ## Evidence
    - `used_as`: `loss` or `metric`.
    - `low`, `high`: the range of the targets.
    - `zero_share`: share of targets that are 0. Reported from 0.001 on, or where the range
      holds 0.

    ## Example
    ```python
    x = random.normal(size=(100, 3))
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile(loss="mse", metrics=["mape"])
    model.fit(x, x[:, 0])
    ```
    Use instead:
    ```python
    x = random.normal(size=(100, 3))
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile(loss="mse", metrics=["mae"])
    model.fit(x, x[:, 0])
    ```

    ## When to ignore
    Never known to be right; tell us if yours is.
    """

    severity: ClassVar[Severity] = "warning"
    since: ClassVar[str] = "0.1.0"

    used_as: str
    low: float
    high: float
    zero_share: float

    @property
    def message(self) -> str:
        """The range."""
        zeros = f", {percent(self.zero_share)} of them 0" if self.zero_share else ""
        return (
            f"The percentage error, used as {self.used_as}, divides by targets between"
            f" {self.low:g} and {self.high:g}{zeros}."
        )

    @property
    def fix(self) -> str:
        """Another error."""
        return "Use `mae`, or its ratio to the mean absolute target."

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The loss, or the metric."""
        return ("loss",) if self.used_as == "loss" else ("metric",)


def percentage_error_around_zero(fit: Fit) -> Iterator[PercentageErrorAroundZero]:
    """WL417."""
    labels = label_data(fit)
    as_loss = loss_name(compile_of(fit)) in _KINDS
    if not as_loss and not any(kind in _KINDS for _, kind in metrics_of(fit)):
        return
    if labels.low < 0 < labels.high or labels.zero_share >= LEAST_ZEROS:
        yield PercentageErrorAroundZero(
            used_as="loss" if as_loss else "metric",
            low=labels.low,
            high=labels.high,
            zero_share=labels.zero_share,
        )
