"""Small fits, recorded, for the tests of remedies."""

import keras
import numpy as np
from keras import layers

from whylow.capture._groups import group
from whylow.capture._recorder import Recorder

ROWS, HELD_OUT, TIME, WORDS = 132, 101, 7, 23


def made_rows(seed=0):
    """Token ids with padding in front, and labels that word 5 carries."""
    generator = np.random.default_rng(seed)
    rows = ROWS + HELD_OUT
    x = generator.integers(1, WORDS, (rows, TIME)).astype("int32")
    x[np.arange(TIME) < generator.integers(0, TIME - 2, (rows, 1))] = 0
    y = ((x == 5).any(1) ^ (generator.random(rows) < 0.1)).astype("int32")
    return (x[:ROWS], y[:ROWS]), (x[ROWS:], y[ROWS:])


def bilstm(*middle, sequences=False):
    return keras.Sequential(
        [
            keras.Input((TIME,)),
            layers.Embedding(WORDS, 5),
            layers.Bidirectional(layers.LSTM(3, return_sequences=sequences)),
            *middle,
            layers.Dense(1, activation="sigmoid"),
        ],
        name="bilstm",
    )


def dense(*middle):
    return keras.Sequential(
        [
            keras.Input((TIME,)),
            layers.Embedding(WORDS, 5),
            layers.Flatten(),
            *middle,
            layers.Dense(1, activation="sigmoid"),
        ],
        name="dense",
    )


class Subclassed(keras.Model):
    """A model whose layers no list of layers could put together again."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.table = layers.Embedding(WORDS, 5)
        self.pool = layers.GlobalMaxPooling1D()
        self.head = layers.Dense(1, activation="sigmoid")

    def call(self, inputs):
        return self.head(self.pool(self.table(inputs)))


def recorded(build, *, optimizer="adam", loss="binary_crossentropy", **kwargs):
    """Build, compile, call `fit` on made rows and return the live fit.

    The fit begins behind its last epoch, so that nothing is compiled and nothing trained:
    a remedy reads what was asked for, not what came of it.
    """
    (x, y), validation = made_rows()
    given = {"x": x, "y": y, "validation_data": validation, "batch_size": 32, "epochs": 2}
    with Recorder() as recorder:
        model = build()
        model.compile(loss=loss, optimizer=optimizer, metrics=["accuracy"])
        given |= kwargs
        model.fit(verbose=0, initial_epoch=given["epochs"], **given)
    (live,) = group(recorder.fits).fits
    return live
