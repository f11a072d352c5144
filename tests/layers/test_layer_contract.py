"""Every layer held to the one contract, in each of its forms."""

import keras
import numpy as np

from whylow.layers import (
    AttentionPooling,
    ConcatPooling,
    LastState,
    MaxPooling,
    MeanPooling,
    ResidualScaledDotProductAttention,
    ScaledDotProductAttention,
    SeqSelfAttention,
    SeqWeightedAttention,
)
from whylow.testing import LayerContract


class TestMaxPooling(LayerContract):
    def make(self, **arguments):
        return MaxPooling(**arguments)


class TestMeanPooling(LayerContract):
    def make(self, **arguments):
        return MeanPooling(**arguments)


class TestLastState(LayerContract):
    def make(self, **arguments):
        return LastState(**arguments)


class TestLastStateOfBothDirections(LayerContract):
    def make(self, **arguments):
        return LastState(bidirectional=True, **arguments)


class TestConcatPooling(LayerContract):
    def make(self, **arguments):
        poolings = ["last", AttentionPooling(units=3, dtype=arguments.get("dtype")), "max"]
        return ConcatPooling(poolings, **arguments)


class TestAdditivePooling(LayerContract):
    def make(self, **arguments):
        return AttentionPooling(
            units=3, heads=2, value_units=2, penalty=0.1, return_attention=True, **arguments
        )


class TestMultiplicativePooling(LayerContract):
    def make(self, **arguments):
        return AttentionPooling("multiplicative", heads=2, temperature=2.0, **arguments)


class TestScaledDotPooling(LayerContract):
    def make(self, **arguments):
        return AttentionPooling("scaled_dot", units=3, heads=2, **arguments)


class TestLinearPooling(LayerContract):
    def make(self, **arguments):
        return AttentionPooling("linear", dropout=0.1, **arguments)


class TestLocationPooling(LayerContract):
    padding_is_neutral = False

    def make(self, **arguments):
        return AttentionPooling("location", heads=2, **arguments)

    def test_symbolic_shapes_are_the_real_ones(self):
        assert self._model(7).output_shape == (None, 8)


class TestAdditiveSelfAttention(LayerContract):
    def make(self, **arguments):
        return SeqSelfAttention(
            3, return_attention=True, attention_regularizer_weight=0.1, **arguments
        )


class TestMultiplicativeSelfAttention(LayerContract):
    def make(self, **arguments):
        return SeqSelfAttention(
            attention_type="multiplicative", attention_activation="tanh", **arguments
        )


class TestLocalSelfAttention(LayerContract):
    def make(self, **arguments):
        return SeqSelfAttention(3, attention_width=3, **arguments)


class TestLocalPastSelfAttention(LayerContract):
    def make(self, **arguments):
        return SeqSelfAttention(3, attention_width=2, history_only=True, **arguments)


class TestSeqWeightedAttention(LayerContract):
    def make(self, **arguments):
        return SeqWeightedAttention(return_attention=True, **arguments)


class TestScaledDotProductAttention(LayerContract):
    takes_pair = False

    def make(self, **arguments):
        return ScaledDotProductAttention(
            return_attention=True, history_only=True, **arguments
        )


class TestQueryKeyValue(LayerContract):
    takes_pair = False

    def make(self, **arguments):
        return ScaledDotProductAttention(**arguments)

    def inputs(self, sequence):
        return [sequence, sequence + 1, sequence * 2]

    def mask(self, mask):
        return None if mask is None else [mask] * 3

    def applied(self, layer, words):
        return layer([words] * 3)


class TestResidualAttention(LayerContract):
    takes_pair = False

    def make(self, **arguments):
        return ResidualScaledDotProductAttention(return_attention=True, **arguments)

    def inputs(self, sequence):
        texts, size, _ = sequence.shape
        before = np.sin(np.arange(49.0, dtype="float32")).reshape(7, 7)[:size, :size]
        return [sequence, np.repeat(before[None], texts, axis=0)]

    def mask(self, mask):
        return None if mask is None else [mask, None]

    def applied(self, layer, words):
        return layer([words, keras.layers.Dot((2, 2))([words, words])])
