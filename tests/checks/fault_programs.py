"""Small programs with one fault each, and the same program without it.

`PAIRS` maps a name to the code that must name the fault and a function of `bad`, which
returns a compiled model and the arguments of its `fit`. `record(build, bad)` trains one
half as whylow records it; run as a script, it writes what `test_checks_programs.py` reads:

    python tests/checks/fault_programs.py [NAME …]
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
import numpy as np
from keras import layers

RECORDED = Path(__file__).parent / "recorded"
ROWS, STEPS, WORDS = 320, 14, 60
BCE, CCE = "binary_crossentropy", "categorical_crossentropy"
SPARSE, MSE = "sparse_categorical_crossentropy", "mean_squared_error"
Adam, SGD = keras.optimizers.Adam, keras.optimizers.SGD


def texts(classes=2):
    """Texts of 5 to 14 ids, filled up behind; one word in each names its class."""
    generator = np.random.default_rng(3)
    y = generator.integers(0, classes, ROWS)
    x = generator.integers(classes + 1, WORDS, (ROWS, STEPS))
    lengths = generator.integers(5, STEPS + 1, ROWS)
    for row, (label, length) in enumerate(zip(y, lengths, strict=True)):
        x[row, generator.choice(length, 2, replace=False)] = 1 + label
        x[row, length:] = 0
    return x.astype("int32"), y


def series():
    """Series of 14 steps of two numbers; the answer is the mean of the first one."""
    x = np.random.default_rng(4).normal(size=(ROWS, STEPS, 2)).astype("float32")
    x[..., 0] += np.random.default_rng(5).normal(size=(ROWS, 1))
    return x, x[..., 0].mean(axis=1)


def circles():
    """Points in the plane, inside or outside a ring: no line tells them apart."""
    x = np.random.default_rng(6).normal(size=(ROWS, 2)).astype("float32")
    return x, (np.linalg.norm(x, axis=1) > 1.15).astype("int32")


def blobs(classes=4):
    """Groups of points in ten dimensions."""
    generator = np.random.default_rng(7)
    y = generator.integers(0, classes, ROWS)
    centres = generator.normal(size=(classes, 10)) * 2
    return (centres[y] + generator.normal(size=(ROWS, 10))).astype("float32"), y


def one_hot(y):
    return keras.utils.to_categorical(y)


def several(y):
    """Several topics a row, none for some."""
    return np.stack([y % 2, y > 1, y == 3], axis=1).astype("float32")


def program(*parts, x, y, loss, optimizer=None, metrics=("accuracy",), **fit):
    shape = x.shape[1:]
    dtype = "int32" if np.issubdtype(x.dtype, np.integer) else "float32"
    model = keras.Sequential([keras.Input(shape, dtype=dtype), *parts])
    model.compile(loss=loss, optimizer=optimizer or Adam(0.01), metrics=list(metrics))
    return model, {"x": x, "y": y, "epochs": 8, "validation_split": 0.2, **fit}


def words(*parts, mask=True, classes=2, labels=None, **more):
    x, y = texts(classes)
    y = y if labels is None else labels(y)
    return program(layers.Embedding(WORDS, 8, mask_zero=mask), *parts, x=x, y=y, **more)


def dense(units, activation=None, **more):
    return layers.Dense(units, activation=activation, **more)


def lstm(units=8, **more):
    return layers.LSTM(units, **more)


def column(y):
    return y.astype("float32")[:, None]


# One label a text over an output that has kept its time axis.


def every_step_squared(bad):
    return words(
        lstm(return_sequences=bad), dense(1, "sigmoid"), labels=column, loss=MSE, mask=False
    )  # fmt: skip


def every_step_across_rows(bad):
    return words(
        layers.GRU(8, return_sequences=bad), dense(1), labels=lambda y: y * 2.0 - 1,
        loss="hinge", mask=False,
    )  # fmt: skip


def steps_as_classes(bad):
    units, act = (1, "sigmoid") if bad else (2, "softmax")
    return words(
        layers.Bidirectional(lstm(return_sequences=bad)), dense(units, act),
        labels=lambda y: y[:, None], loss=SPARSE, mask=False,
    )  # fmt: skip


def label_on_every_step(bad):
    def labels(y):
        hot = one_hot(y)
        return np.repeat(hot[:, None], STEPS, axis=1) if bad else hot

    return words(
        layers.GRU(8, return_sequences=bad), dense(3, "softmax"), classes=3, labels=labels,
        loss=CCE,
    )  # fmt: skip


# Last activation, loss and labels.


def squashed_twice(bad):
    head = (
        [dense(4, "softmax"), layers.Activation("softmax")]
        if bad
        else [dense(4, "softmax")]
    )
    return words(layers.GlobalAveragePooling1D(), *head, classes=4, loss=SPARSE)


def topics_under_softmax(bad):
    return words(
        layers.GlobalMaxPooling1D(), dense(3, "softmax" if bad else "sigmoid"), classes=4,
        labels=several, loss=BCE, metrics=("binary_accuracy",),
    )  # fmt: skip


def topics_under_categorical_loss(bad):
    return words(
        layers.GlobalMaxPooling1D(), dense(3, "sigmoid"), classes=4, labels=several,
        loss=CCE if bad else BCE, metrics=("binary_accuracy",),
    )  # fmt: skip


def topics_as_one_class(bad):
    act, loss = ("softmax", CCE) if bad else ("sigmoid", BCE)
    return words(
        lstm(), dense(3, act), classes=4, labels=several, loss=loss,
        metrics=("binary_accuracy",),
    )  # fmt: skip


def classes_from_one(bad):
    return words(
        lstm(), dense(5 if bad else 6, "softmax"), classes=5, labels=lambda y: y + 1,
        loss=SPARSE,
    )  # fmt: skip


def minus_one_and_one(bad):
    return words(
        lstm(), dense(1, "sigmoid"), labels=(lambda y: 2 * y - 1) if bad else None, loss=BCE
    )


def tanh_as_probability(bad):
    return words(
        lstm(), dense(3, "tanh" if bad else "softmax"), classes=3, labels=one_hot, loss=CCE
    )


def raw_as_probability(bad):
    loss = SPARSE if bad else keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return words(layers.GlobalMaxPooling1D(), dense(3), classes=3, loss=loss)


def probability_as_logit(bad):
    loss = keras.losses.BinaryCrossentropy(from_logits=bad)
    return words(layers.GRU(8), dense(1, "sigmoid"), loss=loss)


def one_unit_for_four(bad):
    units, act, loss = (1, "sigmoid", BCE) if bad else (4, "softmax", SPARSE)
    return words(lstm(), dense(units, act), classes=4, loss=loss)


def amounts_as_classes(bad):
    x, y = series()
    act, loss = ("sigmoid", BCE) if bad else (None, MSE)
    return program(lstm(), dense(1, act), x=x, y=y * 3 + 5, loss=loss, metrics=("mae",))


def beyond_a_sigmoid(bad):
    x, y = series()
    return program(
        lstm(), dense(1, "sigmoid" if bad else None), x=x, y=y * 3, loss=MSE, metrics=()
    )


def beyond_a_relu(bad):
    x, y = series()
    return program(
        layers.Conv1D(8, 3, activation="relu"), layers.GlobalAveragePooling1D(),
        dense(1, "relu" if bad else None), x=x, y=y, loss="mae", metrics=(),
    )  # fmt: skip


def shares_for_amounts(bad):
    x, y = series()
    many = np.stack([y, 2 * y, -y], axis=1)
    act = "softmax" if bad else None
    return program(lstm(), dense(3, act), x=x, y=many, loss=MSE, metrics=())


# Inside the model.


def dropout_on_logit(bad):
    head = [dense(1), layers.Dropout(0.5), layers.Activation("sigmoid")]
    if not bad:
        head = [layers.Dropout(0.2), dense(1), layers.Activation("sigmoid")]
    return words(lstm(), *head, loss=BCE)


def softmax_inside(bad):
    x, y = blobs()
    act = "softmax" if bad else "relu"
    return program(
        dense(64, act), dense(64, act), dense(4, "softmax"), x=x, y=y, loss=SPARSE,
        optimizer=SGD(0.02),
    )  # fmt: skip


def sigmoids_in_a_row(bad):
    x, y = blobs()
    hidden = [dense(12, "sigmoid" if bad else "relu") for _ in range(4)]
    return program(*hidden, dense(4, "softmax"), x=x, y=y, loss=SPARSE)


def no_activation(bad):
    x, y = circles()
    hidden = [dense(16, None if bad else "relu") for _ in range(2)]
    return program(*hidden, dense(1, "sigmoid"), x=x, y=y, loss=BCE)


def equal_units(bad):
    x, y = circles()
    start = "ones" if bad else "glorot_uniform"
    return program(
        dense(16, "relu", kernel_initializer=start),
        dense(1, "sigmoid", kernel_initializer=start), x=x, y=y, loss=BCE,
    )  # fmt: skip


def nothing_trained(bad):
    model, fit = words(layers.GlobalMaxPooling1D(), dense(1, "sigmoid"), loss=BCE)
    if bad:
        model.trainable = False
        model.compile(loss=BCE, optimizer="adam", metrics=["accuracy"])
    return model, fit


def dropout_too_high(bad):
    drop = [layers.Dropout(0.95 if bad else 0.1) for _ in range(2)]
    return words(lstm(), drop[0], dense(16, "relu"), drop[1], dense(1, "sigmoid"), loss=BCE)


def penalty_too_strong(bad):
    penalty = keras.regularizers.L2(3.0 if bad else 1e-4)
    return words(
        lstm(kernel_regularizer=penalty, recurrent_regularizer=penalty),
        dense(1, "sigmoid", kernel_regularizer=penalty), loss=BCE,
    )  # fmt: skip


# Training.


def rate_too_high(bad):
    return words(
        lstm(), dense(1, "sigmoid"), loss=BCE, optimizer=Adam(3.0 if bad else 0.01)
    )


def rate_too_high_dense(bad):
    x, y = circles()
    return program(
        dense(32, "relu"), dense(32, "relu"), dense(1, "sigmoid"), x=x, y=y, loss=BCE,
        optimizer=SGD(60.0 if bad else 0.3), epochs=20,
    )  # fmt: skip


def rate_too_low(bad):
    return words(
        layers.GRU(8), dense(1, "sigmoid"), loss=BCE, optimizer=Adam(1e-5 if bad else 1e-2)
    )


def start_too_large(bad):
    x, y = circles()
    start = keras.initializers.RandomNormal(stddev=8.0) if bad else "glorot_uniform"
    hidden = [dense(32, "tanh", kernel_initializer=start) for _ in range(4)]
    return program(*hidden, dense(1, "sigmoid"), x=x, y=y, loss=BCE, epochs=20)


def start_too_small(bad):
    x, y = circles()
    start = keras.initializers.RandomNormal(stddev=1e-4) if bad else "glorot_uniform"
    hidden = [dense(16, "tanh", kernel_initializer=start) for _ in range(3)]
    return program(
        *hidden, dense(1, "sigmoid"), x=x, y=y, loss=BCE, optimizer=SGD(0.5), epochs=30
    )


def by_first_word(layer, **more):
    """Texts of 12 of 60 words; the first alone tells the class, odd or even."""
    x = np.random.default_rng(8).integers(1, WORDS, (1000, 12)).astype("int32")
    return program(
        layers.Embedding(WORDS, 32), layer, dense(1, "sigmoid"),
        x=x, y=x[:, 0] % 2, loss=BCE, epochs=25, **more,
    )  # fmt: skip


def plain_descent_on_words(bad):
    return by_first_word(layers.LSTM(32), optimizer="sgd" if bad else "adam")


def adagrad_on_words(bad):
    return by_first_word(layers.GRU(32), optimizer="adagrad" if bad else "adam")


PAIRS = {
    "every_step_squared": ("WL201", every_step_squared),
    "every_step_across_rows": ("WL201", every_step_across_rows),
    "steps_as_classes": ("WL201", steps_as_classes),
    "label_on_every_step": ("WL204", label_on_every_step),
    "squashed_twice": ("WL209", squashed_twice),
    "topics_under_softmax": ("WL203", topics_under_softmax),
    "topics_under_categorical_loss": ("WL203", topics_under_categorical_loss),
    "topics_as_one_class": ("WL203", topics_as_one_class),
    "classes_from_one": ("WL203", classes_from_one),
    "minus_one_and_one": ("WL203", minus_one_and_one),
    "tanh_as_probability": ("WL203", tanh_as_probability),
    "raw_as_probability": ("WL203", raw_as_probability),
    "probability_as_logit": ("WL203", probability_as_logit),
    "one_unit_for_four": ("WL203", one_unit_for_four),
    "amounts_as_classes": ("WL203", amounts_as_classes),
    "beyond_a_sigmoid": ("WL203", beyond_a_sigmoid),
    "beyond_a_relu": ("WL203", beyond_a_relu),
    "shares_for_amounts": ("WL203", shares_for_amounts),
    "dropout_on_logit": ("WL205", dropout_on_logit),
    "softmax_inside": ("WL208", softmax_inside),
    "sigmoids_in_a_row": ("WL206", sigmoids_in_a_row),
    "no_activation": ("WL207", no_activation),
    "equal_units": ("WL215", equal_units),
    "nothing_trained": ("WL225", nothing_trained),
    "dropout_too_high": ("WL221", dropout_too_high),
    "penalty_too_strong": ("WL317", penalty_too_strong),
    "rate_too_high": ("WL310", rate_too_high),
    "rate_too_high_dense": ("WL310", rate_too_high_dense),
    "rate_too_low": ("WL311", rate_too_low),
    "start_too_large": ("WL312", start_too_large),
    "start_too_small": ("WL312", start_too_small),
    "plain_descent_on_words": ("WL326", plain_descent_on_words),
    "adagrad_on_words": ("WL326", adagrad_on_words),
}


def record(build, bad):
    """Train one half, and return the fit as whylow records it, probes and all."""
    from whylow import probes
    from whylow.capture._recorder import Recorder

    keras.utils.set_random_seed(11)
    with Recorder() as recorder:
        model, fit = build(bad)
        model.fit(**fit, verbose=0)
    live = recorder.fits[0]
    # A generous allowance, so that a busy machine records the same.
    measured = probes.measure(live, seconds=20.0)
    return live.fit.model_copy(update={"name": "fit", "probes": measured})


def main(names, pairs):
    RECORDED.mkdir(exist_ok=True)
    for name in names or pairs:
        for bad in (True, False):
            fit = record(pairs[name][1], bad)
            plain = fit.model_dump(mode="json", exclude_defaults=True)
            path = RECORDED / f"{name}-{'bad' if bad else 'good'}.json"
            path.write_text(json.dumps(plain, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:], PAIRS)
