"""Checks on live Keras models: the ordinary ones are clean, the pages' examples are not."""

import re

import keras
import numpy as np
import pytest
from keras import layers, ops

from whylow.capture._data import rows_of, summary
from whylow.capture._describe import describe_compile, describe_model
from whylow.checks import explain, run_checks, table
from whylow.records import Fit

ROWS, WIDTH, STEPS, WORDS, CLASSES = 60, 5, 7, 11, 3
random = np.random.default_rng(5)
numbers = random.normal(size=(ROWS, WIDTH)).astype("float32")
images = random.uniform(size=(ROWS, 8, 8, 1)).astype("float32")
# Two thirds of each text are padding.
texts = random.integers(1, WORDS, (ROWS, STEPS)) * (np.arange(STEPS) < 3)
series = random.normal(size=(ROWS, STEPS, WIDTH)).astype("float32")
binary = np.arange(ROWS) % 2
classes = np.arange(ROWS) % CLASSES
one_hot = keras.utils.to_categorical(classes, CLASSES)
several = random.integers(0, 2, (ROWS, CLASSES)).astype("float32")
amounts = random.normal(size=ROWS).astype("float32")


def recorded(model, x, y):
    """Record a compiled model and its data, as capture does, without training it."""
    return Fit(
        name="fit",
        model=describe_model(model),
        compile=describe_compile(model) if model.compiled else None,
        training=summary(rows_of(x, y, None, None, None, None)),
        history={"loss": (0.7, 0.6)},
    )


def stack(*parts, loss, shape=(WIDTH,), dtype="float32"):
    model = keras.Sequential([keras.Input(shape, dtype=dtype), *parts])
    model.compile(loss=loss)
    return model


def text(*parts, loss="binary_crossentropy", units=1, activation="sigmoid"):
    words = layers.Embedding(WORDS, 4, mask_zero=True)
    head = layers.Dense(units, activation=activation)
    return stack(words, *parts, head, loss=loss, shape=(STEPS,), dtype="int32")


def functional(head, loss):
    given = keras.Input((WIDTH,))
    hidden = layers.Dense(4, activation="relu")(given)
    joined = layers.concatenate([hidden, layers.Dense(4, activation="tanh")(given)])
    model = keras.Model(
        given, head(layers.Dropout(0.2)(layers.BatchNormalization()(joined)))
    )
    model.compile(loss=loss)
    return model


def transformer():
    given = keras.Input((STEPS,), dtype="int32")
    x = layers.Embedding(WORDS, 4, mask_zero=True)(given)
    x = layers.LayerNormalization()(x + layers.MultiHeadAttention(2, 2)(x, x))
    x = layers.GlobalAveragePooling1D()(x)
    model = keras.Model(given, layers.Dense(1, activation="sigmoid")(x))
    model.compile(loss="binary_crossentropy")
    return model


def autoencoder():
    return stack(
        layers.Flatten(),
        layers.Dense(4, activation="relu"),
        layers.Dense(64, activation="sigmoid"),
        layers.Reshape((8, 8, 1)),
        loss="binary_crossentropy",
        shape=(8, 8, 1),
    )


def pooled_attention(x):
    return layers.GlobalAveragePooling1D()(layers.Attention()([x, x]))


def attention_text():
    given = keras.Input((STEPS,), dtype="int32")
    x = layers.Embedding(WORDS, 4, mask_zero=True)(given)
    x = layers.Bidirectional(layers.LSTM(2, return_sequences=True))(x)
    model = keras.Model(given, layers.Dense(1, activation="sigmoid")(pooled_attention(x)))
    model.compile(loss="binary_crossentropy")
    return model


def dense(units, activation=None):
    return layers.Dense(units, activation=activation)


def conv_net():
    return stack(
        layers.Conv2D(4, 3, activation="relu"),
        layers.MaxPooling2D(),
        layers.Flatten(),
        dense(CLASSES, "softmax"),
        loss="sparse_categorical_crossentropy",
        shape=(8, 8, 1),
    )


BCE, CCE, SCE = (
    "binary_crossentropy",
    "categorical_crossentropy",
    "sparse_categorical_crossentropy",
)
losses = keras.losses
CLEAN = {
    "binary": lambda: (stack(dense(1, "sigmoid"), loss=BCE), numbers, binary),
    "binary column": lambda: (
        stack(dense(1, "sigmoid"), loss=BCE),
        numbers,
        binary[:, None],
    ),
    "binary logits": lambda: (
        stack(dense(1), loss=losses.BinaryCrossentropy(from_logits=True)),
        numbers,
        binary,
    ),
    "binary focal": lambda: (
        stack(dense(1, "sigmoid"), loss=losses.BinaryFocalCrossentropy()),
        numbers,
        binary,
    ),
    "two softmax units": lambda: (stack(dense(2, "softmax"), loss=SCE), numbers, binary),
    "one-hot": lambda: (stack(dense(CLASSES, "softmax"), loss=CCE), numbers, one_hot),
    "one-hot smoothed": lambda: (
        stack(
            dense(CLASSES, "softmax"),
            loss=losses.CategoricalCrossentropy(label_smoothing=0.1),
        ),
        numbers,
        one_hot,
    ),
    "soft labels": lambda: (
        stack(dense(CLASSES, "softmax"), loss=CCE),
        numbers,
        0.9 * one_hot + 0.1 / CLASSES,
    ),
    "one-hot logits": lambda: (
        stack(dense(CLASSES), loss=losses.CategoricalCrossentropy(from_logits=True)),
        numbers,
        one_hot,
    ),
    "sparse": lambda: (stack(dense(CLASSES, "softmax"), loss=SCE), numbers, classes),
    "sparse column": lambda: (
        stack(dense(CLASSES, "softmax"), loss=SCE),
        numbers,
        classes[:, None],
    ),
    "sparse logits": lambda: (
        stack(dense(CLASSES), loss=losses.SparseCategoricalCrossentropy(from_logits=True)),
        numbers,
        classes,
    ),
    "softmax layer": lambda: (
        stack(dense(CLASSES), layers.Softmax(), loss=SCE),
        numbers,
        classes,
    ),
    "activation layer": lambda: (
        stack(dense(1), layers.Activation("sigmoid"), loss=BCE),
        numbers,
        binary,
    ),
    "several labels": lambda: (
        stack(dense(CLASSES, "sigmoid"), loss=BCE),
        numbers,
        several,
    ),
    "one against the rest": lambda: (
        stack(dense(CLASSES, "sigmoid"), loss=BCE),
        numbers,
        one_hot,
    ),
    "brier": lambda: (stack(dense(CLASSES, "softmax"), loss="mse"), numbers, one_hot),
    "sigmoid and mse": lambda: (stack(dense(1, "sigmoid"), loss="mse"), numbers, binary),
    "hinge": lambda: (stack(dense(1, "tanh"), loss="hinge"), numbers, 2 * binary - 1),
    "regression": lambda: (stack(dense(1), loss="mse"), numbers, amounts),
    "regression column": lambda: (stack(dense(1), loss="mae"), numbers, amounts[:, None]),
    "regression, counts": lambda: (stack(dense(1), loss="mse"), numbers, classes * 7),
    "counts, poisson": lambda: (
        stack(dense(1, "exponential"), loss="poisson"),
        numbers,
        classes,
    ),
    "three targets": lambda: (stack(dense(3), loss="huber"), numbers, numbers[:, :3]),
    "functional": lambda: (functional(dense(CLASSES, "softmax"), SCE), numbers, classes),
    "functional regression": lambda: (functional(dense(1), "mse"), numbers, amounts),
    "convolutions": lambda: (conv_net(), images, classes),
    "autoencoder": lambda: (autoencoder(), images, images),
    "text, lstm": lambda: (text(layers.LSTM(2)), texts, binary),
    "text, stacked": lambda: (
        text(layers.GRU(2, return_sequences=True), layers.Bidirectional(layers.LSTM(2))),
        texts,
        binary,
    ),
    "text, pooled": lambda: (
        text(layers.LSTM(2, return_sequences=True), layers.GlobalAveragePooling1D()),
        texts,
        binary,
    ),
    "text, attention": lambda: (attention_text(), texts, binary),
    "text, transformer": lambda: (transformer(), texts, binary),
    "tagger": lambda: (
        text(
            layers.LSTM(2, return_sequences=True),
            loss=SCE,
            units=CLASSES,
            activation="softmax",
        ),
        texts,
        texts % CLASSES,
    ),
    "tagger, one-hot integers": lambda: (
        text(
            layers.LSTM(2, return_sequences=True),
            loss=CCE,
            units=CLASSES,
            activation="softmax",
        ),
        texts,
        np.eye(CLASSES, dtype="int64")[texts % CLASSES],
    ),
    "step by step": lambda: (
        text(layers.LSTM(2, return_sequences=True)),
        texts,
        (texts > 4)[..., None].astype("int64"),
    ),
    "forecast": lambda: (
        stack(layers.LSTM(2), dense(1), loss="mse", shape=(STEPS, WIDTH)),
        series,
        amounts,
    ),
    "series to series": lambda: (
        stack(
            layers.LSTM(2, return_sequences=True),
            dense(1),
            loss="mse",
            shape=(STEPS, WIDTH),
        ),
        series,
        series[..., 0],
    ),
    "own loss": lambda: (
        stack(dense(CLASSES), loss=lambda y, out: ops.mean(out)),
        numbers,
        classes,
    ),
}


@pytest.mark.parametrize("name", CLEAN)
def test_ordinary_model_is_clean(name):
    findings, not_run = run_checks([recorded(*CLEAN[name]())], ())
    assert [finding.message for finding in findings] == []
    assert not [refusal for refusal in not_run if "itself failed" in refusal.why]
    if name != "own loss":
        # Clean because it was judged, and not because it could not be.
        assert not {"WL201", "WL202", "WL203"} & {refusal.code for refusal in not_run}


# Those with rows of their own are recorded and measured in `test_checks_pages.py`.
PAGES = {check.code: explain(check.code) for check in table()}
SHOWN = [code for code, page in PAGES.items() if "```python" in page]


@pytest.mark.parametrize(
    "code", [code for code in SHOWN if code[:3] == "WL2" and ".fit(" not in PAGES[code]]
)
def test_example_of_the_page_is_flagged_and_its_remedy_is_not(code):
    bad, good = re.findall(r"```python\n(.*?)```", explain(code), flags=re.DOTALL)
    labels = binary[:, None]
    for source, expected in ((bad, True), (good, False)):
        namespace = {"keras": keras}
        exec(source, namespace)  # noqa: S102 - our own page
        model = namespace["model"]
        width = model.input_shape[1]
        x = (
            numbers[:, :width]
            if width == 4
            else np.pad(texts, ((0, 0), (0, width - STEPS)))
        )
        findings, _ = run_checks([recorded(model, x, labels)], ())
        assert (code in {finding.code for finding in findings}) is expected


class Classifier(keras.Model):
    """Calls its layers in another order than it makes them."""

    def __init__(self, last, follow=True):
        super().__init__()
        self.head = dense(1, last)
        self.first = dense(4)
        self.follow = follow

    def call(self, inputs):
        hidden = ops.relu(self.first(inputs))
        if not self.follow:  # nothing symbolic goes through NumPy
            np.asarray(hidden)
        return self.head(hidden)


def subclassed(last, **more):
    model = Classifier(last, **more)
    model.compile(loss=BCE)
    model(numbers)
    return model


def described(model):
    fit = recorded(model, numbers, binary)
    return fit.model_copy(update={"model": describe_model(model, numbers)})


def test_a_subclassed_model_is_judged_in_the_order_of_its_calls():
    fit = described(subclassed("relu"))
    kinds = [layer.class_name for layer in fit.model.layers]
    assert kinds == ["InputLayer", "Dense", "Relu", "Dense"]
    assert fit.model.ordered
    assert [found.code for found in run_checks([fit], ())[0]] == ["WL203"]
    assert not run_checks([described(subclassed("sigmoid"))], ())[0]


def test_models_that_tell_their_order_are_described_as_they_are():
    for model in (stack(dense(1), loss=BCE), functional(dense(1), BCE)):
        assert describe_model(model, numbers) == describe_model(model)


def test_describing_a_subclassed_model_leaves_nothing_on_it():
    model = subclassed("sigmoid")
    describe_model(model, numbers)
    assert not [layer for layer in model.layers if layer._inbound_nodes]
    assert model.predict(numbers, verbose=0).shape == (ROWS, 1)


def test_a_subclassed_model_that_cannot_be_followed_is_not_judged():
    """Its activations may stand in its `call`: no layer of it is called linear."""
    fit = described(subclassed("relu", follow=False))
    assert not fit.model.ordered
    findings, not_run = run_checks([fit], ())
    assert not findings
    assert {"WL203", "WL206", "WL207", "WL208"} <= {refusal.code for refusal in not_run}
