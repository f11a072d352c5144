"""The table of checks: code → finding and rule.

A code is never reused. `WL1xx` data, `WL2xx` model, `WL3xx` training, `WL4xx` evaluation
and comparison.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from whylow.checks._base import Detected, Status
from whylow.checks._rules.accuracy_at_or_below_majority_class import (
    AccuracyAtOrBelowMajorityClass,
    accuracy_at_or_below_majority_class,
)
from whylow.checks._rules.label_broadcast_over_time import (
    LabelBroadcastOverTime,
    label_broadcast_over_time,
)
from whylow.checks._rules.last_layer_and_loss_do_not_fit import (
    LastLayerAndLossDoNotFit,
    last_layer_and_loss_do_not_fit,
)
from whylow.checks._rules.overfitting import (
    Overfitting,
    overfitting,
)
from whylow.checks._rules.padding_not_masked import (
    PaddingNotMasked,
    padding_not_masked,
)
from whylow.checks._rules.single_run import (
    SingleRun,
    single_run,
)
from whylow.checks._rules.training_metric_compared import (
    TrainingMetricCompared,
    training_metric_compared,
)
from whylow.records import Comparison, Fit, Severity


@dataclass(frozen=True)
class Check:
    """An entry of the table.

    Args:
        code: `WL` and three digits.
        finding: The class of what it finds; its docstring is the page.

    """

    code: str
    finding: type[Detected]

    @property
    def name(self) -> str:
        """The fault in words joined by hyphens."""
        return self.finding.name()

    @property
    def severity(self) -> Severity:
        """`error`, `warning` or `info`."""
        return self.finding.severity

    @property
    def status(self) -> Status:
        """`preview`, where every check starts, or `stable`."""
        return self.finding.status

    @property
    def since(self) -> str:
        """The version that first had it."""
        return self.finding.since

    @property
    def summary(self) -> str:
        """The first line of the page."""
        return (self.finding.__doc__ or "").strip().partition("\n")[0]


@dataclass(frozen=True)
class FitCheck(Check):
    """A check that reads one fit."""

    rule: Callable[[Fit], Iterator[Detected]]


@dataclass(frozen=True)
class ComparisonCheck(Check):
    """A check that reads a comparison with its baseline and its variant."""

    rule: Callable[[Comparison, Fit, Fit], Iterator[Detected]]


_TABLE: tuple[FitCheck | ComparisonCheck, ...] = (
    FitCheck("WL201", LabelBroadcastOverTime, label_broadcast_over_time),
    FitCheck("WL202", PaddingNotMasked, padding_not_masked),
    FitCheck("WL203", LastLayerAndLossDoNotFit, last_layer_and_loss_do_not_fit),
    FitCheck("WL301", Overfitting, overfitting),
    FitCheck(
        "WL401",
        AccuracyAtOrBelowMajorityClass,
        accuracy_at_or_below_majority_class,
    ),
    ComparisonCheck("WL402", TrainingMetricCompared, training_metric_compared),
    ComparisonCheck("WL403", SingleRun, single_run),
)


def table() -> tuple[FitCheck | ComparisonCheck, ...]:
    """Return every check, sorted by code."""
    return _TABLE
