"""Pooling and dot product layers against NumPy, text by text, position by position."""

import keras
import numpy as np
import pytest

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
    padding_mask,
)
from whylow.layers._masking import masked_softmax
from whylow.testing import gradients

numpy_of = keras.ops.convert_to_numpy
B, T, F, U, H = 3, 7, 5, 2, 3
VALUES = np.random.default_rng(3).normal(size=(B, T, F)).astype("float32")
MASK = np.array([[1, 1, 1, 1, 0, 0, 0], [0, 0, 1, 0, 1, 1, 0], [0] * 7], bool)


def softmax(scores):
    powers = np.exp(scores - scores.max())
    return powers / powers.sum()


def by_text(pool, width):
    """Apply `pool` to the real positions of each text; nothing gives zeros."""
    rows = [VALUES[text][MASK[text]].astype("float64") for text in range(B)]
    return np.array([pool(row) if len(row) else np.zeros(width) for row in rows])


@pytest.mark.parametrize(
    ("layer", "pool"),
    [
        (MaxPooling(), lambda x: x.max(0)),
        (MeanPooling(), lambda x: x.mean(0)),
        (LastState(), lambda x: x[-1]),
        (ConcatPooling(), lambda x: np.concatenate([x[-1], x.max(0), x.mean(0)])),
    ],
    ids=["max", "mean", "last", "concat"],
)
def test_plain_pooling(layer, pool):
    expected = by_text(pool, 15 if isinstance(layer, ConcatPooling) else F)
    np.testing.assert_allclose(numpy_of(layer(VALUES, mask=MASK)), expected, atol=1e-6)
    whole = np.array([pool(text.astype("float64")) for text in VALUES])
    np.testing.assert_allclose(numpy_of(layer(VALUES)), whole, atol=1e-6)


# From Keras 3.16 recurrent layers say that they do not hand a mask on.
@pytest.mark.filterwarnings("ignore:Layer '.*' .*of type:UserWarning")
def test_last_state_is_what_a_recurrent_layer_gives_without_sequences():
    mask = MASK[:2].repeat([2, 1], axis=0)
    both = keras.layers.Bidirectional(keras.layers.LSTM(2, return_sequences=True))
    found = LastState(bidirectional=True)(both(VALUES, mask=mask), mask=mask)
    ends = keras.layers.Bidirectional(keras.layers.LSTM(2))
    ends.build(VALUES.shape)
    ends.set_weights(both.get_weights())
    np.testing.assert_allclose(
        numpy_of(found), numpy_of(ends(VALUES, mask=mask)), atol=1e-6
    )


def test_halves_need_an_even_number():
    with pytest.raises(ValueError, match="Received: 5 features"):
        LastState(bidirectional=True)(VALUES)


def score(kind, x, positions, head, weights):
    """Scores of the real positions of one text, in one head."""
    kernel, context, bias = (weights.get(name) for name in ("kernel", "context", "bias"))
    if kind == "additive":
        return np.tanh(x @ kernel + bias) @ context[:, head]
    if kind == "multiplicative":
        return x @ kernel[:, head * F : (head + 1) * F].T @ x[-1]
    if kind == "scaled_dot":
        return x @ kernel[:, head * U : (head + 1) * U] @ context[head] / np.sqrt(U)
    if kind == "linear":
        return x @ context[:, head] + bias[head]
    return (x[-1] @ kernel[:, head * T : (head + 1) * T])[positions]


@pytest.mark.parametrize(
    "kind", ["additive", "multiplicative", "scaled_dot", "linear", "location"]
)
@pytest.mark.parametrize("value_units", [None, 2])
def test_attention_pooling(kind, value_units):
    keras.utils.set_random_seed(4)
    layer = AttentionPooling(
        kind,
        U,
        H,
        value_units,
        temperature=0.5,
        bias_initializer="random_normal",
        return_attention=True,
    )
    output, attention = map(numpy_of, layer(VALUES, mask=MASK))
    weights = {
        name: numpy_of(one).astype("float64")
        for name, one in layer._weights_by_kind.items()
    }
    for text, head in np.ndindex(B, H):
        positions = np.flatnonzero(MASK[text])
        expected = np.zeros(T)
        if len(positions):
            x = VALUES[text, positions].astype("float64")
            expected[positions] = softmax(score(kind, x, positions, head, weights) / 0.5)
        np.testing.assert_allclose(attention[text, head], expected, atol=1e-6)
        pooled, width = expected @ VALUES[text], value_units or F
        if value_units:
            pooled = pooled @ weights["value"][:, head * width : (head + 1) * width]
        found = output[text, head * width : (head + 1) * width]
        np.testing.assert_allclose(found, pooled, atol=1e-5)


def test_attention_pooling_drops_weights_in_training_only():
    layer = AttentionPooling(units=2, dropout=0.5, seed=1)
    still = [numpy_of(layer(VALUES)) for _ in range(2)]
    np.testing.assert_array_equal(*still)
    assert np.abs(numpy_of(layer(VALUES, training=True)) - still[0]).max() > 0.01


def test_a_seed_repeats_what_is_dropped():
    def trained_on(seed):
        layer = AttentionPooling(
            "linear", context_initializer="zeros", dropout=0.5, seed=seed
        )
        return numpy_of(layer(VALUES, training=True))

    np.testing.assert_array_equal(trained_on(1), trained_on(1))
    assert np.abs(trained_on(1) - trained_on(2)).max() > 0.01


@pytest.mark.parametrize("kind", ["additive", "linear"])
def test_attention_pooling_without_a_bias(kind):
    """What a bias of one does, and none does not."""
    with_bias, without = (
        AttentionPooling(kind, units=2, use_bias=use, bias_initializer="ones")
        for use in (True, False)
    )
    for layer in (with_bias, without):
        layer.build(VALUES.shape)
    kept = [weight for weight in with_bias.weights if weight.name != "bias"]
    assert len(kept) == len(with_bias.weights) - 1
    without.set_weights([numpy_of(weight) for weight in kept])
    bias = with_bias._weights_by_kind["bias"]
    bias.assign(np.zeros(bias.shape))
    expected = numpy_of(with_bias(VALUES))
    np.testing.assert_allclose(numpy_of(without(VALUES)), expected, atol=1e-6)


def test_penalty_of_heads():
    layer = AttentionPooling(units=2, heads=2, penalty=0.5, return_attention=True)
    attention = numpy_of(layer(VALUES, mask=MASK)[1])
    overlap = attention @ attention.transpose(0, 2, 1) - np.eye(2)
    expected = 0.5 * (overlap[:2] ** 2).sum() / B
    np.testing.assert_allclose(numpy_of(layer.losses[0]), expected, rtol=1e-5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"score": "dot"}, "must be one of 'additive', .* Received: score='dot'"),
        ({"heads": 0}, "Received: heads=0"),
        ({"units": 1.5}, "Received: units=1.5"),
        ({"value_units": -1}, "Received: value_units=-1"),
        ({"dropout": 1.0}, "Received: dropout=1.0"),
        ({"temperature": 0}, "Received: temperature=0"),
        ({"penalty": -0.1}, "Received: penalty=-0.1"),
    ],
)
def test_wrong_arguments_of_attention_pooling(arguments, message):
    with pytest.raises(ValueError, match=message):
        AttentionPooling(**arguments)


def test_location_needs_to_know_the_number_of_steps():
    with pytest.raises(ValueError, match="expects their number to be known"):
        AttentionPooling("location")(keras.Input((None, F)))


def test_location_keeps_to_its_number_of_steps():
    layer = AttentionPooling("location")
    layer(VALUES)
    with pytest.raises(ValueError, match=r"weights for 7 time steps .*, of 5 time steps"):
        layer(VALUES[:, :5])


def test_inputs_beyond_a_mask_are_named():
    with pytest.raises(ValueError, match="Received: a list of 3 inputs"):
        MaxPooling()([VALUES, MASK, MASK])
    with pytest.raises(ValueError, match="Received: a mask of 6 and a sequence of 7"):
        MaxPooling()(VALUES, mask=MASK[:, :6])
    with pytest.raises(ValueError, match="Received: a mask of 6 and a sequence of 7"):
        MaxPooling()([VALUES, MASK[:, :6]])


def rules(kind):
    return {
        f"{kind}_initializer": keras.initializers.Constant(0.5),
        f"{kind}_regularizer": keras.regularizers.L2(2.0),
        f"{kind}_constraint": keras.constraints.MaxNorm(0.25),
    }


@pytest.mark.parametrize(
    ("make", "kinds"),
    [
        (SeqWeightedAttention, ["kernel", "bias"]),
        (lambda **k: SeqSelfAttention(U, **k), ["kernel", "bias"]),
        (
            lambda **k: SeqSelfAttention(attention_type="multiplicative", **k),
            ["kernel", "bias"],
        ),
        (
            lambda **k: AttentionPooling(value_units=2, **k),
            ["kernel", "bias", "context", "value"],
        ),
        (lambda **k: AttentionPooling("linear", **k), ["context", "bias"]),
    ],
    ids=["weighted", "additive", "multiplicative", "pooling", "linear"],
)
def test_each_weight_has_rules_of_its_own(make, kinds):
    """Rules for one kind of weight reach weights of that kind and no other."""
    reached = []
    for kind in kinds:
        layer = make(**rules(kind))
        layer.build(VALUES.shape)
        ruled = [weight for weight in layer.weights if weight.constraint is not None]
        for weight in ruled:
            np.testing.assert_array_equal(numpy_of(weight), np.full(weight.shape, 0.5))
            np.testing.assert_allclose(
                numpy_of(weight.regularizer(weight)), 0.5 * np.prod(weight.shape)
            )
        others = [weight for weight in layer.weights if weight.constraint is None]
        assert not any(weight.regularizer for weight in others)
        reached += [weight.name for weight in ruled]
        assert type(layer).from_config(layer.get_config()).get_config() == (
            layer.get_config()
        )
    assert len(reached) == len(layer.weights), "no weight is left without rules"


def test_concat_pooling_names_what_it_does_not_know():
    with pytest.raises(ValueError, match="Received: 'median'"):
        ConcatPooling(["max", "median"])
    with pytest.raises(ValueError, match="one pooling at least"):
        ConcatPooling([])


@pytest.mark.parametrize("legacy", [False, True])
def test_seq_weighted_attention(legacy):
    layer = SeqWeightedAttention(return_attention=True, legacy=legacy)
    output, attention = map(numpy_of, layer(VALUES, mask=MASK))
    kernel = numpy_of(layer.W).astype("float64")
    expected = np.zeros((B, T))
    for text in range(B):
        real = MASK[text] | (legacy and not MASK[text].any())
        if real.any():
            expected[text, real] = softmax((VALUES[text][real] @ kernel)[:, 0])
    np.testing.assert_allclose(attention, expected, atol=1e-3 if legacy else 1e-6)
    pooled = np.einsum("bt,btf->bf", attention, VALUES)
    np.testing.assert_allclose(output, pooled, atol=1e-6)


@pytest.mark.parametrize("legacy", [False, True])
@pytest.mark.parametrize("history_only", [False, True])
def test_dot_products(history_only, legacy):
    query, key = VALUES, (VALUES[:, ::-1] * 2).copy()
    value = np.concatenate([VALUES, VALUES], axis=-1) + 1
    before = np.random.default_rng(9).normal(size=(B, T, T)).astype("float32")
    options = {"return_attention": True, "history_only": history_only, "legacy": legacy}
    masks = [MASK[::-1], MASK, None]
    plain = ScaledDotProductAttention(**options)([query, key, value], mask=masks)
    residual = ResidualScaledDotProductAttention(**options)(
        [query, key, value, before], mask=[*masks, None]
    )
    for (output, *_, attention), extra in ((plain, before * 0), (residual, before)):
        output, attention = numpy_of(output), numpy_of(attention)
        for text, row in np.ndindex(B, T):
            seen = MASK[text] & (np.arange(T) <= (row if history_only else T))
            expected = np.zeros(T)
            queried = legacy or MASK[::-1][text, row]
            if queried and seen.any():
                scores = key[text] @ query[text, row] / np.sqrt(F) + extra[text, row]
                expected[seen] = softmax(scores[seen].astype("float64"))
            elif legacy:
                continue  # weight spread over padding: there is no meaning to test
            np.testing.assert_allclose(attention[text, row], expected, atol=1e-6)
            found = output[text, row]
            np.testing.assert_allclose(found, expected @ value[text], atol=1e-5)


def test_dot_products_agree_with_keras():
    ours = ScaledDotProductAttention()([VALUES, VALUES * 2, VALUES + 1])
    query = VALUES / np.sqrt(F, dtype="float32")
    expected = keras.layers.Attention()([query, VALUES + 1, VALUES * 2])
    np.testing.assert_allclose(numpy_of(ours), numpy_of(expected), atol=1e-6)


def test_residual_scores_carry_on():
    before = np.ones((B, T, T), "float32")
    layer = ResidualScaledDotProductAttention()
    _, scores = layer([VALUES, before], mask=[MASK, None])
    products = VALUES @ VALUES.transpose(0, 2, 1) / np.sqrt(F) + 1
    pairs = MASK[:, :, None] & MASK[:, None]
    np.testing.assert_allclose(numpy_of(scores), np.where(pairs, products, 0), atol=1e-5)


def test_inputs_that_do_not_fit_are_named():
    layer = ScaledDotProductAttention()
    with pytest.raises(ValueError, match="Received: 5 and 4"):
        layer([VALUES, VALUES[..., :4], VALUES])
    with pytest.raises(ValueError, match=r"as many time steps\. Received: 7 and 3"):
        layer([VALUES, VALUES, VALUES[:, :3]])
    with pytest.raises(ValueError, match=r"\[query, key, value, scores\]"):
        ResidualScaledDotProductAttention()(VALUES)


def test_padding_mask():
    ids = np.array([[5, 0, 9, 9]])
    assert numpy_of(padding_mask(ids)).tolist() == [[True, False, True, True]]
    assert numpy_of(padding_mask(ids, 9)).tolist() == [[True, True, False, False]]


def test_a_large_score_that_is_masked_leaves_the_gradient_finite():
    class Softmax(keras.layers.Layer):
        def call(self, inputs):
            return masked_softmax(inputs, np.array([[True, True, False]]))

    layer = Softmax()
    layer.built = True
    scores = np.array([[1.0, 2.0, 1000.0]], "float32")
    weights = np.array([[1.0, 3.0, 5.0]], "float32")
    _, (found,) = gradients(
        layer,
        [scores],
        None,
        lambda y: keras.ops.sum(y * keras.ops.convert_to_tensor(weights)),
    )
    first = 1 / (1 + np.e)
    slope = 2 * first * (1 - first)
    np.testing.assert_allclose(found, [[-slope, slope, 0]], rtol=1e-5)
