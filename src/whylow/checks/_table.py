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
from whylow.checks._rules.accuracy_never_changes import (
    AccuracyNeverChanges,
    accuracy_never_changes,
)
from whylow.checks._rules.best_epochs_differ import (
    BestEpochsDiffer,
    best_epochs_differ,
)
from whylow.checks._rules.change_costs_time import (
    ChangeCostsTime,
    change_costs_time,
)
from whylow.checks._rules.confidence_grows_without_accuracy import (
    ConfidenceGrowsWithoutAccuracy,
    confidence_grows_without_accuracy,
)
from whylow.checks._rules.difference_within_noise import (
    DifferenceWithinNoise,
    difference_within_noise,
)
from whylow.checks._rules.label_broadcast_over_time import (
    LabelBroadcastOverTime,
    label_broadcast_over_time,
)
from whylow.checks._rules.last_layer_and_loss_do_not_fit import (
    LastLayerAndLossDoNotFit,
    last_layer_and_loss_do_not_fit,
)
from whylow.checks._rules.loss_diverges import (
    LossDiverges,
    loss_diverges,
)
from whylow.checks._rules.loss_falls_accuracy_stands_still import (
    LossFallsAccuracyStandsStill,
    loss_falls_accuracy_stands_still,
)
from whylow.checks._rules.loss_is_nan import (
    LossIsNan,
    loss_is_nan,
)
from whylow.checks._rules.loss_oscillates import (
    LossOscillates,
    loss_oscillates,
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
from whylow.checks._rules.still_improving import (
    StillImproving,
    still_improving,
)
from whylow.checks._rules.training_metric_compared import (
    TrainingMetricCompared,
    training_metric_compared,
)
from whylow.checks._rules.unequal_training import (
    UnequalTraining,
    unequal_training,
)
from whylow.checks._rules.validation_better_throughout import (
    ValidationBetterThroughout,
    validation_better_throughout,
)
from whylow.checks._rules.winner_changes_with_split import (
    WinnerChangesWithSplit,
    winner_changes_with_split,
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
    FitCheck("WL302", StillImproving, still_improving),
    FitCheck("WL303", LossIsNan, loss_is_nan),
    FitCheck("WL304", LossDiverges, loss_diverges),
    FitCheck("WL305", LossOscillates, loss_oscillates),
    FitCheck("WL306", LossFallsAccuracyStandsStill, loss_falls_accuracy_stands_still),
    FitCheck("WL307", AccuracyNeverChanges, accuracy_never_changes),
    FitCheck("WL308", ValidationBetterThroughout, validation_better_throughout),
    FitCheck("WL309", ConfidenceGrowsWithoutAccuracy, confidence_grows_without_accuracy),
    FitCheck(
        "WL401",
        AccuracyAtOrBelowMajorityClass,
        accuracy_at_or_below_majority_class,
    ),
    ComparisonCheck("WL402", TrainingMetricCompared, training_metric_compared),
    ComparisonCheck("WL403", SingleRun, single_run),
    ComparisonCheck("WL404", WinnerChangesWithSplit, winner_changes_with_split),
    ComparisonCheck("WL405", DifferenceWithinNoise, difference_within_noise),
    ComparisonCheck("WL406", BestEpochsDiffer, best_epochs_differ),
    ComparisonCheck("WL407", UnequalTraining, unequal_training),
    ComparisonCheck("WL408", ChangeCostsTime, change_costs_time),
)


def table() -> tuple[FitCheck | ComparisonCheck, ...]:
    """Return every check, sorted by code."""
    return _TABLE
