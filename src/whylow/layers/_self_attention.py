"""Self-attention over a sequence: the successor of keras-self-attention's layer."""

from __future__ import annotations

from typing import Any

import keras

from whylow.layers._additive import additive_scores
from whylow.layers._arguments import WeightRules, positive_integer
from whylow.layers._banded import Band, band, banded_attention
from whylow.layers._base import SequenceLayer, first, registered
from whylow.layers._legacy import legacy_softmax
from whylow.layers._masking import both, masked_softmax, pairs, window, zero_masked
from whylow.layers._ops import Tensor, ops
from whylow.layers._penalty import overlap_penalty

# Where the number of time steps is not known beforehand, as with TensorFlow: the longest
# span of keys that is worth its padding should the sequence turn out to be short.
LONGEST_BLIND_SPAN = 512


@registered
class SeqSelfAttention(SequenceLayer):
    """Replace every position of a sequence by a weighted mean of all of them.

    With `attention_type="additive"` the weight of position s for position t is

        a_ts = softmax_s(act(tanh(x_t Wt + x_s Wx + bh) Wa + ba)),    y_t = Σ_s a_ts x_s,

    with `"multiplicative"` a_ts = softmax_s(act(x_t Wa x_sᵀ + ba)), act being
    `attention_activation`.

    Takes the place of the layer of that name in keras-self-attention 0.51: the arguments,
    their defaults, the attributes `Wt`, `Wx`, `bh`, `Wa`, `ba` and the order and shapes of
    the weights are the same. The output still has a time axis: for one label a text, put a
    pooling layer after it, or use `AttentionPooling` in its place.

    It differs where the old layer is wrong, and `legacy=True` gives the old numbers back:

    - A masked position has weight zero for every query. The old layer left padding out
      for padded queries only, so that real tokens attended to it.
    - At a masked position the output is zero, and so is its row of weights. A row whose
      window holds no position to attend to is zero as well.
    - What stands at masked positions, even nan, changes nothing, gradients included.
    - `Wt` and `Wx` start from independent draws; the old ones started equal.
    - The penalty of `attention_regularizer_weight` leaves masked rows out.

    Papers: Bahdanau et al. 2015 (arXiv 1409.0473, appendix A.1.2), Luong et al. 2015
    (arXiv 1508.04025, section 3.1), both of which score a query from elsewhere; the
    penalty is that of Lin et al. 2017 (arXiv 1703.03130, section 2.2).

    Args:
        units: Width of the hidden layer of the additive score.
        attention_width: Number of keys that a query sees, itself included, around it or,
            with `history_only`, up to it. An even width has its odd one out in the past.
            `None` is no limit.
        attention_type: `"additive"` or `"multiplicative"`.
        return_attention: Return `[output, weights]` instead of the output alone.
        history_only: Let a query see itself and earlier positions only.
        kernel_initializer: Initializer of `Wt`, `Wx` and `Wa`.
        bias_initializer: Initializer of `bh` and `ba`.
        kernel_regularizer: Regularizer of `Wt`, `Wx` and `Wa`.
        bias_regularizer: Regularizer of `bh` and `ba`.
        kernel_constraint: Constraint on `Wt`, `Wx` and `Wa`.
        bias_constraint: Constraint on `bh` and `ba`.
        use_additive_bias: Have `bh`.
        use_attention_bias: Have `ba`. Without `attention_activation` it changes nothing,
            as a softmax takes no notice of what is added to all of its scores.
        attention_activation: Applied to the scores. `"sigmoid"` makes attention nearly
            uniform: the largest weight of a row is then less than e times the smallest.
        attention_regularizer_weight: Weight of the penalty ‖A Aᵀ - I‖² (Frobenius), mean
            over the texts of a batch, that keeps rows of attention apart.
        legacy: Give the numbers of keras-self-attention 0.51, its faults included.
        **kwargs: Arguments of every Keras layer.

    Call arguments:
        inputs: Float tensor of shape `(B, T, F)`: batch, time, features; or a pair of it
            and a mask.
        mask: Optional boolean tensor of shape `(B, T)`, `True` at positions that take
            part.

    Returns:
        Float tensor of shape `(B, T, F)`; with `return_attention` a list of it and the
        weights, `(B, T, T)`, query before key.

    Raises:
        ValueError: `units` or `attention_width` is no positive integer, or the input is
            no sequence.
        NotImplementedError: `attention_type` is unknown.

    Example:
        >>> import numpy as np
        >>> layer = SeqSelfAttention(units=4)
        >>> layer(np.ones((2, 5, 3))).shape
        (2, 5, 3)

    """

    ATTENTION_TYPE_ADD = "additive"
    ATTENTION_TYPE_MUL = "multiplicative"

    def __init__(
        self,
        units: int = 32,
        attention_width: int | None = None,
        attention_type: str = ATTENTION_TYPE_ADD,
        return_attention: bool = False,
        history_only: bool = False,
        kernel_initializer: Any = "glorot_normal",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        use_additive_bias: bool = True,
        use_attention_bias: bool = True,
        attention_activation: Any = None,
        attention_regularizer_weight: float = 0.0,
        *,
        legacy: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if attention_type not in (self.ATTENTION_TYPE_ADD, self.ATTENTION_TYPE_MUL):
            # The type that the old package raised: whoever caught it goes on doing so.
            raise NotImplementedError(
                f"`attention_type` must be {self.ATTENTION_TYPE_ADD!r} or "
                f"{self.ATTENTION_TYPE_MUL!r}. Received: {attention_type!r}."
            )
        self.units = positive_integer("units", units, "the width of the additive score")
        if attention_width is not None:
            positive_integer("attention_width", attention_width, "how many keys are seen")
        self.attention_width = attention_width
        self.attention_type = attention_type
        self.return_attention = return_attention
        self.history_only = history_only
        self._rules = WeightRules(
            self,
            kernel_initializer=kernel_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint,
            bias_constraint=bias_constraint,
        )
        self.use_additive_bias = use_additive_bias
        self.use_attention_bias = use_attention_bias
        # `activations.get(None)` is the linear function: no activation stays no activation.
        self.attention_activation = attention_activation and keras.activations.get(
            attention_activation
        )
        self.attention_regularizer_weight = attention_regularizer_weight
        self.legacy = legacy
        self.Wt: Any = None
        self.Wx: Any = None
        self.bh: Any = None
        self.Wa: Any = None
        self.ba: Any = None

    def build(self, input_shape: Any) -> None:
        """Create the weights, in the order and shapes of keras-self-attention 0.51."""
        features = self.sequence_shape(input_shape)[-1]
        self.built_for = (None, features)
        if self.attention_type == self.ATTENTION_TYPE_ADD:
            self.Wt = self._weight("Add_Wt", (features, self.units))
            self.Wx = self._weight("Add_Wx", (features, self.units))
            if self.use_additive_bias:
                self.bh = self._weight("Add_bh", (self.units,))
            self.Wa = self._weight("Add_Wa", (self.units, 1))
            if self.use_attention_bias:
                self.ba = self._weight("Add_ba", (1,))
        else:
            self.Wa = self._weight("Mul_Wa", (features, features))
            if self.use_attention_bias:
                self.ba = self._weight("Mul_ba", (1,))
        self.built = True

    def call(self, inputs: Any, mask: Any = None) -> Any:
        """Attend; see the class."""
        cut = self._band(inputs)
        if cut is not None:
            sequence, mask = self.sequence_and_mask(inputs, mask)
            sequence = zero_masked(sequence, mask)
            projected = self._projected(sequence)
            return banded_attention(*projected, sequence, mask, cut, self._scores)
        output, attention = self.attend(inputs, mask)
        return [output, attention] if self.return_attention else output

    def attend(self, inputs: Any, mask: Any = None) -> Any:
        """Return the output and the weights, `(B, T, T)`."""
        sequence, mask = self.sequence_and_mask(inputs, mask)
        if not self.legacy:
            sequence = zero_masked(sequence, mask)
        scores = self._scores(*self._projected(sequence))
        seen = window(ops.shape(sequence)[1], self.attention_width, self.history_only)
        if self.legacy:
            attention = legacy_softmax(scores, seen, mask)
        else:
            attention = masked_softmax(scores, both(seen, pairs(mask, mask)))
        if self.attention_regularizer_weight:
            penalty = overlap_penalty(attention, None if self.legacy else mask)
            self.add_loss(self.attention_regularizer_weight * penalty)
        return ops.matmul(attention, sequence), attention

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """Hand the mask on: the output has the positions of the input."""
        _, mask = self.sequence_and_mask(inputs, previous_mask)
        return [mask, None] if self.return_attention else mask

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of the output, and of the weights if they are returned."""
        shape = self.sequence_shape(input_shape)
        return [shape, (*shape[:2], shape[1])] if self.return_attention else shape

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this layer again."""
        return {
            **super().get_config(),
            "units": self.units,
            "attention_width": self.attention_width,
            "attention_type": self.attention_type,
            "return_attention": self.return_attention,
            "history_only": self.history_only,
            **self._rules.config(),
            "use_additive_bias": self.use_additive_bias,
            "use_attention_bias": self.use_attention_bias,
            "attention_activation": self.attention_activation
            and keras.activations.serialize(self.attention_activation),
            "attention_regularizer_weight": self.attention_regularizer_weight,
            "legacy": self.legacy,
        }

    def _band(self, inputs: Any) -> Band | None:
        """Return how to cut the sequence where only the window's cost need be paid."""
        whole = self.legacy or self.return_attention or self.attention_regularizer_weight
        if whole or self.attention_width is None:
            return None
        time = first(inputs).shape[1]
        cut = band(self.attention_width, self.history_only)
        return cut if cut.blocks * cut.block < (time or LONGEST_BLIND_SPAN) else None

    def _projected(self, sequence: Tensor) -> tuple[Tensor, Tensor]:
        if self.attention_type == self.ATTENTION_TYPE_MUL:
            return ops.matmul(sequence, self.Wa), sequence
        query = ops.matmul(sequence, self.Wt)
        if self.bh is not None:
            query = query + self.bh
        return query, ops.matmul(sequence, self.Wx)

    def _scores(self, query: Tensor, key: Tensor) -> Tensor:
        if self.attention_type == self.ATTENTION_TYPE_ADD:
            scores = additive_scores(query, key, ops.squeeze(self.Wa, -1))
        else:
            scores = ops.matmul(query, ops.transpose(key, (0, 2, 1)))
        if self.ba is not None:
            scores = scores + self.ba
        if self.attention_activation is not None:
            scores = self.attention_activation(scores)
        return scores

    def _weight(self, name: str, shape: tuple[int, ...]) -> Any:
        kind = "bias" if name.endswith(("bh", "ba")) else "kernel"
        # One initializer object for all is what made the old projections start equal.
        rules = self._rules.of(kind, None if self.legacy else len(self.weights))
        return self.add_weight(name=f"{self.name}_{name}", shape=shape, **rules)
