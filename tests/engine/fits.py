"""Small fits, recorded, for the tests of the engine."""

import dataclasses

import keras
import numpy as np
from keras import layers

from whylow import keras2
from whylow.capture._groups import group
from whylow.capture._recorder import Recorder
from whylow.layers import SeqSelfAttention

# Two epochs of ten batches of 32: 20 steps.
ROWS, HELD_OUT, TIME, WORDS = 320, 101, 11, 211
UNITS, WIDTH = 3, 5


def made_rows(seed=0, *, padding="pre"):
    """Token ids and labels that word 5 carries.

    Most texts are short, some words are in one batch in ten, and some in no text at all.
    """
    generator = np.random.default_rng(seed)
    rows = ROWS + HELD_OUT
    x = np.minimum(generator.zipf(1.3, (rows, TIME)), WORDS - 20).astype("int32")
    length = np.minimum(1 + generator.geometric(0.6, (rows, 1)), TIME)
    length[:2] = TIME
    x[np.arange(TIME) < TIME - length] = 0
    if padding == "post":
        x = np.ascontiguousarray(x[:, ::-1])
    y = ((x == 5).any(1) ^ (generator.random(rows) < 0.1)).astype("int32")
    return (x[:ROWS], y[:ROWS]), (x[ROWS:], y[ROWS:])


def sequential(*middle, mask_zero=False, name="text", **embedding):
    """Embedding, the layers in the middle, one probability."""
    return keras.Sequential(
        [
            keras.Input((TIME,)),
            layers.Embedding(WORDS, WIDTH, mask_zero=mask_zero, **embedding),
            *middle,
            layers.Dense(1, activation="sigmoid"),
        ],
        name=name,
    )


def bilstm(*middle, mask_zero=False, sequences=False, name="bilstm"):
    both = layers.Bidirectional(layers.LSTM(UNITS, return_sequences=sequences))
    return sequential(both, *middle, mask_zero=mask_zero, name=name)


def dense(*middle, name="dense"):
    return sequential(layers.Flatten(), *middle, name=name)


def two_inputs(name="two_inputs"):
    words, more = keras.Input((TIME,)), keras.Input((TIME,))
    table = layers.Embedding(WORDS, WIDTH)
    both = layers.Concatenate()(
        [layers.GlobalAveragePooling1D()(table(part)) for part in (words, more)]
    )
    return keras.Model(
        [words, more], layers.Dense(1, activation="sigmoid")(both), name=name
    )


def words_and_numbers(name="words_and_numbers"):
    """One input chooses rows, the other is looked at as it is."""
    words, more = keras.Input((TIME,)), keras.Input((TIME,))
    read = layers.LSTM(UNITS)(layers.Embedding(WORDS, WIDTH, mask_zero=True)(words))
    counted = layers.Dense(2, "tanh")(layers.Rescaling(1 / WORDS)(more))
    both = layers.Concatenate()([read, counted])
    return keras.Model(
        [words, more], layers.Dense(1, activation="sigmoid")(both), name=name
    )


def functional(middle, *, mask_zero=False, name="functional"):
    words = keras.Input((TIME,))
    inner = middle(layers.Embedding(WORDS, WIDTH, mask_zero=mask_zero)(words))
    return keras.Model(words, layers.Dense(1, activation="sigmoid")(inner), name=name)


def additive_attention(inner):
    read = layers.Bidirectional(layers.LSTM(UNITS, return_sequences=True))(inner)
    return layers.GlobalAveragePooling1D()(layers.AdditiveAttention()([read, read]))


def multi_head(inner):
    read = layers.MultiHeadAttention(2, UNITS)(inner, inner)
    return layers.GlobalAveragePooling1D()(layers.LayerNormalization()(inner + read))


def states(inner):
    """An encoder whose states start another layer."""
    _, hidden, carry = layers.LSTM(UNITS, return_state=True)(inner)
    return layers.LSTM(UNITS)(inner, initial_state=[hidden, carry])


class Subclassed(keras.Model):
    """Built late, and with a custom train_step's worth of state: dropout."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.table = layers.Embedding(WORDS, WIDTH)
        self.pool = layers.GlobalMaxPooling1D()
        self.drop = layers.Dropout(0.3)
        self.head = layers.Dense(1, activation="sigmoid")

    def call(self, inputs, training=False):
        return self.head(self.drop(self.pool(self.table(inputs)), training=training))


def recorded(
    build,
    *,
    optimizer="adam",
    loss="binary_crossentropy",
    epochs=2,
    padding="pre",
    trained=True,
    **kwargs,
):
    """Build, compile, fit on made rows and return the live fit.

    Args:
        trained: Let `fit` train; else it only builds, which is quicker.
    """
    (x, y), validation = made_rows(padding=padding)
    with Recorder() as recorder:
        model = build()
        _fit(model, x, y, validation, optimizer, loss, epochs if trained else 0, kwargs)
    (live,) = group(recorder.fits).fits
    if trained:
        return live
    settings = live.fit.settings.model_copy(update={"epochs": epochs})
    fit = live.fit.model_copy(update={"settings": settings})
    return dataclasses.replace(live, fit=fit)


def _fit(model, x, y, validation, optimizer, loss, epochs, kwargs):
    if len(model.inputs if model.built else [0]) == 2:
        x, validation = (
            [x, x[:, ::-1]],
            ([validation[0], validation[0][:, ::-1]], validation[1]),
        )
    model.compile(loss=loss, optimizer=optimizer, metrics=["accuracy"])
    given = {"x": x, "y": y, "validation_data": validation, "batch_size": 32} | kwargs
    with keras2.emulated(model):
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


# Name → model, and what else `recorded` takes.
MODELS = {
    "bilstm": (bilstm, {}),
    "bilstm-masked": (lambda: bilstm(mask_zero=True), {}),
    "bilstm-masked-behind": (lambda: bilstm(mask_zero=True), {"padding": "post"}),
    "bilstm-dropout": (lambda: bilstm(layers.Dropout(0.4)), {}),
    "lstm-drops-inputs": (lambda: sequential(layers.LSTM(UNITS, dropout=0.3)), {}),
    "lstm-drops-states": (
        lambda: sequential(layers.LSTM(UNITS, recurrent_dropout=0.3)),
        {},
    ),
    "lstm-backwards": (
        lambda: sequential(layers.LSTM(UNITS, go_backwards=True), mask_zero=True),
        {},
    ),
    "lstm-states": (lambda: functional(states), {}),
    "stacked": (lambda: bilstm(layers.LSTM(UNITS), sequences=True), {}),
    "stacked-masked": (
        lambda: bilstm(
            layers.LayerNormalization(),
            layers.GRU(UNITS),
            mask_zero=True,
            sequences=True,
        ),
        {},
    ),
    "gru-pooled": (
        lambda: sequential(
            layers.GRU(UNITS, return_sequences=True), layers.GlobalMaxPooling1D()
        ),
        {},
    ),
    "gru-old": (
        lambda: sequential(
            layers.Bidirectional(layers.GRU(UNITS, reset_after=False), merge_mode="sum")
        ),
        {},
    ),
    "bigru-masked": (
        lambda: sequential(
            layers.SpatialDropout1D(0.2),
            layers.Bidirectional(layers.GRU(UNITS), merge_mode="ave"),
            mask_zero=True,
        ),
        {},
    ),
    "simple-rnn": (lambda: sequential(layers.SimpleRNN(UNITS, "relu")), {}),
    "attention-per-step": (
        lambda: bilstm(SeqSelfAttention(legacy=True), sequences=True),
        {},
    ),
    "attention-pooled": (
        lambda: bilstm(
            SeqSelfAttention(),
            layers.GlobalAveragePooling1D(),
            mask_zero=True,
            sequences=True,
        ),
        {},
    ),
    "attention-of-keras": (lambda: functional(additive_attention, mask_zero=True), {}),
    "multi-head": (lambda: functional(multi_head, mask_zero=True), {}),
    "averaged": (
        lambda: sequential(layers.GlobalAveragePooling1D(), mask_zero=True),
        {},
    ),
    "frozen-table": (
        lambda: sequential(layers.LSTM(UNITS), trainable=False, name="frozen"),
        {},
    ),
    "regularized-table": (
        lambda: sequential(layers.LSTM(UNITS), embeddings_regularizer="l2"),
        {},
    ),
    "dense-regularized": (
        lambda: dense(
            layers.Dense(5, "relu", kernel_regularizer="l2"), layers.BatchNormalization()
        ),
        {},
    ),
    "convolution": (
        lambda: sequential(
            layers.Conv1D(3, 3, activation="relu"), layers.GlobalMaxPooling1D()
        ),
        {},
    ),
    "two-inputs": (two_inputs, {}),
    "words-and-numbers": (words_and_numbers, {}),
    "subclassed": (Subclassed, {}),
    "class-weight": (bilstm, {"class_weight": {0: 1.0, 1: 7.0}}),
    "sample-weight": (bilstm, {"sample_weight": np.linspace(0, 2, ROWS)}),
}

schedules = keras.optimizers.schedules
OPTIMIZERS = {
    "sgd": lambda: keras.optimizers.SGD(0.1),
    "sgd-momentum": lambda: keras.optimizers.SGD(0.1, momentum=0.9),
    "sgd-nesterov-schedule-clipnorm": lambda: keras.optimizers.SGD(
        schedules.ExponentialDecay(0.1, 5, 0.7),
        momentum=0.9,
        nesterov=True,
        clipnorm=0.1,
    ),
    "rmsprop": keras.optimizers.RMSprop,
    "rmsprop-momentum": lambda: keras.optimizers.RMSprop(momentum=0.8),
    "rmsprop-centered": lambda: keras.optimizers.RMSprop(centered=True),
    "adagrad": lambda: keras.optimizers.Adagrad(0.1),
    "adadelta": lambda: keras.optimizers.Adadelta(1.0),
    "adam-schedule-global-clipnorm": lambda: keras.optimizers.Adam(
        schedules.CosineDecay(0.01, 15), global_clipnorm=0.05
    ),
    "adam-clipvalue": lambda: keras.optimizers.Adam(clipvalue=0.001),
    "adam-short-memory": lambda: keras.optimizers.Adam(beta_1=0.5),
    "adam-amsgrad": lambda: keras.optimizers.Adam(amsgrad=True),
    "adam-weight-decay": lambda: keras.optimizers.Adam(weight_decay=0.01),
    "adam-accumulates": lambda: keras.optimizers.Adam(gradient_accumulation_steps=3),
    "adamw": lambda: keras.optimizers.AdamW(weight_decay=0.01),
    "adamax": keras.optimizers.Adamax,
    "nadam": keras.optimizers.Nadam,
    "ftrl": lambda: keras.optimizers.Ftrl(0.1),
    "lion": keras.optimizers.Lion,
    "lamb": keras.optimizers.Lamb,
    "adafactor": keras.optimizers.Adafactor,
}
