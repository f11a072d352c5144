"""`SeqSelfAttention` against formulae written out in NumPy."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whylow.layers import SeqSelfAttention, SeqWeightedAttention
from whylow.layers._legacy import legacy_key_softmax, legacy_softmax
from whylow.testing import gradients

numpy_of = keras.ops.convert_to_numpy

B, T, F, U = 3, 7, 5, 2
LENGTHS = np.array([4, 7, 0])
MASK = np.arange(T)[None] < LENGTHS[:, None]
VALUES = np.random.default_rng(7).normal(size=(B, T, F)).astype("float32")


def sigmoid(scores):
    return 1 / (1 + np.exp(-scores))


def reference_scores(layer, values):
    """Scores by explicit loops, float64."""
    weights = {
        name: numpy_of(getattr(layer, name)).astype("float64")
        for name in ("Wt", "Wx", "bh", "Wa", "ba")
        if getattr(layer, name) is not None
    }
    scores = np.zeros((len(values), T, T))
    for text, query, key in np.ndindex(*scores.shape):
        t, s = values[text, query].astype("float64"), values[text, key].astype("float64")
        if layer.attention_type == "additive":
            hidden = np.tanh(t @ weights["Wt"] + s @ weights["Wx"] + weights.get("bh", 0))
            score = (hidden @ weights["Wa"]).item()
        else:
            score = t @ weights["Wa"] @ s
        scores[text, query, key] = score + weights.get("ba", np.zeros(1)).item()
    return sigmoid(scores) if layer.attention_activation is not None else scores


def in_window(layer, query, key):
    width, past = layer.attention_width, query - key
    if layer.history_only:
        return 0 <= past < (width or T)
    return width is None or -((width - 1) // 2) <= past <= width // 2


def reference_attention(layer, values, mask):
    scores, attention = reference_scores(layer, values), np.zeros((len(values), T, T))
    for text, query in np.ndindex(len(values), T):
        keys = [
            key
            for key in range(T)
            if in_window(layer, query, key) and mask[text, key] and mask[text, query]
        ]
        if keys:
            powers = np.exp(scores[text, query, keys] - scores[text, query, keys].max())
            attention[text, query, keys] = powers / powers.sum()
    return attention


def reference_legacy(layer, values, mask):
    scores = reference_scores(layer, values)
    for text, query, key in np.ndindex(*scores.shape):
        scores[text, query, key] -= 1e4 * (not in_window(layer, query, key))
        scores[text, query, key] -= 1e4 * (1 - mask[text, query]) * (1 - mask[text, key])
    powers = np.exp(scores - scores.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def build(**arguments):
    keras.utils.set_random_seed(11)
    layer = SeqSelfAttention(
        U, return_attention=True, bias_initializer="random_normal", **arguments
    )
    layer.build((None, T, F))
    return layer


CASES = [
    {},
    {"attention_type": "multiplicative"},
    {"attention_width": 3},
    {"attention_width": 4},
    {"history_only": True},
    {"history_only": True, "attention_width": 2},
    {"attention_activation": "sigmoid"},
    {"use_additive_bias": False, "use_attention_bias": False},
]


@pytest.mark.parametrize("arguments", CASES, ids=str)
@pytest.mark.parametrize("masked", [False, True])
def test_values_agree_with_the_formula(arguments, masked):
    layer = build(**arguments)
    mask = MASK if masked else np.ones_like(MASK)
    output, attention = map(numpy_of, layer(VALUES, mask=MASK if masked else None))
    expected = reference_attention(layer, VALUES, mask)
    np.testing.assert_allclose(attention, expected, atol=1e-6)
    np.testing.assert_allclose(output, expected @ VALUES, atol=1e-5)


@pytest.mark.parametrize("arguments", CASES, ids=str)
def test_legacy_keeps_the_faulty_mask(arguments):
    layer = build(legacy=True, **arguments)
    attention = numpy_of(layer(VALUES, mask=MASK)[1])
    np.testing.assert_allclose(attention, reference_legacy(layer, VALUES, MASK), atol=1e-3)
    if arguments == {}:
        assert attention[0, 0, 4:].sum() > 0.1, "a real token sees padding"


def test_legacy_takes_ten_thousand_off():
    """A score of 150 is still out of reach; less taken off would bring it back."""
    scores = keras.ops.convert_to_tensor([[[0.0, 150.0]]], "float32")
    seen = keras.ops.convert_to_tensor([[[True, False]]], "bool")
    for found in (
        legacy_softmax(scores, seen, None),
        legacy_key_softmax(scores, None, seen),
    ):
        np.testing.assert_array_equal(numpy_of(found), [[[1, 0]]])


def test_legacy_weights_of_one_position_are_short_of_one():
    """The old layer divides by the sum and a ten-millionth."""
    layer = SeqWeightedAttention(return_attention=True, legacy=True)
    weight = numpy_of(layer(VALUES[:, :1])[1])
    np.testing.assert_array_equal(weight, np.full((B, 1), 1 / (1 + 1e-7), "float32"))
    assert (weight < 1).all()


def test_one_value_by_hand():
    """Scores tanh(x_t + x_s) for x = (0, 1): rows (0, 0.76159) and (0.76159, 0.96403).

    The second weight of the first row is e^0.76159 / (1 + e^0.76159) = 0.68170, so the
    first output is 0.68170; in the second row it is 1 / (1 + e^-0.20243) = 0.55044.
    """
    layer = SeqSelfAttention(1, kernel_initializer="ones")
    output = numpy_of(layer(np.array([[[0.0], [1.0]]])))
    np.testing.assert_allclose(output.ravel(), [0.68170, 0.55044], atol=1e-5)


def test_projections_start_from_independent_draws():
    layer = build()
    assert not np.allclose(numpy_of(layer.Wt), numpy_of(layer.Wx))
    seeded = [
        build(kernel_initializer=keras.initializers.GlorotNormal(seed=3)) for _ in range(2)
    ]
    assert not np.allclose(numpy_of(seeded[0].Wt), numpy_of(seeded[0].Wx))
    np.testing.assert_array_equal(numpy_of(seeded[0].Wx), numpy_of(seeded[1].Wx))


def test_legacy_projections_start_equal():
    layer = build(legacy=True)
    np.testing.assert_array_equal(numpy_of(layer.Wt), numpy_of(layer.Wx))


def test_weights_keep_their_order_and_shapes():
    layer = SeqSelfAttention(32, name="att")
    layer.build((None, None, 256))
    assert [(weight.name, weight.shape) for weight in layer.weights] == [
        ("att_Add_Wt", (256, 32)),
        ("att_Add_Wx", (256, 32)),
        ("att_Add_bh", (32,)),
        ("att_Add_Wa", (32, 1)),
        ("att_Add_ba", (1,)),
    ]
    assert layer.count_params() == 16_449


@settings(max_examples=10, deadline=None)
@given(
    lengths=st.lists(st.integers(0, T), min_size=B, max_size=B),
    filler=st.sampled_from([np.nan, np.inf, 1e30, -3.0]),
    case=st.sampled_from(CASES),
)
def test_what_stands_at_masked_positions_changes_nothing(lengths, filler, case):
    layer = build(**case)
    mask = np.arange(T)[None] < np.array(lengths)[:, None]
    spoiled = np.where(mask[..., None], VALUES, filler).astype("float32")

    def weigh(outputs):
        return keras.ops.sum(keras.ops.square(outputs[0]))

    clean = np.where(mask[..., None], VALUES, 0).astype("float32")
    outputs = [numpy_of(layer(values, mask=mask)[0]) for values in (clean, spoiled)]
    found = [gradients(layer, [values], mask, weigh) for values in (clean, spoiled)]
    np.testing.assert_array_equal(*outputs)
    np.testing.assert_equal(*found)
    assert not outputs[1][~mask].any()


def test_penalty_is_the_mean_over_texts_of_what_rows_share():
    layer = build(attention_regularizer_weight=0.5)
    layer(VALUES, mask=MASK)
    expected = 0.0
    for attention, length in zip(
        reference_attention(layer, VALUES, MASK), LENGTHS, strict=True
    ):
        rows = attention[:length]
        expected += 0.5 * ((rows @ rows.T - np.eye(length)) ** 2).sum() / B
    np.testing.assert_allclose(numpy_of(layer.losses[0]), expected, rtol=1e-5)


def test_mask_and_static_time_are_handed_on():
    ids = keras.Input((T,), dtype="int32")
    hidden = keras.layers.Embedding(13, F, mask_zero=True)(ids)
    output, attention = SeqSelfAttention(U, return_attention=True)(hidden)
    assert output.shape == (None, T, F)
    assert attention.shape == (None, T, T)
    assert output._keras_mask is not None
    assert getattr(attention, "_keras_mask", None) is None


def test_a_mask_may_come_as_a_second_input():
    layer = build()
    by_argument, by_input = layer(VALUES, mask=MASK), layer([VALUES, MASK])
    np.testing.assert_array_equal(numpy_of(by_argument[0]), numpy_of(by_input[0]))


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (
            {"units": 2.0},
            ValueError,
            r"positive integer. Received: units=2.0 \(of type float",
        ),
        ({"attention_width": 0}, ValueError, "Received: attention_width=0"),
        ({"attention_type": "dot"}, NotImplementedError, "Received: 'dot'"),
    ],
)
def test_wrong_arguments_are_named(arguments, error, message):
    with pytest.raises(error, match=message):
        SeqSelfAttention(**arguments)


def test_wrong_inputs_are_named():
    with pytest.raises(ValueError, match=r"of rank 2\. If the layer before is recurrent"):
        SeqSelfAttention()(np.ones((2, 5)))
    with pytest.raises(ValueError, match="the features, to be known"):
        SeqSelfAttention()(keras.Input((5, None)))
    with pytest.raises(ValueError, match="Received: mask of shape"):
        SeqSelfAttention()(VALUES, mask=MASK[..., None])
