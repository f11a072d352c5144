"""`WL2xx`: the model and how its parts fit together."""

from whylow.checks._check import FitCheck
from whylow.checks._rules.model.label_broadcast_over_time import (
    LabelBroadcastOverTime,
    label_broadcast_over_time,
)
from whylow.checks._rules.model.last_layer_and_loss_do_not_fit import (
    LastLayerAndLossDoNotFit,
    last_layer_and_loss_do_not_fit,
)
from whylow.checks._rules.model.padding_not_masked import (
    PaddingNotMasked,
    padding_not_masked,
)

CHECKS: tuple[FitCheck, ...] = (
    FitCheck("WL201", LabelBroadcastOverTime, label_broadcast_over_time),
    FitCheck("WL202", PaddingNotMasked, padding_not_masked),
    FitCheck("WL203", LastLayerAndLossDoNotFit, last_layer_and_loss_do_not_fit),
)
