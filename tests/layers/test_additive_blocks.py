"""Additive scores made block by block are those of the whole hidden layer."""

import keras
import numpy as np
import pytest

from whylow.layers import (
    SeqSelfAttention,
    _additive,
    _additive_blocks,
    _additive_fused,
    _additive_texts,
    _blocks,
)
from whylow.testing import gradients

ops = keras.ops
# Only TensorFlow knows lengths that are not known, and has three ways to go.
TENSORFLOW = keras.backend.backend() == "tensorflow"
WAYS = [_additive_blocks, _additive_fused, *([_additive_texts] if TENSORFLOW else [])]


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


def random_inputs(shape, seed, scale=1.0):
    texts, queries, keys, units = shape
    random = np.random.default_rng(seed)
    sizes = (texts, queries, units), (texts, keys, units), (units,), (texts, queries, keys)
    return [(scale * random.normal(size=size)).astype("float32") for size in sizes]


def compare(way, inputs, tolerance=1e-4):
    """Hold a way to compute scores and gradients to the whole hidden layer."""
    *inputs, upstream = inputs
    tensors, weights = (
        [*map(ops.convert_to_tensor, inputs)],
        ops.convert_to_tensor(upstream),
    )
    _, expected = gradients(
        Scores(whole), inputs, None, lambda scores: ops.sum(scores * weights)
    )
    np.testing.assert_allclose(
        ops.convert_to_numpy(way.scores(*tensors)),
        ops.convert_to_numpy(whole(*tensors)),
        atol=tolerance / 10,
    )
    found = way.gradients(*tensors, weights)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(
            ops.convert_to_numpy(one), other, rtol=1e-4, atol=tolerance
        )


@pytest.mark.parametrize("shape", [(3, 7, 5, 2), (1, 11, 3, 5), (13, 2, 2, 3)], ids=str)
@pytest.mark.parametrize("numbers", [1, 23, 2**20])
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_scores_and_gradients_agree_whatever_the_size_of_a_block(
    monkeypatch, shape, numbers, way
):
    monkeypatch.setattr(_blocks, "BLOCK_NUMBERS", numbers)
    monkeypatch.setattr(_additive_fused, "TERMS", 2 + numbers % 2)
    compare(way, random_inputs(shape, numbers))


def test_layers_compute_what_the_whole_hidden_layer_gives():
    *inputs, upstream = random_inputs((3, 7, 5, 2), 1)
    expected, found = (
        gradients(
            Scores(function),
            inputs,
            None,
            lambda scores: ops.sum(scores * ops.convert_to_tensor(upstream)),
        )
        for function in (whole, _additive.additive_scores)
    )
    np.testing.assert_allclose(found[0], expected[0], rtol=1e-4, atol=1e-5)
    for one, other in zip(found[1], expected[1], strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("time", [5, None] if TENSORFLOW else [5])
@pytest.mark.parametrize("compiled", [False, True] if TENSORFLOW else ["auto"])
def test_a_fit_in_blocks_is_that_of_the_whole_hidden_layer(monkeypatch, time, compiled):
    """Blocks that do not come out even, in a batch, in a text and among the batches."""

    def trained(numbers):
        monkeypatch.setattr(_blocks, "BLOCK_NUMBERS", numbers)
        monkeypatch.setattr(_additive_fused, "TERMS", 2)
        monkeypatch.setattr(_additive_texts, "WORTH_COMPILING", 1)
        keras.utils.set_random_seed(1)
        values = np.random.default_rng(1).normal(size=(7, 5, 3)).astype("float32")
        model = keras.Sequential([keras.Input((time, 3)), SeqSelfAttention(2)])
        model.compile(keras.optimizers.SGD(1.0), "mse", jit_compile=compiled)
        model.fit(values, values**2, batch_size=5, shuffle=False, verbose=0)
        return [*model.get_weights(), model.predict(values, batch_size=4, verbose=0)]

    whole, *cut = (trained(numbers) for numbers in (2**20, 120, 25))
    for found in cut:
        for one, other in zip(found, whole, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("scale", [1e-3, 30.0])
def test_fused_scores_agree_for_small_and_for_large_numbers(scale):
    query, key, weight, upstream = random_inputs((2, 7, 5, 3), 3, scale)
    # Where a text lies as a whole is no matter: the two move against each other.
    inputs = [query + 4 * scale, key - 4 * scale, weight / scale, upstream / scale]
    compare(_additive_fused, inputs, tolerance=2e-4)


def test_fused_scores_stay_finite_beyond_what_an_exponential_holds():
    """tanh(±500 ± 500), the two of opposite sign adding up to nothing."""
    query = np.array([[[500.0], [-500.0]]], "float32")
    inputs = [query, query, np.ones(1, "float32"), np.ones((1, 2, 2), "float32")]
    tensors = [ops.convert_to_tensor(one) for one in inputs]
    found = ops.convert_to_numpy(_additive_fused.scores(*tensors[:3]))
    np.testing.assert_allclose(found[0], [[1, 0], [0, -1]], atol=1e-6)
    for one in _additive_fused.gradients(*tensors):
        assert np.isfinite(ops.convert_to_numpy(one)).all()


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
