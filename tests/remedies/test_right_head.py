"""Activation and loss that fit the labels, whatever the script had."""

import keras
import numpy as np
import pytest

from whylow import remedies
from whylow.capture._recorder import Recorder
from whylow.remedies._training.right_head import REMEDY, _fitting

CLASSES = np.arange(12) % 3


@pytest.mark.parametrize(
    ("labels", "units", "fitting"),
    [
        (CLASSES % 2, 1, ("sigmoid", "binary_crossentropy")),
        (CLASSES[:, None] % 2, 1, ("sigmoid", "binary_crossentropy")),
        (CLASSES, 3, ("softmax", "sparse_categorical_crossentropy")),
        (CLASSES % 2, 3, ("softmax", "sparse_categorical_crossentropy")),
        (np.eye(3)[CLASSES], 3, ("softmax", "categorical_crossentropy")),
        (np.array([[1, 1, 0], [0, 0, 0]]), 3, ("sigmoid", "binary_crossentropy")),
        (CLASSES + 0.5, 1, ("linear", "mean_squared_error")),
        (np.arange(21), 1, ("linear", "mean_squared_error")),
        (np.linspace(-1, 1, 24).reshape(8, 3), 3, ("linear", "mean_squared_error")),
    ],
)
def test_what_fits_the_labels(labels, units, fitting):
    assert _fitting(labels, units) == fitting


@pytest.mark.parametrize(
    ("labels", "units"),
    [(CLASSES, 1), (CLASSES, 2), (CLASSES - 1, 3), (np.eye(3)[CLASSES], 4)],
)
def test_units_that_no_activation_fits(labels, units):
    with pytest.raises(remedies.NotApplicable, match=rf"do not go with {units} units"):
        _fitting(labels, units)


def recorded(*behind):
    x = np.random.default_rng(0).normal(size=(20, 5)).astype("float32")
    head = keras.layers.Dense(1)
    model = keras.Sequential([keras.Input((5,)), head, *behind])
    model.compile(loss="mse")
    with Recorder() as recorder:
        model.fit(x, (x[:, 0] > 0).astype("int32"), validation_split=0.5, verbose=0)
    return recorder.fits[0]


def test_an_activation_behind_the_last_layer_is_made_linear():
    changed = REMEDY.apply(recorded(keras.layers.Activation("relu"))).fit
    activations = [layer.config.get("activation") for layer in changed.model.layers]
    assert activations[-2:] == ["sigmoid", "linear"]
    assert changed.compile.loss == "binary_crossentropy"


def test_another_layer_behind_the_last_one_is_not_touched():
    with pytest.raises(remedies.NotApplicable, match="follows the last"):
        REMEDY.apply(recorded(keras.layers.Dropout(0.5)))
