"""The weights of a trained model, their measures and the heat map."""

import keras
import numpy as np
import pytest

from whylow.layers import (
    AttentionPooling,
    AttentionWeights,
    HeatMap,
    SeqSelfAttention,
    attention_weights,
    show,
)

WORDS = ["", "why", "is", "it", "low"]
IDS = np.array([[1, 2, 3, 4, 0], [4, 1, 0, 0, 0], [2, 3, 1, 4, 4]])
REAL = IDS != 0


def encode(texts):
    rows = [[WORDS.index(word) for word in text.split()] for text in texts]
    return np.array([row + [0] * (5 - len(row)) for row in rows])


def build(attend):
    keras.utils.set_random_seed(2)
    ids = keras.Input((5,), dtype="int32")
    hidden = keras.layers.Embedding(5, 4, mask_zero=True)(ids)
    output = keras.layers.Dense(1)(
        AttentionPooling(units=3, heads=5, name="pool")(attend(hidden))
    )
    model = keras.Model(ids, output)
    model.compile("sgd", "mse")
    return model


def test_every_kind_of_layer_tells_its_weights():
    own = keras.layers.MultiHeadAttention(2, 3, name="own")
    model = build(lambda x: own(SeqSelfAttention(3, legacy=True, name="old")(x), x))
    before = model.predict(IDS, verbose=0)
    found = attention_weights(model, IDS, batch_size=2)
    assert list(found) == ["old", "own", "pool"]
    assert found["old"].values.shape == (3, 5, 5)
    assert found["own"].values.shape == (3, 2, 5, 5)
    np.testing.assert_allclose(found["own"].values[2].sum(-1), 1, atol=1e-6)
    assert found["old"].on_padding > 0.1
    assert found["own"].on_padding == 0
    assert found["pool"].on_padding == 0
    np.testing.assert_array_equal(model.predict(IDS, verbose=0), before)


def test_weights_are_those_that_the_layer_returns():
    layer = SeqSelfAttention(3, attention_width=3, name="local")
    model = build(layer)
    hidden = keras.Model(model.input, layer.input).predict(IDS, verbose=0)
    layer.return_attention = True
    expected = keras.ops.convert_to_numpy(layer(hidden, mask=REAL)[1])
    layer.return_attention = False
    found = attention_weights(model, IDS)["local"]
    np.testing.assert_allclose(found.values, expected, atol=1e-6)
    np.testing.assert_array_equal(found.real, REAL)


def test_a_layer_called_twice_is_told_twice():
    shared = SeqSelfAttention(3, name="shared")
    found = attention_weights(build(lambda x: shared(shared(x))), IDS)
    assert list(found)[:2] == ["shared", "shared#2"]


def test_measures_by_hand():
    """Two real positions of three; rows (1/2, 1/4, 1/4) and (1, 0, 0), the third padding.

    On padding (1/4 + 0) / 2 = 1/8. Entropies (1/2 + 2 · 1/2) ln 2 = 1.5 ln 2 and 0, over
    ln 2: 1.5 and 0, mean 3/4. Received: ((1/2 + 1) / 2, 1/8, 1/8).
    """
    values = np.array([[[0.5, 0.25, 0.25], [1, 0, 0], [0, 1, 0]]])
    weights = AttentionWeights(values=values, real=np.array([[True, True, False]]))
    assert weights.on_padding == pytest.approx(1 / 8)
    assert weights.relative_entropy == pytest.approx(3 / 4)
    np.testing.assert_allclose(weights.by_position(), [[3 / 4, 1 / 8, 1 / 8]])


def test_uniform_weights_have_entropy_one():
    weights = AttentionWeights(values=np.full((2, 7), 1 / 7))
    assert weights.relative_entropy == pytest.approx(1)
    assert weights.on_padding is None


def test_measures_of_nothing_are_none():
    nothing = AttentionWeights(values=np.zeros((2, 3)), real=np.zeros((2, 3), bool))
    assert nothing.on_padding is None
    assert nothing.relative_entropy is None


def test_a_model_without_attention_is_named():
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)], name="plain")
    with pytest.raises(ValueError, match=r"no attention layer.*'plain'"):
        attention_weights(model, np.ones((1, 3)))


def test_heat_map_warms_the_word_with_the_most_weight():
    """Green and blue lose 105 and 205 at the most, and here 0.3 / 1.2 of that."""
    heat = HeatMap(words=(("a<b", "low"),), weights=((0.3, 1.2),))
    assert heat.html() == (
        '<p><span style="color:#000;background:rgb(255,229,204)" '
        'title="0.300">a&lt;b</span> '
        '<span style="color:#000;background:rgb(255,150,50)" title="1.200">low</span></p>'
    )
    assert str(heat) == (
        "\x1b[30;48;2;255;229;204ma<b\x1b[0m \x1b[30;48;2;255;150;50mlow\x1b[0m"
    )
    assert heat._repr_html_() == heat.html()


def test_even_weights_look_pale():
    """With five words, an equal share is a third of what the warmest colour takes."""
    even, peaked = (0.2,) * 5, (0.05, 0.05, 0.8, 0.05, 0.05)
    heat = HeatMap(words=(("w",) * 5,) * 2, weights=(even, peaked))
    first, second = heat.html().splitlines()
    assert first.count("rgb(255,220,187)") == 5
    assert second.count("rgb(255,150,50)") == 1


def test_texts_of_no_words_or_no_weight_are_shown():
    heat = HeatMap(words=((), ("why",)), weights=((), (0.0,)))
    assert heat.html().splitlines()[0] == "<p></p>"
    assert "rgb(255,255,255)" in heat.html()


def test_show_gives_each_word_what_its_position_receives():
    model, texts = build(SeqSelfAttention(3)), ["why is it low", "low why"]
    heat = show(model, texts, encode=encode)
    received = attention_weights(model, encode(texts))["pool"].by_position()
    assert heat.words == (("why", "is", "it", "low"), ("low", "why"))
    np.testing.assert_allclose(heat.weights[0], received[0, :4], rtol=1e-6)
    np.testing.assert_allclose(heat.weights[1], received[1, :2], rtol=1e-6)
    assert sum(heat.weights[1]) == pytest.approx(1), "five heads are no five positions"


def test_show_names_what_does_not_fit():
    model = build(SeqSelfAttention(3, name="self"))
    with pytest.raises(ValueError, match=r"one of \['pool', 'self'\]"):
        show(model, ["why"], encode=encode, layer="selfie")
    with pytest.raises(ValueError, match="2 words for 1 positions in text 0"):
        show(model, ["why"], encode=encode, words=[["why", "not"]])
