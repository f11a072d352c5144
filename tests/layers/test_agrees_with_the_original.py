"""`legacy=True` against keras-self-attention 0.51 itself, where that can be imported.

It runs on TensorFlow alone; KERAS_SELF_ATTENTION_SOURCE names its unpacked source
distribution. Without it, tests/layers/test_old_models.py holds numbers that it gave.
"""

import importlib
import os
import sys

import keras
import numpy as np
import pytest

from whylow import layers
from whylow.testing import gradients

SOURCE = os.environ.get("KERAS_SELF_ATTENTION_SOURCE")
pytestmark = [
    pytest.mark.skipif(not SOURCE, reason="KERAS_SELF_ATTENTION_SOURCE names no folder"),
    pytest.mark.skipif(
        keras.backend.backend() != "tensorflow", reason="the original needs TensorFlow"
    ),
]
B, T, F = 3, 7, 5
VALUES = np.random.default_rng(7).normal(size=(B, T, F)).astype("float32")
LENGTHS = np.array([4, 7, 1])
MASK = np.arange(T)[None] < LENGTHS[:, None]


@pytest.fixture
def original(monkeypatch):
    monkeypatch.syspath_prepend(SOURCE)
    monkeypatch.delitem(sys.modules, "keras_self_attention", raising=False)
    return importlib.import_module("keras_self_attention")


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("SeqSelfAttention", {}),
        ("SeqSelfAttention", {"attention_type": "multiplicative"}),
        ("SeqSelfAttention", {"attention_width": 4, "attention_activation": "sigmoid"}),
        ("SeqSelfAttention", {"attention_width": 3, "history_only": True}),
        ("SeqSelfAttention", {"attention_regularizer_weight": 0.5}),
        ("SeqWeightedAttention", {}),
        ("ScaledDotProductAttention", {}),
        ("ScaledDotProductAttention", {"history_only": True}),
    ],
    ids=str,
)
def test_numbers_are_those_of_the_original(original, name, arguments, masked):
    """Outputs, weights of attention, losses and gradients."""
    keras.utils.set_random_seed(1)
    ours = getattr(layers, name)(return_attention=True, legacy=True, **arguments)
    theirs = getattr(original, name)(return_attention=True, **arguments)
    mask = MASK if masked else None
    for layer in (ours, theirs):
        layer(VALUES)
    ours.set_weights([one + 0.1 for one in theirs.get_weights()])
    theirs.set_weights(ours.get_weights())
    found, expected = (
        [
            keras.ops.convert_to_numpy(one)
            for one in (*layer(VALUES, mask=mask), *layer.losses)
        ]
        for layer in (ours, theirs)
    )
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)

    def weigh(outputs):
        return keras.ops.sum(keras.ops.sin(outputs[0]))

    ours, theirs = (gradients(layer, [VALUES], mask, weigh)[1] for layer in (ours, theirs))
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("history_only", [False, True])
def test_scores_carried_on_are_those_of_the_original(original, history_only):
    """Called by `call`: what the original hands on as masks, Keras 3 does not take."""
    arguments = {"return_attention": True, "history_only": history_only}
    before = np.random.default_rng(9).normal(size=(B, T, T)).astype("float32")
    inputs = [*(keras.ops.convert_to_tensor(one) for one in (VALUES, before))]
    masks = [keras.ops.convert_to_tensor(MASK), None]
    name = "ResidualScaledDotProductAttention"
    ours = getattr(layers, name)(**arguments, legacy=True).call(inputs, mask=masks)
    theirs = getattr(original, name)(**arguments).call(inputs, mask=masks)
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)
