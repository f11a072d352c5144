"""Layers as code writes them → layers as records, with the shapes that follow from it."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from typing import Any

from whylow.capture.logs._calls import last_name, plain
from whylow.records import Layer

Shape = tuple[int | None, ...]

_POSITIONS = {
    "Activation": ("activation",),
    "Bidirectional": ("layer",),
    "Conv1D": ("filters", "kernel_size"),
    "Dense": ("units", "activation"),
    "Dropout": ("rate",),
    "Embedding": ("input_dim", "output_dim"),
    "GRU": ("units", "activation"),
    "Input": ("shape",),
    "InputLayer": ("input_shape",),
    "LSTM": ("units", "activation"),
    "RepeatVector": ("n",),
    "SimpleRNN": ("units", "activation"),
    "TimeDistributed": ("layer",),
}
_RECURRENT = {"LSTM", "GRU", "SimpleRNN", "CuDNNLSTM", "CuDNNGRU", "RNN"}
_SAME = {
    "Activation", "ActivityRegularization", "AlphaDropout", "BatchNormalization", "Dropout",
    "ELU", "GaussianDropout", "GaussianNoise", "LayerNormalization", "LeakyReLU", "Masking",
    "PReLU", "ReLU", "SeqSelfAttention", "ScaledDotProductAttention", "Softmax",
    "SpatialDropout1D",
}  # fmt: skip
_POOLING = re.compile(r"Global(?:Average|Avg|Max)Pool(?:ing)?1D|SeqWeightedAttention")
_SHORTER = re.compile(r"(?:Max|Average|Avg)Pool(?:ing)?1D|Cropping1D|ZeroPadding1D")


def layer_from(node: ast.AST, known: Mapping[str, Any], number: int) -> Layer | None:
    """Return the layer that a call makes; `None` where it is no call of a class."""
    if not isinstance(node, ast.Call):
        return None
    name = last_name(node.func)
    if name is None or not name[0].isupper():
        return None
    config = _config(name, node, known)
    given = config.get("name")
    label = given if isinstance(given, str) else f"{_snake(name)}_{number}"
    return Layer(name=label, class_name=name, config=config)


def with_shapes(layers: Sequence[Layer]) -> tuple[Layer, ...]:
    """Return the layers of a chain with the output shape of each, as far as it is sure."""
    shape: Shape | None = None
    shaped = []
    for layer in layers:
        before, shape = shape, _shape_after(layer, shape)
        shaped.append(
            layer.model_copy(update={"input_shape": before, "output_shape": shape})
        )
    return tuple(shaped)


def _config(name: str, node: ast.Call, known: Mapping[str, Any]) -> dict[str, Any]:
    arguments = dict(zip(_POSITIONS.get(name, ()), node.args, strict=False))
    arguments |= {word.arg: word.value for word in node.keywords if word.arg}
    config: dict[str, Any] = {}
    for key, expression in arguments.items():
        inner = layer_from(expression, known, 0) if key == "layer" else None
        if inner is not None:
            config[key] = {"class_name": inner.class_name, "config": inner.config}
            continue
        value = plain(expression, known)
        if value is None and key == "activation":
            value = last_name(expression)
        if value is not None:
            config[key] = value
    return config


def _shape_after(layer: Layer, shape: Shape | None) -> Shape | None:
    name, config = layer.class_name, layer.config
    start = config.get("shape", config.get("input_shape", config.get("batch_input_shape")))
    if isinstance(start, int):
        start = (start,)
    if isinstance(start, tuple) and (name in ("Input", "InputLayer") or shape is None):
        sizes = tuple(size if isinstance(size, int) else None for size in start)
        shape = sizes if "batch_input_shape" in config else (None, *sizes)
    if name in ("Input", "InputLayer"):
        return shape
    if name == "Embedding":
        length = shape[1] if shape and len(shape) == 2 else config.get("input_length")
        return (None, _size(length), _size(config.get("output_dim")))
    if shape is None:
        return (None, _size(config.get("units"))) if _starts_flat(name, config) else None
    return _shape_of_known(name, config, shape)


def _shape_of_known(name: str, config: Mapping[str, Any], shape: Shape) -> Shape | None:
    if name in _SAME:
        return shape
    if name == "Dense":
        return (*shape[:-1], _size(config.get("units")))
    inner, inner_config = _inner(config)
    if name == "TimeDistributed" and inner == "Dense":
        return (*shape[:-1], _size(inner_config.get("units")))
    if name in _RECURRENT or (name == "Bidirectional" and inner in _RECURRENT):
        return _recurrent(
            name, config if name in _RECURRENT else inner_config, shape, config
        )
    if len(shape) == 3 and _POOLING.fullmatch(name):
        return (None, shape[-1])
    if len(shape) == 3 and name == "Conv1D":
        return (None, None, _size(config.get("filters")))
    if len(shape) == 3 and _SHORTER.fullmatch(name):
        return (None, None, shape[-1])
    if name == "Flatten":
        whole = [size for size in shape[1:] if size is not None]
        return (None, whole[0] if len(whole) == len(shape) - 1 == 1 else None)
    if name == "RepeatVector":
        return (None, _size(config.get("n")), shape[-1])
    return None


def _recurrent(
    name: str, config: Mapping[str, Any], shape: Shape, outer: Mapping[str, Any]
) -> Shape | None:
    units = _size(config.get("units"))
    if name == "Bidirectional" and outer.get("merge_mode", "concat") == "concat" and units:
        units *= 2
    if config.get("return_state"):
        return None
    time = shape[1] if len(shape) == 3 else None
    return (None, time, units) if config.get("return_sequences") else (None, units)


def _starts_flat(name: str, config: Mapping[str, Any]) -> bool:
    return name == "Dense" and "input_dim" in config


def _inner(config: Mapping[str, Any]) -> tuple[str | None, Mapping[str, Any]]:
    wrapped = config.get("layer")
    if isinstance(wrapped, dict):
        return wrapped.get("class_name"), wrapped.get("config", {})
    return None, {}


def _size(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
