"""More programs with one fault each, in styles that `fault_programs.py` does not use.

Subclassed and functional models, layers of a script's own, images, tables, prices over
time; made after the rules, and run blind (`docs/faults.md` has what came of it). `PAIRS` is
as there, with no code for a fault that is missed; run as a script, it writes what
`test_checks_programs.py` reads.
"""

from __future__ import annotations

import sys

import fault_programs
import keras
import numpy as np
from keras import layers, ops

Adam, SGD = keras.optimizers.Adam, keras.optimizers.SGD


def compiled(model, loss, optimizer=None, metrics=("accuracy",)):
    model.compile(loss=loss, optimizer=optimizer or Adam(0.01), metrics=list(metrics))
    return model


def held_out(x, y, share=0.2):
    """Cut the last rows off as a validation part."""
    at = int(len(x) * (1 - share))
    return (x[:at], y[:at]), (x[at:], y[at:])


def shapes(rows=360):
    """Pictures of 12 by 12 grey values up to 255: a bar, a column, a square, noise."""
    generator = np.random.default_rng(21)
    y = generator.integers(0, 4, rows)
    x = generator.integers(0, 90, (rows, 12, 12, 1)).astype("float32")
    for row, kind in enumerate(y):
        a, b = generator.integers(1, 6, 2)
        if kind == 0:
            x[row, a : a + 2, 1:11] += 150
        elif kind == 1:
            x[row, 1:11, a : a + 2] += 150
        elif kind == 2:
            x[row, a : a + 5, b : b + 5] += 150
    return x, y


def customers(rows=400):
    """Age, income, visits and two shares; whether the customer leaves."""
    generator = np.random.default_rng(22)
    age, visits = generator.uniform(18, 80, rows), generator.poisson(6, rows)
    income = generator.lognormal(10.3, 0.4, rows)
    shares = generator.uniform(size=(rows, 2))
    z = (age - 49) / 18 - (visits - 6) / 2.4 + 2 * shares[:, 0] - 1
    leaves = (z + 0.5 * generator.normal(size=rows) > 0).astype("int32")
    return np.column_stack([age, income, visits, shares]).astype("float32"), leaves


def standardised(x):
    return (x - x.mean(axis=0)) / x.std(axis=0)


def prices(rows=400, steps=16):
    """Windows of a price around 3,000; the next price."""
    generator = np.random.default_rng(23)
    seasons = 250 * np.sin(np.arange(rows + steps) / 7)
    walk = 3000 + seasons + 20 * generator.normal(size=rows + steps)
    windows = np.lib.stride_tricks.sliding_window_view(walk, steps + 1)[:rows]
    return windows[:, :-1, None].astype("float32"), windows[:, -1].astype("float32")


class Churn(keras.Model):
    """Two blocks and a head, as a class of its own."""

    def __init__(self, last):
        super().__init__()
        self.first = layers.Dense(24, activation="relu")
        self.drop = layers.Dropout(0.1)
        self.second = layers.Dense(12, activation="relu")
        self.head = layers.Dense(1, activation=last)

    def call(self, inputs, training=None):
        hidden = self.drop(self.first(inputs), training=training)
        return self.head(self.second(hidden))


def subclassed_with_relu_at_the_end(bad):
    x, y = customers()
    model = compiled(Churn("relu" if bad else "sigmoid"), "binary_crossentropy")
    return model, {"x": standardised(x), "y": y, "epochs": 10, "validation_split": 0.2}


def grey_values_as_they_are(bad):
    x, y = shapes()
    pixels = keras.Input((12, 12, 1))
    hidden = pixels if bad else layers.Rescaling(1 / 255)(pixels)
    hidden = layers.Conv2D(8, 3, activation="relu")(hidden)
    hidden = layers.Conv2D(8, 3, activation="relu")(layers.MaxPooling2D()(hidden))
    hidden = layers.Dense(24, activation="relu")(layers.Flatten()(hidden))
    model = keras.Model(pixels, layers.Dense(4, activation="softmax")(hidden))
    compiled(model, "sparse_categorical_crossentropy", SGD(0.05, momentum=0.9))
    return model, {"x": x, "y": y, "epochs": 15, "validation_split": 0.2}


def prices_as_targets(bad):
    x, y = prices()
    mean, std = x.mean(), x.std()
    model = keras.Sequential([keras.Input((16, 1)), layers.LSTM(12), layers.Dense(1)])
    compiled(model, "mean_squared_error", metrics=["mae"])
    y = y if bad else (y - mean) / std
    return model, {
        "x": (x - mean) / std, "y": y, "epochs": 12, "shuffle": False,
        "validation_split": 0.2,
    }  # fmt: skip


def rows_shuffled_without_their_labels(bad):
    x, y = fault_programs.texts(3)
    order = np.random.default_rng(24).permutation(len(x))
    x, y = x[order], y if bad else y[order]
    words = keras.Input((x.shape[1],), dtype="int32")
    states = layers.Embedding(60, 8, mask_zero=True)(words)
    states = layers.Bidirectional(layers.GRU(8))(states)
    model = keras.Model(words, layers.Dense(3, activation="softmax")(states))
    compiled(model, "sparse_categorical_crossentropy", Adam(0.02))
    (x, y), rest = held_out(x, y)
    return model, {"x": x, "y": y, "epochs": 8, "validation_data": rest}


def sigmoid_autoencoder_of_standardised_numbers(bad):
    generator = np.random.default_rng(25)
    factors = generator.normal(size=(400, 3))
    x = factors @ generator.normal(size=(3, 12)) + 0.1 * generator.normal(size=(400, 12))
    x = standardised(x).astype("float32")
    given = keras.Input((12,))
    code = layers.Dense(4, name="code")(layers.Dense(10, activation="relu")(given))
    back = layers.Dense(10, activation="relu")(code)
    back = layers.Dense(12, activation="sigmoid" if bad else None)(back)
    model = compiled(keras.Model(given, back), "mse", metrics=[])
    return model, {"x": x, "y": x, "epochs": 15, "validation_split": 0.2}


def categories_as_numbers(bad):
    generator = np.random.default_rng(26)
    shops, sizes = generator.integers(0, 40, 600), generator.uniform(0, 1, (600, 2))
    effect = generator.normal(size=40) * 2
    y = (effect[shops] + sizes[:, 0] + 0.2 * generator.normal(size=600)).astype("float32")
    shop, size = keras.Input((1,), name="shop"), keras.Input((2,), name="size")
    coded = shop if bad else layers.Flatten()(layers.Embedding(40, 4)(shop))
    hidden = layers.concatenate([coded, size])
    hidden = layers.Dense(32, activation="relu")(hidden)
    model = keras.Model([shop, size], layers.Dense(1)(hidden))
    compiled(model, "mse", Adam(0.02), metrics=["mae"])
    x = {"shop": shops[:, None].astype("float32"), "size": sizes.astype("float32")}
    return model, {"x": x, "y": y, "epochs": 30, "validation_split": 0.2}


def raw_scores_for_a_probability_loss(bad):
    x, y = shapes()
    pixels = keras.Input((12, 12, 1))
    hidden = layers.Rescaling(1 / 255)(pixels)
    for filters in (8, 16):
        hidden = layers.Conv2D(filters, 3, padding="same", use_bias=False)(hidden)
        hidden = layers.Activation("relu")(layers.BatchNormalization()(hidden))
        hidden = layers.MaxPooling2D()(hidden)
    scores = layers.Dense(4, name="scores")(layers.GlobalAveragePooling2D()(hidden))
    model = keras.Model(pixels, scores)
    loss = keras.losses.CategoricalCrossentropy(from_logits=not bad)
    compiled(model, loss, Adam(0.02))
    y = keras.utils.to_categorical(y)
    return model, {"x": x, "y": y, "epochs": 10, "validation_split": 0.2}


def validation_rows_left_as_they_were(bad):
    x, y = customers()
    (x, y), (x_test, y_test) = held_out(x, y)
    mean, std = x.mean(axis=0), x.std(axis=0)
    test = x_test if bad else (x_test - mean) / std
    model = compiled(Churn("sigmoid"), "binary_crossentropy")
    return model, {
        "x": (x - mean) / std, "y": y, "epochs": 10, "validation_data": (test, y_test),
    }  # fmt: skip


def loss_of_its_own_over_time(bad):
    """Labels `(N,)` against an output `(N, T, 1)`: NumPy's rules make `(N, T, N)` of it."""

    def distance(known, given):
        return ops.mean(ops.square(known - given))

    x, y = fault_programs.series()
    steps = keras.Input(x.shape[1:])
    states = layers.LSTM(8, return_sequences=bad)(steps)
    model = keras.Model(steps, layers.Dense(1)(states))
    compiled(model, distance, Adam(0.02), metrics=[])
    return model, {"x": x, "y": y, "epochs": 12, "validation_split": 0.2}


def steps_far_too_long_for_adam(bad):
    x, y = shapes()
    model = keras.Sequential(
        [
            keras.Input((12, 12, 1)), layers.Rescaling(1 / 255),
            layers.Conv2D(8, 3, activation="relu"), layers.MaxPooling2D(),
            layers.Flatten(), layers.Dense(24, activation="relu"),
            layers.Dense(4, activation="softmax"),
        ]
    )  # fmt: skip
    rate = Adam(1.0 if bad else 0.005)
    compiled(model, "sparse_categorical_crossentropy", rate)
    return model, {"x": x, "y": y, "epochs": 8, "validation_split": 0.2}


def rare_rows_copied_before_the_split(bad):
    """Rows of the rare class are drawn again until both are equally frequent."""
    generator = np.random.default_rng(27)
    x = generator.normal(size=(500, 6)).astype("float32")
    y = (x[:, 0] + generator.normal(size=500) > 2).astype("int32")

    def balanced(x, y):
        rare = np.flatnonzero(y == 1)
        more = generator.choice(rare, (y == 0).sum() - len(rare))
        order = generator.permutation(len(y) + len(more))
        return np.concatenate([x, x[more]])[order], np.concatenate([y, y[more]])[order]

    if bad:
        (x, y), rest = held_out(*balanced(x, y), share=0.3)
    else:
        (x, y), rest = held_out(x, y, share=0.3)
        x, y = balanced(x, y)
    model = compiled(Churn("sigmoid"), "binary_crossentropy")
    return model, {"x": x, "y": y, "epochs": 15, "validation_data": rest}


def words_beyond_the_vocabulary(bad):
    x, y = fault_programs.texts(2)
    words = keras.Input((x.shape[1],), dtype="int32")
    # The words that decide have the highest ids.
    x = np.where(x > 0, 60 - x, 0).astype("int32")
    states = layers.Embedding(40 if bad else 60, 8, mask_zero=True)(words)
    states = layers.GlobalAveragePooling1D()(states)
    model = keras.Model(words, layers.Dense(1, activation="sigmoid")(states))
    compiled(model, "binary_crossentropy", Adam(0.05))
    return model, {"x": x, "y": y, "epochs": 10, "validation_split": 0.2}


PAIRS = {
    "subclassed_with_relu_at_the_end": ("WL203", subclassed_with_relu_at_the_end),
    "grey_values_as_they_are": ("WL105", grey_values_as_they_are),
    "prices_as_targets": ("WL106", prices_as_targets),
    "rows_shuffled_without_their_labels": ("WL117", rows_shuffled_without_their_labels),
    "sigmoid_autoencoder": ("WL203", sigmoid_autoencoder_of_standardised_numbers),
    "categories_as_numbers": (None, categories_as_numbers),
    "raw_scores_for_a_probability_loss": ("WL203", raw_scores_for_a_probability_loss),
    "validation_rows_left_as_they_were": ("WL110", validation_rows_left_as_they_were),
    "loss_of_its_own_over_time": ("WL226", loss_of_its_own_over_time),
    "steps_far_too_long_for_adam": ("WL310", steps_far_too_long_for_adam),
    "rare_rows_copied_before_the_split": ("WL113", rare_rows_copied_before_the_split),
    "words_beyond_the_vocabulary": ("WL124", words_beyond_the_vocabulary),
}


if __name__ == "__main__":
    fault_programs.main(sys.argv[1:], PAIRS)
