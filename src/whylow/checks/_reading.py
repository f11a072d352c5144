"""Reading records: what several checks ask of a fit."""

from __future__ import annotations

import re
from typing import Any

from whylow.checks._base import CouldNotRun
from whylow.records import Compile, Fit, Layer, Model, Split

BINARY_LOSSES = frozenset({"binary_crossentropy", "binary_focal_crossentropy"})
CATEGORICAL_LOSSES = frozenset(
    {"categorical_crossentropy", "categorical_focal_crossentropy"}
)
SPARSE_LOSSES = frozenset({"sparse_categorical_crossentropy"})
HINGE_LOSSES = frozenset({"hinge", "squared_hinge"})
# Those that compare output and target number by number, and so have a target in reach.
DISTANCE_LOSSES = frozenset(
    {
        "huber",
        "log_cosh",
        "mean_absolute_error",
        "mean_absolute_percentage_error",
        "mean_squared_error",
        "mean_squared_logarithmic_error",
    }
)
# Those that Keras 3 broadcasts in silence.
BROADCASTING_LOSSES = (
    DISTANCE_LOSSES | HINGE_LOSSES | {"cosine_similarity", "kl_divergence", "poisson"}
)
KNOWN_LOSSES = BINARY_LOSSES | CATEGORICAL_LOSSES | SPARSE_LOSSES | BROADCASTING_LOSSES

_LOSS_ALIASES = {
    "bce": "binary_crossentropy",
    "kld": "kl_divergence",
    "kullback_leibler_divergence": "kl_divergence",
    "logcosh": "log_cosh",
    "mae": "mean_absolute_error",
    "mape": "mean_absolute_percentage_error",
    "mse": "mean_squared_error",
    "msle": "mean_squared_logarithmic_error",
}

_RECURRENT = frozenset(
    {
        "LSTM",
        "GRU",
        "SimpleRNN",
        "RNN",
        "Bidirectional",
        "ConvLSTM1D",
        "CuDNNLSTM",
        "CuDNNGRU",
    }
)

# Layers that work on each time step by itself, so that the time axis comes from before.
PER_STEP = frozenset(
    {
        "Activation",
        "AlphaDropout",
        "BatchNormalization",
        "Dense",
        "Dropout",
        "ELU",
        "EinsumDense",
        "GaussianDropout",
        "GaussianNoise",
        "Identity",
        "Lambda",
        "LayerNormalization",
        "LeakyReLU",
        "PReLU",
        "RMSNormalization",
        "ReLU",
        "Softmax",
        "SpatialDropout1D",
        "TimeDistributed",
        "UnitNormalization",
    }
)


def absent(fit: Fit, what: str) -> CouldNotRun:
    """Return the refusal of a check that needs `what` ("the model")."""
    if fit.source == "log":
        return CouldNotRun(f"the log does not hold {what}")
    return CouldNotRun(f"{what} was not recorded")


def model_of(fit: Fit) -> Model:
    """Return the model, with at least one layer."""
    if fit.model is None or not fit.model.layers:
        raise absent(fit, "the model")
    return fit.model


def compile_of(fit: Fit) -> Compile:
    """Return the arguments of `compile`."""
    if fit.compile is None:
        raise absent(fit, "the loss")
    return fit.compile


def training_of(fit: Fit) -> Split:
    """Return the summary of the training rows."""
    if fit.training is None:
        raise absent(fit, "the training data")
    return fit.training


def loss_name(compiled: Compile) -> str | None:
    """Return the loss under Keras' full name in snake case; None where it has no name."""
    if compiled.loss is None:
        return None
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", compiled.loss).lower()
    return _LOSS_ALIASES.get(snake, snake)


def is_recurrent(layer: Layer) -> bool:
    """Whether the layer reads its input step by step."""
    return layer.class_name in _RECURRENT


def is_attention(layer: Layer) -> bool:
    """Whether the layer weighs time steps against each other, judged by its class name."""
    return "attention" in layer.class_name.lower()


def carries_time(layer: Layer) -> bool:
    """Whether what leaves the layer is a sequence: `(batch, time, features)`."""
    shape = layer.output_shape
    return shape is not None and len(shape) == 3 and shape[1] != 1


def inner(config: dict[str, Any]) -> dict[str, Any]:
    """Return the configuration of a wrapped layer (`TimeDistributed`), else its own."""
    wrapped = config.get("layer")
    if isinstance(wrapped, dict) and isinstance(wrapped.get("config"), dict):
        return wrapped["config"]
    return config


def class_values(split: Split) -> tuple[int, ...] | None:
    """Return the classes that occur, in order; None where labels are no classes."""
    if not split.class_counts:
        return None
    try:
        return tuple(
            sorted(int(float(key)) for key, count in split.class_counts.items() if count)
        )
    except ValueError:
        return None


def series(fit: Fit, name: str) -> tuple[float | None, ...]:
    """Return one value an epoch of a metric, `()` where it was not recorded."""
    return fit.history.get(name, ())


def validation_accuracy(fit: Fit) -> tuple[str, tuple[float | None, ...]]:
    """Return the name and the values of the validation accuracy that counts rows."""
    for name in (
        "accuracy",
        "acc",
        "binary_accuracy",
        "categorical_accuracy",
        "sparse_categorical_accuracy",
    ):
        values = series(fit, f"val_{name}")
        if values:
            return f"val_{name}", values
    raise absent(fit, "the validation accuracy")


def percent(share: float) -> str:
    """Write a share as per cent."""
    return f"{100 * share:.2f} %"
