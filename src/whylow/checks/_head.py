"""The end of a model, and the labels it is held against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from whylow.checks._base import CouldNotRun
from whylow.checks._reading import class_values, inner
from whylow.records import Layer, Model, Split

# Layers that keep the range of what goes through them.
_PASSING = frozenset(
    {
        "Dropout",
        "SpatialDropout1D",
        "Flatten",
        "Identity",
        "Permute",
        "RepeatVector",
        "Reshape",
        "GlobalAveragePooling1D",
        "GlobalMaxPooling1D",
        "AveragePooling1D",
        "MaxPooling1D",
        "GlobalAveragePooling2D",
        "GlobalMaxPooling2D",
    }
)
# Layers and operations that are nothing but an activation function.
_ACTIVATION_LAYERS = {
    "ELU": "elu",
    "LeakyReLU": "leaky_relu",
    "PReLU": "prelu",
    "ReLU": "relu",
    "Relu": "relu",
    "Sigmoid": "sigmoid",
    "Softmax": "softmax",
    "Tanh": "tanh",
}
# Layers whose `activation` is the last thing that happens to their output.
_WITH_ACTIVATION = frozenset(
    {
        "Activation",
        "Conv1D",
        "Conv2D",
        "Conv3D",
        "Dense",
        "EinsumDense",
        "GRU",
        "LSTM",
        "SimpleRNN",
    }
)
_ORDERED_MODELS = frozenset({"Functional", "Model", "Sequential"})


@dataclass(frozen=True)
class Head:
    """What a model's output goes through last.

    Args:
        layer: Name of the layer that sets the range of the output.
        units: Length of the output's last axis.
        activation: Keras' name of the activation, None where it cannot be told.
        leading: Axes of one row's output before the last one, time for instance.

    """

    layer: str
    units: int
    activation: str | None
    leading: tuple[int | None, ...]


LabelKind = Literal["class-numbers", "one-hot", "vectors", "numbers", "unknown"]


@dataclass(frozen=True)
class Labels:
    """How the labels are written, one output vector at a time.

    Args:
        kind: Class numbers, one-hot vectors, other vectors, other single numbers, or
            nothing that goes with the output.
        width: Numbers for each output vector, 0 where they do not go together.
        values: The classes that occur, in order; `()` where labels are no classes.
        whole: Whether the numbers are stored as integers.
        several: Whether they are zeros and ones, of which several may be 1.
        low, high: The lowest and the highest number, None where that is not known.

    """

    kind: LabelKind
    width: int
    values: tuple[int, ...]
    whole: bool
    several: bool = False
    low: float | None = None
    high: float | None = None


def in_order(model: Model) -> None:
    """Refuse a model of which the order of `layers` says nothing of what happens last.

    Raises:
        CouldNotRun: It is a subclassed model whose `call` could not be followed.

    """
    if model.class_name not in _ORDERED_MODELS and not model.ordered:
        raise CouldNotRun(f"{model.class_name} computes its output in code of its own")


def head_of(model: Model) -> Head:
    """Return the end of the model.

    Raises:
        CouldNotRun: The record does not tell what happens last, or its shape.

    """
    in_order(model)
    shape = model.output_shape
    if not shape:
        raise CouldNotRun("the model has several outputs, or their shape is not known")
    last = next(
        (layer for layer in reversed(model.layers) if layer.class_name not in _PASSING),
        model.layers[-1],
    )
    # An output without a last axis is one number a row.
    units, leading = (1, ()) if len(shape) == 1 else (shape[-1], shape[1:-1])
    if units is None:
        raise CouldNotRun("the number of output units is not known")
    return Head(
        layer=last.name,
        units=units,
        activation=_activation(last.class_name, last.config),
        leading=leading,
    )


def labels_of(split: Split, head: Head) -> Labels:
    """Return how the labels of `split` go with the output."""
    shape = split.label_shape[1:]
    values = class_values(split) or ()
    whole = split.label_dtype.startswith(("int", "uint", "bool"))
    facts = split.labels
    low, high = (None, None) if facts is None else (facts.low, facts.high)
    several = whole if facts is None else facts.kind == "several-of-many"
    if _alike(shape, head.leading) or _alike(shape, (*head.leading, 1)):
        kind = "class-numbers" if values else "numbers"
        return Labels(kind, 1, values, whole, low=low, high=high)
    if shape and _alike(shape[:-1], head.leading) and shape[-1] is not None:
        # Counts of one-hot labels are kept under the columns' numbers.
        kind = "one-hot" if values else "vectors"
        several = several and not values
        return Labels(kind, shape[-1], values, whole, several, low, high)
    return Labels("unknown", 0, values, whole)


def activation_of(layer: Layer) -> str | None:
    """Return Keras' name of the last thing that a layer does; None where it is unknown."""
    return _activation(layer.class_name, layer.config)


def _activation(class_name: str, config: dict[str, Any]) -> str | None:
    if class_name in ("TimeDistributed", "Bidirectional"):
        wrapped = config.get("layer")
        class_name = wrapped.get("class_name", "") if isinstance(wrapped, dict) else ""
        config = inner(config)
    if class_name == "Softmax" and config.get("axis", -1) != -1:
        # Over another axis than the last one a single unit is free.
        return None
    if class_name in _ACTIVATION_LAYERS:
        return _ACTIVATION_LAYERS[class_name]
    activation = config.get("activation") if class_name in _WITH_ACTIVATION else None
    if isinstance(activation, dict):
        # A layer used as an activation; a function of the script's own is not in the table.
        return _ACTIVATION_LAYERS.get(activation.get("class_name", ""))
    return activation if isinstance(activation, str) else None


def _alike(shape: tuple[int | None, ...], other: tuple[int | None, ...]) -> bool:
    return len(shape) == len(other) and all(
        a is None or b is None or a == b for a, b in zip(shape, other, strict=True)
    )
