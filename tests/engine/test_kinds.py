"""What a fit learns to tell of a text: a class, a number or a set of labels."""

import keras
import numpy as np
import pytest
from keras import layers

from whylow import engine
from whylow.capture._recorder import Recorder
from whylow.engine._readout import kind_of, readout_of
from whylow.exceptions import ReplayError

ROWS = 23
GENERATOR = np.random.default_rng(0)
X = GENERATOR.normal(size=(ROWS, 3)).astype("float32")
BITS = (np.arange(ROWS) % 2).astype("int32")
SETS = GENERATOR.integers(0, 2, (ROWS, 3)).astype("int32")


def recorded(y, units, loss, activation=None):
    with Recorder() as recorder:
        model = keras.Sequential(
            [keras.Input((3,)), layers.Dense(units, activation=activation)]
        )
        model.compile(loss=loss, optimizer="sgd")
        model.fit(X, y, validation_data=(X, y), epochs=1, verbose=0)
    return recorder.fits[0]


@pytest.mark.parametrize(
    ("y", "units", "loss", "activation", "kind"),
    [
        (BITS, 1, "binary_crossentropy", "sigmoid", "classes"),
        (BITS, 1, "mse", "sigmoid", "classes"),
        (BITS, 2, "sparse_categorical_crossentropy", "softmax", "classes"),
        (
            np.eye(3)[np.arange(ROWS) % 3],
            3,
            "categorical_crossentropy",
            "softmax",
            "classes",
        ),
        (np.eye(3)[np.arange(ROWS) % 3], 3, "binary_crossentropy", "sigmoid", "classes"),
        (BITS + 0.5, 1, "mse", None, "numbers"),
        (np.arange(ROWS), 1, "mean_absolute_error", None, "numbers"),
        (np.arange(ROWS)[:, None], 1, "huber", None, "numbers"),
        (SETS, 3, "binary_crossentropy", "sigmoid", "sets"),
    ],
)
def test_the_kind_follows_from_labels_output_and_loss(y, units, loss, activation, kind):
    live = recorded(y, units, loss, activation)
    assert kind_of(live) == kind
    texts = engine.held_out_of(live)
    assert texts.kind == kind
    if kind != "classes":
        np.testing.assert_allclose(texts.labels, np.asarray(y).reshape(texts.labels.shape))


def test_numbers_and_sets_are_read_as_the_model_gives_them():
    numbers = readout_of(recorded(BITS + 0.5, 1, "mse"), 0)
    output = np.array([[1.5], [-2.0]], "float32")
    np.testing.assert_array_equal(numbers(output)[0], [1.5, -2.0])
    logits = keras.losses.BinaryCrossentropy(from_logits=True)
    sets = readout_of(recorded(SETS, 3, logits), 3)
    chance = np.asarray(sets(np.zeros((2, 3), "float32"))[0])
    np.testing.assert_array_equal(chance, np.full((2, 3), 0.5))


def test_labels_that_are_none_of_these_are_refused():
    live = recorded(GENERATOR.normal(size=(ROWS, 2)), 2, "mse")
    with pytest.raises(ReplayError, match="neither classes nor one number a text nor sets"):
        engine.held_out_of(live)
    three = recorded(np.arange(ROWS) % 3, 1, "binary_crossentropy", "sigmoid")
    with pytest.raises(ReplayError, match="are no two classes 0 and 1"):
        engine.held_out_of(three)
