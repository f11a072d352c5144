"""`WL4xx`: how the model was judged, and what it was compared with."""

from whylow.checks._check import ComparisonCheck, FitCheck
from whylow.checks._rules.evaluation.accuracy_at_or_below_majority_class import (
    AccuracyAtOrBelowMajorityClass,
    accuracy_at_or_below_majority_class,
)
from whylow.checks._rules.evaluation.accuracy_counts_padding import (
    AccuracyCountsPadding,
    accuracy_counts_padding,
)
from whylow.checks._rules.evaluation.accuracy_hides_rare_class import (
    AccuracyHidesRareClass,
    accuracy_hides_rare_class,
)
from whylow.checks._rules.evaluation.accuracy_of_numbers import (
    AccuracyOfNumbers,
    accuracy_of_numbers,
)
from whylow.checks._rules.evaluation.accuracy_of_the_wrong_kind import (
    AccuracyOfTheWrongKind,
    accuracy_of_the_wrong_kind,
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
from whylow.checks._rules.evaluation.different_held_out_rows import (
    DifferentHeldOutRows,
    different_held_out_rows,
)
from whylow.checks._rules.evaluation.different_training_rows import (
    DifferentTrainingRows,
    different_training_rows,
)
from whylow.checks._rules.evaluation.few_validation_rows import (
    FewValidationRows,
    few_validation_rows,
)
from whylow.checks._rules.evaluation.fixed_threshold_on_rare_class import (
    FixedThresholdOnRareClass,
    fixed_threshold_on_rare_class,
)
from whylow.checks._rules.evaluation.metric_averaged_over_batches import (
    MetricAveragedOverBatches,
    metric_averaged_over_batches,
)
from whylow.checks._rules.evaluation.metric_compares_across_rows import (
    MetricComparesAcrossRows,
    metric_compares_across_rows,
)
from whylow.checks._rules.evaluation.percentage_error_around_zero import (
    PercentageErrorAroundZero,
    percentage_error_around_zero,
)
from whylow.checks._rules.evaluation.single_run import (
    SingleRun,
    single_run,
)
from whylow.checks._rules.evaluation.training_metric_compared import (
    TrainingMetricCompared,
    training_metric_compared,
)
from whylow.checks._rules.evaluation.training_metric_under_dropout import (
    TrainingMetricUnderDropout,
    training_metric_under_dropout,
)
from whylow.checks._rules.evaluation.unequal_parameter_counts import (
    UnequalParameterCounts,
    unequal_parameter_counts,
)
from whylow.checks._rules.evaluation.unequal_training import (
    UnequalTraining,
    unequal_training,
)
from whylow.checks._rules.evaluation.validation_chose_and_judged import (
    ValidationChoseAndJudged,
    validation_chose_and_judged,
)
from whylow.checks._rules.evaluation.validation_loss_of_a_constant import (
    ValidationLossOfAConstant,
    validation_loss_of_a_constant,
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
    FitCheck("WL409", AccuracyOfNumbers, accuracy_of_numbers),
    FitCheck("WL410", AccuracyHidesRareClass, accuracy_hides_rare_class),
    FitCheck("WL411", AccuracyCountsPadding, accuracy_counts_padding),
    FitCheck("WL412", AccuracyOfTheWrongKind, accuracy_of_the_wrong_kind),
    FitCheck("WL413", MetricComparesAcrossRows, metric_compares_across_rows),
    FitCheck("WL414", MetricAveragedOverBatches, metric_averaged_over_batches),
    FitCheck("WL415", FewValidationRows, few_validation_rows),
    FitCheck("WL416", ValidationLossOfAConstant, validation_loss_of_a_constant),
    FitCheck("WL417", PercentageErrorAroundZero, percentage_error_around_zero),
    FitCheck("WL418", FixedThresholdOnRareClass, fixed_threshold_on_rare_class),
    ComparisonCheck("WL419", DifferentHeldOutRows, different_held_out_rows),
    ComparisonCheck("WL420", DifferentTrainingRows, different_training_rows),
    ComparisonCheck("WL421", UnequalParameterCounts, unequal_parameter_counts),
    ComparisonCheck("WL422", TrainingMetricUnderDropout, training_metric_under_dropout),
    ComparisonCheck("WL423", ValidationChoseAndJudged, validation_chose_and_judged),
)
