"""Attention pooling with one linear score: keras-self-attention's layer of that name."""

from __future__ import annotations

from typing import Any

import keras

from whylow.layers._arguments import WeightRules
from whylow.layers._base import SequenceLayer, registered
from whylow.layers._legacy import legacy_key_softmax
from whylow.layers._masking import masked_softmax, zero_masked
from whylow.layers._ops import Tensor, ops


@registered
class SeqWeightedAttention(SequenceLayer):
    """Make one vector of a sequence: a weighted mean, the weights from a linear score.

        a_t = softmax_t(x_t W + b),    y = Σ_t a_t x_t

    The attention of DeepMoji (Felbo et al. 2017, arXiv 1708.00524, section 3.2). Takes the
    place of the layer of that name in keras-self-attention 0.51, with the same arguments,
    attributes and weights; `AttentionPooling(score="linear")` offers the same and more.

    It differs where the old layer is wrong, and `legacy=True` gives the old numbers back:
    a text without any position gives zeros, where the old layer spreads its weight over
    padding; and what stands at masked positions, even nan, changes nothing.

    Args:
        use_bias: Have `b`. It changes nothing, as a softmax takes no notice of what is
            added to all of its scores.
        return_attention: Return `[output, weights]` instead of the output alone.
        legacy: Give the numbers of keras-self-attention 0.51, its faults included.
        kernel_initializer: Initializer of `W`.
        bias_initializer: Initializer of `b`.
        kernel_regularizer: Regularizer of `W`.
        bias_regularizer: Regularizer of `b`.
        kernel_constraint: Constraint on `W`.
        bias_constraint: Constraint on `b`.
        **kwargs: Arguments of every Keras layer.

    Call arguments:
        inputs: Float tensor of shape `(B, T, F)`: batch, time, features; or a pair of it
            and a mask.
        mask: Optional boolean tensor of shape `(B, T)`, `True` at positions that take
            part.

    Returns:
        Float tensor of shape `(B, F)`; with `return_attention` a list of it and the
        weights, `(B, T)`. A row whose mask is all `False` gives zeros.

    Raises:
        ValueError: The input is no sequence.

    Example:
        >>> import numpy as np
        >>> SeqWeightedAttention()(np.ones((2, 5, 3))).shape
        (2, 3)

    """

    #: There is one row of weights a head, not one a position.
    pools = True

    def __init__(
        self,
        use_bias: bool = True,
        return_attention: bool = False,
        *,
        legacy: bool = False,
        kernel_initializer: Any = "random_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.use_bias = use_bias
        self.return_attention = return_attention
        self.legacy = legacy
        self._rules = WeightRules(
            self,
            kernel_initializer=kernel_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint,
            bias_constraint=bias_constraint,
        )
        self.W: Any = None
        self.b: Any = None

    def build(self, input_shape: Any) -> None:
        """Create the weights, in the order and shapes of keras-self-attention 0.51."""
        features = self.sequence_shape(input_shape)[-1]
        self.built_for = (None, features)
        # No two weights are of one kind here: none needs a draw apart from another.
        kernel, bias = self._rules.of("kernel", None), self._rules.of("bias", None)
        self.W = self.add_weight(name=f"{self.name}_W", shape=(features, 1), **kernel)
        if self.use_bias:
            self.b = self.add_weight(name=f"{self.name}_b", shape=(1,), **bias)
        self.built = True

    def call(self, inputs: Any, mask: Any = None) -> Any:
        """Attend; see the class."""
        output, attention = self.attend(inputs, mask)
        return [output, attention] if self.return_attention else output

    def attend(self, inputs: Any, mask: Any = None) -> Any:
        """Return the output and the weights, `(B, T)`."""
        sequence, mask = self.sequence_and_mask(inputs, mask)
        if self.legacy:
            epsilon = keras.backend.epsilon()
            attention = legacy_key_softmax(self._scores(sequence), None, mask, epsilon)
        else:
            sequence = zero_masked(sequence, mask)
            attention = masked_softmax(self._scores(sequence), mask)
        return ops.einsum("bt,btf->bf", attention, sequence), attention

    def _scores(self, sequence: Tensor) -> Tensor:
        scores = ops.squeeze(ops.matmul(sequence, self.W), -1)
        return scores if self.b is None else scores + self.b

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """Return no mask: the output has no time axis."""
        return [None, None] if self.return_attention else None

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of the output, and of the weights if they are returned."""
        batch, time, features = self.sequence_shape(input_shape)
        shape = (batch, features)
        return [shape, (batch, time)] if self.return_attention else shape

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this layer again."""
        return {
            **super().get_config(),
            "use_bias": self.use_bias,
            "return_attention": self.return_attention,
            "legacy": self.legacy,
            **self._rules.config(),
        }
