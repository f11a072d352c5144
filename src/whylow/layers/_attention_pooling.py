"""Attention that makes one vector of a sequence."""

from __future__ import annotations

from typing import Any

import keras

from whylow.layers._arguments import WeightRules, one_of, positive_integer
from whylow.layers._base import SequenceLayer, registered
from whylow.layers._last_state import last_state
from whylow.layers._masking import masked_softmax, zero_masked
from whylow.layers._ops import Tensor, ops
from whylow.layers._penalty import overlap_penalty
from whylow.layers._pooling_scores import SCORES, pooling_scores, weight_shapes


@registered
class AttentionPooling(SequenceLayer):
    """Make one vector of a sequence: a weighted mean, or one for each head.

        a_ht = softmax_t(e_ht / temperature),    y = [Σ_t a_1t v_1t; …; Σ_t a_Ht v_Ht]

    with v_ht = x_t, or x_t Wv_h where `value_units` is given. The scores e_ht are, with
    x_T the last position that takes part,

    - `"additive"`: tanh(x_t W + b) · c_h (Yang et al. 2016, NAACL N16-1174, section 2.2;
      with several heads Lin et al. 2017, arXiv 1703.03130, section 2.1),
    - `"multiplicative"`: x_T W_h x_tᵀ (Luong et al. 2015, arXiv 1508.04025, "general"),
    - `"scaled_dot"`: (x_t W_h) · c_h / √units, a learned query (Lee et al. 2019, arXiv
      1810.00825, section 3.2, without its feed-forward part),
    - `"linear"`: x_t · c_h + b_h (Felbo et al. 2017, arXiv 1708.00524, section 3.2),
    - `"location"`: (x_T W_h)_t, by position alone (Luong et al. 2015, equation 8); the
      number of time steps must be known.

    Put it between a recurrent layer with `return_sequences=True` and the output layer of
    a classifier with one label a text. `MeanPooling` is its control: the same with equal
    weights.

    Args:
        score: One of the five names above.
        units: Width of the hidden layer of `"additive"`, of a head's keys in
            `"scaled_dot"`; unused by the others.
        heads: Number of weighted means, each with weights of its own.
        value_units: Width of a projection of the values in each head; `None` takes the
            inputs as they are.
        use_bias: Have the bias of `"additive"` and `"linear"`.
        dropout: Share of the weights set to zero in training, the others scaled up.
        temperature: What scores are divided by: above one evens weights out.
        penalty: Weight of ‖A Aᵀ - I‖² (Frobenius), mean over the texts of a batch, that
            keeps heads apart (Lin et al. 2017, section 2.2).
        return_attention: Return `[output, weights]` instead of the output alone.
        kernel_initializer: Initializer of W.
        bias_initializer: Initializer of b.
        context_initializer: Initializer of c.
        value_initializer: Initializer of Wv.
        kernel_regularizer: Regularizer of W.
        bias_regularizer: Regularizer of b.
        context_regularizer: Regularizer of c.
        value_regularizer: Regularizer of Wv.
        kernel_constraint: Constraint on W.
        bias_constraint: Constraint on b.
        context_constraint: Constraint on c.
        value_constraint: Constraint on Wv.
        seed: Seed of the dropout.
        **kwargs: Arguments of every Keras layer.

    Call arguments:
        inputs: Float tensor of shape `(B, T, F)`: batch, time, features; or a pair of it
            and a mask.
        mask: Optional boolean tensor of shape `(B, T)`, `True` at positions that take
            part.
        training: Whether to drop weights.

    Returns:
        Float tensor of shape `(B, heads · F)`, or `(B, heads · value_units)`; with
        `return_attention` a list of it and the weights, `(B, heads, T)`. A row whose mask
        is all `False` gives zeros, weights included.

    Raises:
        ValueError: An argument is unknown or out of range, the input is no sequence, or
            `"location"` does not know the number of time steps.

    Example:
        >>> import numpy as np
        >>> AttentionPooling(units=4, heads=2)(np.ones((2, 5, 3))).shape
        (2, 6)

    """

    #: There is one row of weights a head, not one a position.
    pools = True

    def __init__(
        self,
        score: str = "additive",
        units: int = 32,
        heads: int = 1,
        value_units: int | None = None,
        use_bias: bool = True,
        dropout: float = 0.0,
        temperature: float = 1.0,
        penalty: float = 0.0,
        return_attention: bool = False,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        context_initializer: Any = "glorot_uniform",
        value_initializer: Any = "glorot_uniform",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        context_regularizer: Any = None,
        value_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        context_constraint: Any = None,
        value_constraint: Any = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.score = one_of("score", score, SCORES)
        self.units = positive_integer("units", units, "the width of the score")
        self.heads = positive_integer("heads", heads, "the number of weighted means")
        if value_units is not None:
            positive_integer("value_units", value_units, "the width of a head's values")
        if not 0 <= dropout < 1:
            raise ValueError(
                "`dropout` is a share and must lie in [0, 1). "
                f"Received: dropout={dropout!r}."
            )
        if temperature <= 0:
            raise ValueError(
                f"`temperature` must be positive. Received: temperature={temperature!r}."
            )
        if penalty < 0:
            raise ValueError(
                f"`penalty` must not be negative. Received: penalty={penalty!r}."
            )
        self.value_units, self.use_bias = value_units, use_bias
        self.dropout, self.temperature, self.penalty = dropout, temperature, penalty
        self.return_attention, self.seed = return_attention, seed
        self._rules = WeightRules(
            self,
            kernel_initializer=kernel_initializer,
            bias_initializer=bias_initializer,
            context_initializer=context_initializer,
            value_initializer=value_initializer,
            kernel_regularizer=kernel_regularizer,
            bias_regularizer=bias_regularizer,
            context_regularizer=context_regularizer,
            value_regularizer=value_regularizer,
            kernel_constraint=kernel_constraint,
            bias_constraint=bias_constraint,
            context_constraint=context_constraint,
            value_constraint=value_constraint,
        )
        self._dropout = keras.layers.Dropout(dropout, seed=seed, dtype=self.dtype_policy)
        self._weights_by_kind: dict[str, Any] = {}

    def build(self, input_shape: Any) -> None:
        """Create the weights of the score, then those of the values."""
        _, time, features = self.sequence_shape(input_shape)
        if self.score == "location" and time is None:
            raise ValueError(
                "AttentionPooling with `score='location'` has a weight for each time step "
                "and expects their number to be known. "
                f"Received: input_shape={input_shape}."
            )
        self.built_for = (time if self.score == "location" else None, features)
        shapes = weight_shapes(self.score, time, features, self.units, self.heads)
        if not self.use_bias:
            shapes.pop("bias", None)
        if self.value_units is not None:
            shapes["value"] = (features, self.heads * self.value_units)
        for index, (kind, shape) in enumerate(shapes.items()):
            rules = self._rules.of(kind, index)
            self._weights_by_kind[kind] = self.add_weight(name=kind, shape=shape, **rules)
        self.built = True

    def call(self, inputs: Any, mask: Any = None, training: bool | None = None) -> Any:
        """Attend; see the class."""
        output, attention = self.attend(inputs, mask, training)
        return [output, attention] if self.return_attention else output

    def attend(self, inputs: Any, mask: Any = None, training: bool | None = None) -> Any:
        """Return the output and the weights, `(B, heads, T)`."""
        sequence, mask = self.sequence_and_mask(inputs, mask)
        sequence = zero_masked(sequence, mask)
        last = last_state(sequence, mask)
        scores = pooling_scores(
            self.score, sequence, last, self._weights_by_kind, self.heads
        )
        keys = None if mask is None else ops.expand_dims(mask, 1)
        attention = masked_softmax(scores / self.temperature, keys)
        if self.penalty:
            rows = None if mask is None else ops.any(mask, axis=1, keepdims=True)
            self.add_loss(self.penalty * overlap_penalty(attention, rows))
        dropped = self._dropout(attention, training=training)
        return self._weighted(dropped, sequence), attention

    def _weighted(self, attention: Tensor, sequence: Tensor) -> Tensor:
        pooled = ops.matmul(attention, sequence)
        if self.value_units is None:
            return ops.reshape(pooled, (-1, self.heads * sequence.shape[-1]))
        # Projected after pooling: both are linear, and one vector a head is left by then.
        value = ops.reshape(
            self._weights_by_kind["value"], (-1, self.heads, self.value_units)
        )
        by_head = ops.einsum("bhf,fhv->bhv", pooled, value)
        return ops.reshape(by_head, (-1, self.heads * self.value_units))

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """Return no mask: the output has no time axis."""
        return [None, None] if self.return_attention else None

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of the output, and of the weights if they are returned."""
        batch, time, features = self.sequence_shape(input_shape)
        shape = (batch, self.heads * (self.value_units or features))
        return [shape, (batch, self.heads, time)] if self.return_attention else shape

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this layer again."""
        names = (
            "score units heads value_units use_bias dropout temperature penalty "
            "return_attention seed"
        ).split()
        plain = {name: getattr(self, name) for name in names}
        return {**super().get_config(), **plain, **self._rules.config()}
