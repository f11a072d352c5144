"""`WL2xx`: the model and how its parts fit together."""

from whylow.checks._check import FitCheck
from whylow.checks._rules.model.attention_nearly_uniform import (
    AttentionNearlyUniform,
    attention_nearly_uniform,
)
from whylow.checks._rules.model.attention_on_one_position import (
    AttentionOnOnePosition,
    attention_on_one_position,
)
from whylow.checks._rules.model.attention_on_padding import (
    AttentionOnPadding,
    attention_on_padding,
)
from whylow.checks._rules.model.batch_normalization_on_tiny_batches import (
    BatchNormalizationOnTinyBatches,
    batch_normalization_on_tiny_batches,
)
from whylow.checks._rules.model.classes_under_distance_loss import (
    ClassesUnderDistanceLoss,
    classes_under_distance_loss,
)
from whylow.checks._rules.model.dropout_on_the_output import (
    DropoutOnTheOutput,
    dropout_on_the_output,
)
from whylow.checks._rules.model.dropout_too_high import (
    DropoutTooHigh,
    dropout_too_high,
)
from whylow.checks._rules.model.equal_projections import (
    EqualProjections,
    equal_projections,
)
from whylow.checks._rules.model.frozen_random_weights import (
    FrozenRandomWeights,
    frozen_random_weights,
)
from whylow.checks._rules.model.identical_units import (
    IdenticalUnits,
    identical_units,
)
from whylow.checks._rules.model.initial_weights_too_large import (
    InitialWeightsTooLarge,
    initial_weights_too_large,
)
from whylow.checks._rules.model.label_broadcast_over_time import (
    LabelBroadcastOverTime,
    label_broadcast_over_time,
)
from whylow.checks._rules.model.labels_repeated_over_time import (
    LabelsRepeatedOverTime,
    labels_repeated_over_time,
)
from whylow.checks._rules.model.last_layer_and_loss_do_not_fit import (
    LastLayerAndLossDoNotFit,
    last_layer_and_loss_do_not_fit,
)
from whylow.checks._rules.model.layer_without_gradient import (
    LayerWithoutGradient,
    layer_without_gradient,
)
from whylow.checks._rules.model.linear_hidden_layers import (
    LinearHiddenLayers,
    linear_hidden_layers,
)
from whylow.checks._rules.model.loss_compares_across_rows import (
    LossComparesAcrossRows,
    loss_compares_across_rows,
)
from whylow.checks._rules.model.nothing_trainable import (
    NothingTrainable,
    nothing_trainable,
)
from whylow.checks._rules.model.padding_not_masked import (
    PaddingNotMasked,
    padding_not_masked,
)
from whylow.checks._rules.model.relu_in_recurrent_layer import (
    ReluInRecurrentLayer,
    relu_in_recurrent_layer,
)
from whylow.checks._rules.model.sigmoid_hidden_stack import (
    SigmoidHiddenStack,
    sigmoid_hidden_stack,
)
from whylow.checks._rules.model.softmax_inside import (
    SoftmaxInside,
    softmax_inside,
)
from whylow.checks._rules.model.softmax_under_binary_loss import (
    SoftmaxUnderBinaryLoss,
    softmax_under_binary_loss,
)
from whylow.checks._rules.model.squashed_attention_scores import (
    SquashedAttentionScores,
    squashed_attention_scores,
)
from whylow.checks._rules.model.squashed_twice import (
    SquashedTwice,
    squashed_twice,
)
from whylow.checks._rules.model.state_behind_padding import (
    StateBehindPadding,
    state_behind_padding,
)
from whylow.checks._rules.model.unused_input import (
    UnusedInput,
    unused_input,
)

CHECKS: tuple[FitCheck, ...] = (
    FitCheck("WL201", LabelBroadcastOverTime, label_broadcast_over_time),
    FitCheck("WL202", PaddingNotMasked, padding_not_masked),
    FitCheck("WL203", LastLayerAndLossDoNotFit, last_layer_and_loss_do_not_fit),
    FitCheck("WL204", LabelsRepeatedOverTime, labels_repeated_over_time),
    FitCheck("WL205", DropoutOnTheOutput, dropout_on_the_output),
    FitCheck("WL206", SigmoidHiddenStack, sigmoid_hidden_stack),
    FitCheck("WL207", LinearHiddenLayers, linear_hidden_layers),
    FitCheck("WL208", SoftmaxInside, softmax_inside),
    FitCheck("WL209", SquashedTwice, squashed_twice),
    FitCheck("WL210", StateBehindPadding, state_behind_padding),
    FitCheck("WL211", AttentionOnPadding, attention_on_padding),
    FitCheck("WL212", AttentionNearlyUniform, attention_nearly_uniform),
    FitCheck("WL213", AttentionOnOnePosition, attention_on_one_position),
    FitCheck("WL214", SquashedAttentionScores, squashed_attention_scores),
    FitCheck("WL215", IdenticalUnits, identical_units),
    FitCheck("WL216", InitialWeightsTooLarge, initial_weights_too_large),
    FitCheck("WL217", LayerWithoutGradient, layer_without_gradient),
    FitCheck("WL218", UnusedInput, unused_input),
    FitCheck("WL219", FrozenRandomWeights, frozen_random_weights),
    FitCheck("WL220", BatchNormalizationOnTinyBatches, batch_normalization_on_tiny_batches),
    FitCheck("WL221", DropoutTooHigh, dropout_too_high),
    FitCheck("WL222", ReluInRecurrentLayer, relu_in_recurrent_layer),
    FitCheck("WL223", ClassesUnderDistanceLoss, classes_under_distance_loss),
    FitCheck("WL224", SoftmaxUnderBinaryLoss, softmax_under_binary_loss),
    FitCheck("WL225", NothingTrainable, nothing_trainable),
    FitCheck("WL226", LossComparesAcrossRows, loss_compares_across_rows),
    FitCheck("WL227", EqualProjections, equal_projections),
)
