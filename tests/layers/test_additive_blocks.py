"""Additive scores made block by block are those of the whole hidden layer."""

import keras
import numpy as np
import pytest

from whylow.layers import _additive, _blocks
from whylow.testing import gradients

ops = keras.ops


class Scores(keras.layers.Layer):
    """The scores as a layer, so that every backend can differentiate them."""

    def __init__(self, function):
        super().__init__()
        self.function = function
        self.built = True

    def call(self, inputs):
        query, key, weight = inputs
        return self.function(query, key, weight)


def whole(query, key, weight):
    hidden = ops.tanh(ops.expand_dims(query, 2) + ops.expand_dims(key, 1))
    return ops.einsum("btsu,u->bts", hidden, weight)


@pytest.mark.parametrize("shape", [(3, 7, 5, 2), (1, 11, 3, 5), (13, 2, 2, 3)], ids=str)
@pytest.mark.parametrize("numbers", [1, 23, 71, 2**20])
def test_scores_and_gradients_agree_whatever_the_size_of_a_block(
    monkeypatch, shape, numbers
):
    monkeypatch.setattr(_blocks, "BLOCK_NUMBERS", numbers)
    texts, queries, keys, units = shape
    random = np.random.default_rng(numbers)
    inputs = [
        random.normal(size=size).astype("float32")
        for size in ((texts, queries, units), (texts, keys, units), (units,))
    ]
    weights = random.normal(size=(texts, queries, keys)).astype("float32")
    expected, found = (
        gradients(
            Scores(function),
            inputs,
            None,
            lambda scores: ops.sum(scores * ops.convert_to_tensor(weights)),
        )
        for function in (whole, _additive.additive_scores)
    )
    np.testing.assert_allclose(found[0], expected[0], rtol=1e-4, atol=1e-5)
    for one, other in zip(found[1], expected[1], strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(
        ops.convert_to_numpy(
            _additive.additive_scores(*map(ops.convert_to_tensor, inputs))
        ),
        ops.convert_to_numpy(whole(*inputs)),
        atol=1e-6,
    )


def test_the_hidden_layer_is_never_whole_in_memory():
    """Compiled forward and backward: below an eighth of what the hidden layer takes."""
    jax = pytest.importorskip("jax")
    if keras.backend.backend() != "jax":
        pytest.skip("only JAX tells beforehand what a program will take")
    query = jax.ShapeDtypeStruct((8, 512, 32), "float32")
    weight = jax.ShapeDtypeStruct((32,), "float32")

    def total(query, key, weight):
        return (_additive.additive_scores(query, key, weight) ** 2).sum()

    program = jax.jit(jax.grad(total, argnums=(0, 1, 2))).lower(query, query, weight)
    taken = program.compile().memory_analysis().temp_size_in_bytes
    assert taken < 8 * 512 * 512 * 32 * 4 / 8
