"""A training script with planted faults, for planted_models.py.

    python benchmarks/planted_script.py RECIPES.json

The file holds `rows`, `held_out`, `seed`, `world` and `fits`: name → recipe. A recipe is
`PLAIN` of its world with some values changed. Nothing here knows of whylow.
"""

import json
import sys
from pathlib import Path

import keras
import numpy as np
from keras import layers, ops

TIME, VOCABULARY, FEATURES = 24, 61, 12

PLAIN = {
    "words": {
        "units": 12, "activation": "relu", "dropout": 0.1, "l2": 0.0, "mask": True,
        "frozen": False, "init": "glorot_uniform", "pool": "mean", "attention": None,
        "attention_activation": None, "optimizer": "adam", "rate": 0.01, "epsilon": 1e-7,
        "clipnorm": None, "epochs": 6, "batch": 32, "shuffle": True, "weight": 1.0,
        "noise": 0.0, "extra": None, "name": "hidden", "unsorted": True, "scale": 1.0,
        "hidden": None, "strength": 0.0, "embed": 8,
    },
}  # fmt: skip
PLAIN["numbers"] = PLAIN["words"] | {
    "optimizer": "sgd", "rate": 0.05, "units": 24, "epochs": 10, "mask": None,
}  # fmt: skip


# Data -----------------------------------------------------------------------------------


def texts(rows, kind, seed):
    """Return token ids, zeros in front, and labels that the words carry together."""
    meaning = np.random.default_rng([seed, 0]).normal(size=VOCABULARY)
    random = np.random.default_rng([seed, kind])
    x = random.integers(1, VOCABULARY, (rows, TIME))
    lengths = random.integers(3, 8, (rows, 1))
    x[np.arange(TIME) < TIME - lengths] = 0
    total = np.where(x > 0, meaning[x], 0).sum(1) / np.sqrt(lengths[:, 0])
    y = total + 0.35 * random.normal(size=rows) > 0
    return x.astype("int32"), y.astype("int32")


def numbers(rows, kind, seed):
    """Return features of different importance, and labels that bend with them."""
    important = np.random.default_rng([seed, 0]).normal(size=(FEATURES, 3))
    random = np.random.default_rng([seed, kind])
    x = random.normal(size=(rows, FEATURES))
    seen = x @ important / np.sqrt(FEATURES)
    y = seen[:, 0] + 0.8 * seen[:, 1] * seen[:, 2] + 0.25 * random.normal(size=rows) > 0
    return x.astype("float32"), y.astype("int32")


# What no remedy can undo, as no record holds it -----------------------------------------


def blurring(strength):
    """Return a layer class that loses detail by as much as its code says."""

    class Passing(layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.supports_masking = True

        def call(self, inputs):
            if not strength:
                return inputs
            rounded = ops.round(inputs / strength) * strength
            return inputs + ops.stop_gradient(rounded - inputs)

    return Passing


class Forgetful(layers.Layer):
    """A layer whose configuration leaves out what it was made with."""

    def __init__(self, strength=0.0, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True
        self.strength = strength

    def get_config(self):
        """Leave out the strength."""
        return super().get_config()

    def call(self, inputs):
        """Drop the first features."""
        keep = ops.arange(inputs.shape[-1]) >= self.strength * inputs.shape[-1]
        return inputs * ops.cast(keep, inputs.dtype)


class Confused(keras.Sequential):
    """A model that trains on labels, some of them the neighbour's."""

    strength = 0.0

    def train_step(self, state, data):
        """Train on one batch."""
        x, y, weight = keras.utils.unpack_x_y_sample_weight(data)
        wrong = ops.arange(y.shape[0]) < int(self.strength * y.shape[0])
        y = ops.where(wrong, ops.roll(y, 1, axis=0), y)
        return super().train_step(state, (x, y, weight))


def own_loss(strength):
    def own(y_true, y_pred):
        y_true = ops.cast(y_true, y_pred.dtype)
        mixed = (1 - strength) * y_true + strength * ops.roll(y_true, 1, axis=0)
        return keras.losses.binary_crossentropy(mixed, y_pred)

    return own


class Shaking(keras.callbacks.Callback):
    """Shakes the weights after each epoch, the last as well."""

    def __init__(self, strength):
        super().__init__()
        self.strength = strength

    def on_epoch_end(self, epoch, logs=None):
        """Shake."""
        random = np.random.default_rng(epoch)
        for weight in self.model.trainable_weights:
            spread = self.strength * random.normal(size=weight.shape)
            weight.assign(weight + spread.astype("float32"))


# Training -------------------------------------------------------------------------------


def built(name, world, recipe, hidden):
    """Build a model. A hidden fault's harmless counterpart stands in every fit."""
    strength = recipe["strength"]
    parts = []
    if world == "words":
        parts.append(keras.Input((TIME,)))
        parts.append(
            layers.Embedding(
                VOCABULARY,
                recipe["embed"],
                mask_zero=recipe["mask"],
                trainable=not recipe["frozen"],
                name="words",
            )
        )
        if recipe["attention"]:
            from keras_self_attention import SeqSelfAttention

            activation = recipe["attention_activation"]
            attend = SeqSelfAttention(attention_activation=activation, name="attend")
            parts.append(attend)
    else:
        parts.append(keras.Input((FEATURES,)))
        if recipe["scale"] != 1:
            parts.append(layers.Rescaling(recipe["scale"], name="scaling"))
    if hidden == "layer":
        parts.append(blurring(strength)(name="passing"))
    if hidden == "attribute":
        parts.append(Forgetful(strength, name="passing"))
    if world == "words" and recipe["pool"] == "mean":
        parts.append(layers.GlobalAveragePooling1D(name="pool"))
    if world == "words" and recipe["pool"] == "max":
        parts.append(layers.GlobalMaxPooling1D(name="pool"))
    if recipe["extra"]:
        parts.append(layers.Activation(recipe["extra"], name="extra"))
    parts.append(
        layers.Dense(
            recipe["units"],
            recipe["activation"],
            kernel_initializer=recipe["init"],
            kernel_regularizer=keras.regularizers.L2(recipe["l2"])
            if recipe["l2"]
            else None,
            name=recipe["name"],
        )
    )
    parts.append(layers.Dropout(recipe["dropout"], name="drop"))
    parts.append(layers.Dense(1, activation="sigmoid", name="answer"))
    if hidden == "step":
        model = Confused(parts, name=name)
        model.strength = strength
        return model
    return keras.Sequential(parts, name=name)


def compiled(model, recipe, hidden):
    kind = {
        "adam": lambda **more: keras.optimizers.Adam(epsilon=recipe["epsilon"], **more),
        "sgd": lambda **more: keras.optimizers.SGD(momentum=0.9, **more),
    }[recipe["optimizer"]]
    optimizer = kind(learning_rate=recipe["rate"], clipnorm=recipe["clipnorm"])
    loss = own_loss(recipe["strength"]) if hidden == "loss" else "binary_crossentropy"
    model.compile(loss=loss, optimizer=optimizer, metrics=["accuracy"])
    if hidden == "start" and recipe["strength"]:
        random = np.random.default_rng(1)
        for weight in model.trainable_weights[:2]:
            spread = recipe["strength"] * random.normal(size=weight.shape)
            weight.assign(weight + spread.astype("float32"))


def train(name, given, recipe):
    """Train one fit, or only record what it would be."""
    recipe = PLAIN[given["world"]] | recipe
    make = texts if given["world"] == "words" else numbers
    x, y = make(given["rows"], 1, given["seed"])
    if recipe["noise"]:
        wrong = np.random.default_rng(2).random(len(y)) < recipe["noise"]
        y = np.where(wrong, 1 - y, y)
    if not recipe["unsorted"]:
        order = np.argsort(y, kind="stable")
        x, y = x[order], y[order]
    hidden = given.get("hidden")
    model = built(name, given["world"], recipe, hidden)
    compiled(model, recipe, hidden)
    weights = None if recipe["weight"] == 1 else {0: 1.0, 1: recipe["weight"]}
    model.fit(
        x,
        y,
        validation_data=make(given["held_out"], 2, given["seed"]),
        epochs=recipe["epochs"],
        initial_epoch=recipe["epochs"] if given.get("record") else 0,
        batch_size=recipe["batch"],
        shuffle=recipe["shuffle"],
        class_weight=weights,
        callbacks=[Shaking(recipe["strength"])] if hidden == "callback" else None,
        verbose=0,
    )


def main():
    given = json.loads(Path(sys.argv[1]).read_text())
    keras.utils.set_random_seed(given["seed"])
    for name, recipe in given["fits"].items():
        train(name, given, recipe)


if __name__ == "__main__":
    main()
