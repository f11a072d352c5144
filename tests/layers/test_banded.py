"""A window computed at its own cost gives what the whole matrix gives."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whylow.layers import SeqSelfAttention
from whylow.testing import gradients

ops = keras.ops
B, F = 3, 5


def case(time, lengths, **arguments):
    keras.utils.set_random_seed(5)
    layer = SeqSelfAttention(2, bias_initializer="random_normal", **arguments)
    layer.build((None, time, F))
    values = np.random.default_rng(time).normal(size=(B, time, F)).astype("float32")
    return layer, values, np.arange(time)[None] < np.array(lengths)[:, None]


@settings(max_examples=6, deadline=None)
@given(
    time=st.sampled_from([23, 28, 31]),
    width=st.sampled_from([1, 2, 3, 6, 9]),
    history_only=st.booleans(),
    kind=st.sampled_from(["additive", "multiplicative"]),
    lengths=st.lists(st.integers(0, 31), min_size=B, max_size=B),
    masked=st.booleans(),
)
def test_window_agrees_with_the_whole_matrix(
    time, width, history_only, kind, lengths, masked
):
    layer, values, mask = case(
        time, lengths, attention_width=width, history_only=history_only, attention_type=kind
    )
    mask = mask if masked else None
    assert layer._band(values) is not None, "the case is too short to be cut"
    whole = layer.attend(ops.convert_to_tensor(values), mask=mask)[0]
    np.testing.assert_allclose(
        ops.convert_to_numpy(layer(values, mask=mask)),
        ops.convert_to_numpy(whole),
        atol=2e-6,
    )


@pytest.mark.parametrize("history_only", [False, True])
def test_gradients_agree_with_the_whole_matrix(history_only):
    layer, values, mask = case(
        29, [29, 13, 0], attention_width=6, history_only=history_only
    )
    spoiled = np.where(mask[..., None], values, np.nan).astype("float32")

    def weigh(output):
        output = output[0] if isinstance(output, (list, tuple)) else output
        return ops.sum(ops.sin(output))

    cut = gradients(layer, [spoiled], mask, weigh)
    layer.return_attention = True
    whole = gradients(layer, [spoiled], mask, weigh)
    for one, other in zip(cut[1], whole[1], strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


def test_unknown_length_is_no_obstacle():
    words = keras.Input((None,), dtype="int32")
    hidden = keras.layers.Embedding(11, F, mask_zero=True)(words)
    output = SeqSelfAttention(2, attention_width=3)(hidden)
    model = keras.Model(words, keras.layers.Dense(1)(output))
    model.compile("sgd", "mse")
    for time in (5, 29):
        ids = np.random.default_rng(time).integers(1, 11, (4, time))
        assert np.isfinite(model.train_on_batch(ids, np.zeros((4, time, 1))))
        assert model.predict_on_batch(ids).shape == (4, time, 1)


def test_whole_matrix_is_kept_where_its_weights_are_asked_for():
    layer, values, _ = case(29, [29] * B, attention_width=3, return_attention=True)
    assert layer(values)[1].shape == (B, 29, 29)
