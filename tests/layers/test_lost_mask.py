"""A mask that recurrent layers drop, as from Keras 3.16, is not lost without a word."""

import keras
import numpy as np
import pytest

from whylow.layers import (
    AttentionPooling,
    ConcatPooling,
    MaxPooling,
    ScaledDotProductAttention,
    SeqSelfAttention,
)

pytestmark = pytest.mark.filterwarnings("ignore:Layer '.*' .*of type:UserWarning")
IDS = np.array([[4, 2, 3, 0, 0, 0, 0], [1, 2, 3, 4, 5, 1, 2], [3, 0, 0, 0, 0, 0, 0]])

KINDS = {
    "additive": lambda: AttentionPooling(units=3),
    "max": MaxPooling,
    "concat": lambda: ConcatPooling(["max", AttentionPooling(units=3)]),
}


def recurrent(*, drops):
    """Two recurrent layers and a dropout; `drops` makes them those of Keras 3.16."""
    layers = [
        keras.layers.Bidirectional(keras.layers.LSTM(2, return_sequences=True)),
        keras.layers.Dropout(0.1),
        keras.layers.GRU(4, return_sequences=True),
    ]
    layers[0].supports_masking = layers[2].supports_masking = not drops
    return layers


def model(pool, *, drops, time=7, sequential=False):
    keras.utils.set_random_seed(1)
    embedding = keras.layers.Embedding(7, 3, mask_zero=True)
    layers = [embedding, *recurrent(drops=drops), pool(), keras.layers.Dense(1)]
    start = keras.Input((time,), dtype="int32")
    if sequential:
        return keras.Sequential([start, *layers])
    output = start
    for layer in layers:
        output = layer(output)
    return keras.Model(start, output)


@pytest.mark.parametrize(
    ("pool", "sequential", "time"),
    [("additive", False, 7), ("max", True, None), ("concat", True, 7)],
)
def test_dropped_mask_is_found_again(pool, sequential, time, tmp_path):
    made = [
        model(KINDS[pool], drops=drops, sequential=sequential, time=time)
        for drops in (False, True)
    ]
    kept, dropped = (one.predict(IDS, verbose=0) for one in made)
    np.testing.assert_allclose(dropped, kept, rtol=1e-4, atol=1e-7)
    made[1].save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    again = loaded.predict(IDS, verbose=0)
    np.testing.assert_allclose(again, dropped, rtol=1e-4, atol=1e-7)


def test_what_is_found_is_the_mask_of_the_text():
    """Padded, a text gives what it gives alone."""
    both = model(KINDS["additive"], drops=True, time=None)
    alone = both.predict(IDS[:1, :3], verbose=0)
    np.testing.assert_allclose(both.predict(IDS, verbose=0)[:1], alone, atol=1e-6)


def test_layers_that_keep_the_time_axis_hand_it_on():
    ids = keras.Input((7,), dtype="int32")
    states = keras.layers.Embedding(7, 3, mask_zero=True)(ids)
    for layer in recurrent(drops=True):
        states = layer(states)
    assert getattr(states, "_keras_mask", None) is None, "the case shows nothing else"
    assert SeqSelfAttention(3)(states)._keras_mask is not None


def test_masks_that_are_carried_stay_beside_those_that_are_found():
    ids, others = (keras.Input((7,), dtype="int32") for _ in range(2))
    states = keras.layers.Embedding(7, 3, mask_zero=True)(ids)
    for layer in recurrent(drops=True):
        states = layer(states)
    other = keras.layers.Embedding(7, 4, mask_zero=True)(others)
    attend = ScaledDotProductAttention(return_attention=True)
    output, weights = attend([states, other, other])
    assert output._keras_mask is not None
    keys = IDS[::-1].copy()
    found = keras.Model([ids, others], weights).predict([IDS, keys], verbose=0)
    seen = (IDS != 0)[:, :, None] & (keys != 0)[:, None]
    np.testing.assert_array_equal(found > 0, seen)


class EveryOther(keras.layers.Layer):
    """Has fewer positions than it was given, and would hand a mask on."""

    supports_masking = True

    def call(self, inputs):
        return inputs[:, ::2]


def test_a_mask_of_more_positions_is_none():
    ids = keras.Input((7,), dtype="int32")
    states = keras.layers.Embedding(7, 3, mask_zero=True)(ids)
    for layer in recurrent(drops=True):
        states = layer(states)
    output = SeqSelfAttention(3)(EveryOther()(states))
    assert output.shape == (None, 4, 4)
    assert getattr(output, "_keras_mask", None) is None


@pytest.mark.parametrize(
    "between",
    [
        keras.layers.Conv1D(4, 3, padding="same"),  # a position then knows its neighbours
        keras.layers.RepeatVector(7),  # as many positions, which are others
        keras.layers.Lambda(lambda x: keras.ops.flip(x, axis=1)),
    ],
    ids=["conv", "repeat", "lambda"],
)
def test_a_mask_of_other_positions_is_none(between):
    ids = keras.Input((7,), dtype="int32")
    states = keras.layers.Embedding(7, 4, mask_zero=True)(ids)
    if isinstance(between, keras.layers.RepeatVector):
        states = keras.layers.GRU(4)(states)
    output = SeqSelfAttention(3)(between(states))
    assert getattr(output, "_keras_mask", None) is None


def test_an_explicit_mask_has_the_last_word():
    ids = keras.Input((7,), dtype="int32")
    states = keras.layers.Embedding(7, 3, mask_zero=True)(ids)
    for layer in recurrent(drops=True):
        states = layer(states)
    chosen = keras.Input((7,), dtype="bool")
    found = keras.Model([ids, chosen, states], MaxPooling()(states, mask=chosen))
    inner = keras.Model(ids, states).predict(IDS, verbose=0)
    first = np.arange(7)[None] < np.ones((3, 1))
    np.testing.assert_array_equal(
        found.predict([IDS, first, inner], verbose=0), inner[:, 0]
    )
