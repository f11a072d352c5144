"""`WL3xx`: how training went."""

from whylow.checks._check import FitCheck
from whylow.checks._rules.training.accuracy_never_changes import (
    AccuracyNeverChanges,
    accuracy_never_changes,
)
from whylow.checks._rules.training.confidence_grows_without_accuracy import (
    ConfidenceGrowsWithoutAccuracy,
    confidence_grows_without_accuracy,
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
from whylow.checks._rules.training.overfitting import (
    Overfitting,
    overfitting,
)
from whylow.checks._rules.training.still_improving import (
    StillImproving,
    still_improving,
)
from whylow.checks._rules.training.validation_better_throughout import (
    ValidationBetterThroughout,
    validation_better_throughout,
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
)
