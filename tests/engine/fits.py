"""Small fits, recorded, for the tests of the engine."""

import keras
import numpy as np
from keras import layers

from whylow import keras2
from whylow.capture._groups import group
from whylow.capture._recorder import Recorder
from whylow.layers import SeqSelfAttention

ROWS, HELD_OUT, TIME, WORDS = 330, 101, 7, 23


def made_rows(seed=0):
    """Token ids with padding in front, and labels that word 5 carries."""
    generator = np.random.default_rng(seed)
    rows = ROWS + HELD_OUT
    x = generator.integers(1, WORDS, (rows, TIME)).astype("int32")
    x[np.arange(TIME) < generator.integers(0, TIME - 2, (rows, 1))] = 0
    y = ((x == 5).any(1) ^ (generator.random(rows) < 0.1)).astype("int32")
    return (x[:ROWS], y[:ROWS]), (x[ROWS:], y[ROWS:])


def bilstm(*middle, mask_zero=False, sequences=False, name="bilstm"):
    return keras.Sequential(
        [
            keras.Input((TIME,)),
            layers.Embedding(WORDS, 5, mask_zero=mask_zero),
            layers.Bidirectional(layers.LSTM(3, return_sequences=sequences)),
            *middle,
            layers.Dense(1, activation="sigmoid"),
        ],
        name=name,
    )


def dense(*middle, name="dense"):
    return keras.Sequential(
        [
            keras.Input((TIME,)),
            layers.Embedding(WORDS, 5),
            layers.Flatten(),
            *middle,
            layers.Dense(1, activation="sigmoid"),
        ],
        name=name,
    )


def two_inputs(name="two_inputs"):
    words, more = keras.Input((TIME,)), keras.Input((TIME,))
    table = layers.Embedding(WORDS, 5)
    both = layers.Concatenate()(
        [layers.GlobalAveragePooling1D()(table(part)) for part in (words, more)]
    )
    return keras.Model(
        [words, more], layers.Dense(1, activation="sigmoid")(both), name=name
    )


class Subclassed(keras.Model):
    """Built late, and with a custom train_step's worth of state: dropout."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.table = layers.Embedding(WORDS, 5)
        self.pool = layers.GlobalMaxPooling1D()
        self.drop = layers.Dropout(0.3)
        self.head = layers.Dense(1, activation="sigmoid")

    def call(self, inputs, training=False):
        return self.head(self.drop(self.pool(self.table(inputs)), training=training))


def recorded(build, *, optimizer="adam", loss="binary_crossentropy", epochs=2, **kwargs):
    """Build, compile, fit on made rows and return the live fit."""
    (x, y), validation = made_rows()
    with Recorder() as recorder:
        model = build()
        _fit(model, x, y, validation, optimizer, loss, epochs, kwargs)
    (live,) = group(recorder.fits).fits
    return live


def _fit(model, x, y, validation, optimizer, loss, epochs, kwargs):
    if len(model.inputs if model.built else [0]) == 2:
        x, validation = (
            [x, x[:, ::-1]],
            ([validation[0], validation[0][:, ::-1]], validation[1]),
        )
    model.compile(loss=loss, optimizer=optimizer, metrics=["accuracy"])
    given = {"x": x, "y": y, "validation_data": validation, "batch_size": 32} | kwargs
    model.fit(epochs=epochs, verbose=0, **given)


def plain_fit(live, start, orders):
    """Train by `model.fit` from `start`, rows in the imposed orders; give predictions too.

    The order is imposed by permuting the rows and switching Keras' own shuffling off; one
    call of `fit` an epoch goes on with the optimizer's state.
    """
    model, rows = live.model, live.training
    variables = [*model.variables, *live.optimizer.variables]
    for variable, value in zip(variables, start, strict=True):
        variable.assign(value)
    losses, predicted = [], []
    for order in orders:
        take = lambda nest, order=order: (  # noqa: E731
            [part[order] for part in nest] if isinstance(nest, list) else nest[order]
        )
        with keras2.emulated(model):
            history = model.fit(
                take(rows.x),
                take(rows.y),
                sample_weight=None
                if rows.sample_weight is None
                else take(rows.sample_weight),
                batch_size=rows.batch_size,
                shuffle=False,
                epochs=1,
                verbose=0,
            )
        losses += history.history["loss"]
        output = model.predict(live.validation.x, verbose=0)
        predicted.append(output.mean(axis=1)[:, 0] if output.ndim == 3 else output[:, 0])
    return np.array(losses), np.array(predicted)


MODELS = {
    "bilstm": lambda: bilstm(),
    "bilstm-masked": lambda: bilstm(mask_zero=True),
    "bilstm-dropout": lambda: bilstm(layers.Dropout(0.4)),
    "stacked": lambda: bilstm(layers.LSTM(3), sequences=True),
    "gru-pooled": lambda: bilstm(
        layers.GRU(3, return_sequences=True), layers.GlobalMaxPooling1D(), sequences=True
    ),
    "attention-per-step": lambda: bilstm(SeqSelfAttention(legacy=True), sequences=True),
    "attention-pooled": lambda: bilstm(
        SeqSelfAttention(), layers.GlobalAveragePooling1D(), mask_zero=True, sequences=True
    ),
    "dense-regularized": lambda: dense(
        layers.Dense(5, "relu", kernel_regularizer="l2"), layers.BatchNormalization()
    ),
    "convolution": lambda: keras.Sequential(
        [
            keras.Input((TIME,)),
            layers.Embedding(WORDS, 5),
            layers.Conv1D(3, 3, activation="relu"),
            layers.GlobalMaxPooling1D(),
            layers.Dense(1, activation="sigmoid"),
        ]
    ),
    "two-inputs": two_inputs,
    "subclassed": Subclassed,
}
