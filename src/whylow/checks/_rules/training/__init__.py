"""`WL3xx`: how training went."""

from whylow.checks._check import FitCheck
from whylow.checks._rules.training.accuracy_never_changes import (
    AccuracyNeverChanges,
    accuracy_never_changes,
)
from whylow.checks._rules.training.answers_do_not_vary import (
    AnswersDoNotVary,
    answers_do_not_vary,
)
from whylow.checks._rules.training.confidence_grows_without_accuracy import (
    ConfidenceGrowsWithoutAccuracy,
    confidence_grows_without_accuracy,
)
from whylow.checks._rules.training.dead_units import (
    DeadUnits,
    dead_units,
)
from whylow.checks._rules.training.exploding_signal import (
    ExplodingSignal,
    exploding_signal,
)
from whylow.checks._rules.training.few_updates import (
    FewUpdates,
    few_updates,
)
from whylow.checks._rules.training.learning_rate_too_high import (
    LearningRateTooHigh,
    learning_rate_too_high,
)
from whylow.checks._rules.training.loss_at_start_far_off import (
    LossAtStartFarOff,
    loss_at_start_far_off,
)
from whylow.checks._rules.training.loss_diverges import (
    LossDiverges,
    loss_diverges,
)
from whylow.checks._rules.training.loss_falls_accuracy_stands_still import (
    LossFallsAccuracyStandsStill,
    loss_falls_accuracy_stands_still,
)
from whylow.checks._rules.training.loss_is_nan import (
    LossIsNan,
    loss_is_nan,
)
from whylow.checks._rules.training.loss_oscillates import (
    LossOscillates,
    loss_oscillates,
)
from whylow.checks._rules.training.one_batch_not_learnt import (
    OneBatchNotLearnt,
    one_batch_not_learnt,
)
from whylow.checks._rules.training.overfitting import (
    Overfitting,
    overfitting,
)
from whylow.checks._rules.training.penalty_dominates import (
    PenaltyDominates,
    penalty_dominates,
)
from whylow.checks._rules.training.rows_learnt_by_heart import (
    RowsLearntByHeart,
    rows_learnt_by_heart,
)
from whylow.checks._rules.training.saturated_units import (
    SaturatedUnits,
    saturated_units,
)
from whylow.checks._rules.training.simple_model_does_better import (
    SimpleModelDoesBetter,
    simple_model_does_better,
)
from whylow.checks._rules.training.still_improving import (
    StillImproving,
    still_improving,
)
from whylow.checks._rules.training.trained_far_past_best import (
    TrainedFarPastBest,
    trained_far_past_best,
)
from whylow.checks._rules.training.trained_too_briefly import (
    TrainedTooBriefly,
    trained_too_briefly,
)
from whylow.checks._rules.training.unsuitable_optimizer import (
    UnsuitableOptimizer,
    unsuitable_optimizer,
)
from whylow.checks._rules.training.unsuitable_start import (
    UnsuitableStart,
    unsuitable_start,
)
from whylow.checks._rules.training.validation_better_throughout import (
    ValidationBetterThroughout,
    validation_better_throughout,
)
from whylow.checks._rules.training.vanishing_gradient import (
    VanishingGradient,
    vanishing_gradient,
)
from whylow.checks._rules.training.weights_hardly_move import (
    WeightsHardlyMove,
    weights_hardly_move,
)

CHECKS: tuple[FitCheck, ...] = (
    FitCheck("WL301", Overfitting, overfitting),
    FitCheck("WL302", StillImproving, still_improving),
    FitCheck("WL303", LossIsNan, loss_is_nan),
    FitCheck("WL304", LossDiverges, loss_diverges),
    FitCheck("WL305", LossOscillates, loss_oscillates),
    FitCheck("WL306", LossFallsAccuracyStandsStill, loss_falls_accuracy_stands_still),
    FitCheck("WL307", AccuracyNeverChanges, accuracy_never_changes),
    FitCheck("WL308", ValidationBetterThroughout, validation_better_throughout),
    FitCheck("WL309", ConfidenceGrowsWithoutAccuracy, confidence_grows_without_accuracy),
    FitCheck("WL310", LearningRateTooHigh, learning_rate_too_high),
    FitCheck("WL311", TrainedTooBriefly, trained_too_briefly),
    FitCheck("WL312", UnsuitableStart, unsuitable_start),
    FitCheck("WL313", DeadUnits, dead_units),
    FitCheck("WL314", SaturatedUnits, saturated_units),
    FitCheck("WL315", VanishingGradient, vanishing_gradient),
    FitCheck("WL316", ExplodingSignal, exploding_signal),
    FitCheck("WL317", PenaltyDominates, penalty_dominates),
    FitCheck("WL318", AnswersDoNotVary, answers_do_not_vary),
    FitCheck("WL319", OneBatchNotLearnt, one_batch_not_learnt),
    FitCheck("WL320", WeightsHardlyMove, weights_hardly_move),
    FitCheck("WL321", LossAtStartFarOff, loss_at_start_far_off),
    FitCheck("WL322", SimpleModelDoesBetter, simple_model_does_better),
    FitCheck("WL323", TrainedFarPastBest, trained_far_past_best),
    FitCheck("WL324", FewUpdates, few_updates),
    FitCheck("WL325", RowsLearntByHeart, rows_learnt_by_heart),
    FitCheck("WL326", UnsuitableOptimizer, unsuitable_optimizer),
)
