"""`WL4xx`: how the model was judged, and what it was compared with."""

from whylow.checks._check import ComparisonCheck, FitCheck
from whylow.checks._rules.evaluation.accuracy_at_or_below_majority_class import (
    AccuracyAtOrBelowMajorityClass,
    accuracy_at_or_below_majority_class,
)
from whylow.checks._rules.evaluation.best_epochs_differ import (
    BestEpochsDiffer,
    best_epochs_differ,
)
from whylow.checks._rules.evaluation.change_costs_time import (
    ChangeCostsTime,
    change_costs_time,
)
from whylow.checks._rules.evaluation.difference_within_noise import (
    DifferenceWithinNoise,
    difference_within_noise,
)
from whylow.checks._rules.evaluation.single_run import (
    SingleRun,
    single_run,
)
from whylow.checks._rules.evaluation.training_metric_compared import (
    TrainingMetricCompared,
    training_metric_compared,
)
from whylow.checks._rules.evaluation.unequal_training import (
    UnequalTraining,
    unequal_training,
)
from whylow.checks._rules.evaluation.winner_changes_with_split import (
    WinnerChangesWithSplit,
    winner_changes_with_split,
)

CHECKS: tuple[FitCheck | ComparisonCheck, ...] = (
    FitCheck("WL401", AccuracyAtOrBelowMajorityClass, accuracy_at_or_below_majority_class),
    ComparisonCheck("WL402", TrainingMetricCompared, training_metric_compared),
    ComparisonCheck("WL403", SingleRun, single_run),
    ComparisonCheck("WL404", WinnerChangesWithSplit, winner_changes_with_split),
    ComparisonCheck("WL405", DifferenceWithinNoise, difference_within_noise),
    ComparisonCheck("WL406", BestEpochsDiffer, best_epochs_differ),
    ComparisonCheck("WL407", UnequalTraining, unequal_training),
    ComparisonCheck("WL408", ChangeCostsTime, change_costs_time),
)
