"""A live model as a plain record: layers in order, compile arguments, configuration."""

from __future__ import annotations

import hashlib
import inspect
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from whylow.capture._metrics import described_metrics, unequal_metrics
from whylow.records import Compile, Layer, Model

# A configuration value longer than this (an embedding matrix, a vocabulary) is data.
_LONGEST = 64


def describe_model(model: Any, x: Any = None) -> Model:
    """Describe a built `keras.Model`.

    Args:
        model: The model.
        x: Inputs; they tell the output shape of a model that is subclassed.
    """
    import keras

    with _traced(model, x) as traced:
        return Model(
            class_name=type(model).__name__,
            backend=keras.backend.backend(),
            layers=tuple(_layer(layer) for layer in _flat(traced or model)),
            ordered=traced is not None,
            parameters=int(model.count_params()) if model.built else 0,
            output_shape=_output_shape(model, x),
        )


def describe_compile(model: Any) -> Compile:
    """Describe how a model was compiled."""
    optimizer = model.optimizer
    loss = getattr(model, "loss", None)
    metrics = described_metrics(model)
    return Compile(
        optimizer=type(optimizer).__name__ if optimizer is not None else None,
        optimizer_config=_plain(_config(optimizer)),
        loss=_loss_name(loss),
        from_logits=bool(_argument(loss, "from_logits")),
        metrics=tuple(name for name, _ in metrics),
        metric_kinds=tuple(kind for _, kind in metrics),
        unequal_metrics=unequal_metrics(model),
    )


def configuration_digest(model: Any, settings: dict[str, Any]) -> str:
    """Hash what was trained and how, names left out, data left out.

    Two fits with one digest are the same configuration trained again.
    """
    layers = [
        (layer.class_name, _nameless(layer.config))
        for layer in describe_model(model).layers
    ]
    compiled = _nameless(describe_compile(model).model_dump())
    text = json.dumps(
        [layers, compiled, settings, _wiring(model)], sort_keys=True, default=str
    )
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


@contextmanager
def _traced(model: Any, x: Any) -> Iterator[Any]:
    """Give a subclassed model as a functional one, for as long as it is described.

    Its own layers are called on symbolic inputs, which tells their order and their shapes;
    what Keras notes down on them in doing so is taken off again. None where the model
    tells its order itself, or computes with something that takes no symbolic tensors.
    """
    import keras

    tells = isinstance(model, keras.Sequential) or getattr(model, "operations", None)
    if tells or x is None or not model.built:
        yield None
        return
    layers = model._flatten_layers()
    known = [(one, len(one._inbound_nodes), len(one._outbound_nodes)) for one in layers]
    try:
        inputs = keras.tree.map_structure(
            lambda part: keras.Input(part.shape[1:], dtype=str(part.dtype)), x
        )
        try:
            functional = keras.Model(inputs, model.call(inputs))
        except Exception:  # noqa: BLE001  a person's own `call` may raise anything here
            functional = None
        yield functional
    finally:
        for layer, inbound, outbound in known:
            del layer._inbound_nodes[inbound:]
            del layer._outbound_nodes[outbound:]


def _output_shape(model: Any, x: Any) -> tuple[int | None, ...] | None:
    import keras

    known = _shape(getattr(model, "output_shape", None))
    if known is not None or x is None:
        return known
    inputs = keras.tree.map_structure(
        lambda part: keras.KerasTensor((None, *part.shape[1:]), dtype=str(part.dtype)), x
    )
    try:
        return _shape(getattr(model.compute_output_spec(inputs), "shape", None))
    except Exception:  # noqa: BLE001  a person's own `call` may raise anything here
        return None


def _flat(model: Any) -> list[Any]:
    """List the layers, those of nested models in their place.

    A functional model's operations too: `keras.ops.sigmoid` may be what ends it.
    """
    layers = []
    for layer in getattr(model, "operations", None) or getattr(model, "layers", ()):
        nested = getattr(layer, "layers", None) if _is_model(layer) else None
        layers.extend(_flat(layer) if nested else [layer])
    # What a symbolic tensor goes through on its way into a layer changes nothing.
    return [layer for layer in layers if type(layer).__name__ != "ConvertToTensor"]


def _is_model(layer: Any) -> bool:
    import keras

    return isinstance(layer, keras.Model)


def _layer(layer: Any) -> Layer:
    try:
        parameters = int(layer.count_params())
    except (ValueError, AttributeError):  # never built, or an operation
        parameters = 0
    return Layer(
        name=layer.name,
        class_name=type(layer).__name__,
        config=_plain(_config(layer)),
        input_shape=_tensor_shape(layer, "input"),
        output_shape=_tensor_shape(layer, "output"),
        parameters=parameters,
        masked=_masked(layer),
    )


def _tensor_shape(layer: Any, side: str) -> tuple[int | None, ...] | None:
    # Only layers called on symbolic tensors know their shapes; shared ones know several.
    try:
        tensor = getattr(layer, side)
    except (AttributeError, ValueError):
        return None
    # A mask that came with the input stands behind it in a list.
    first = tensor[0] if isinstance(tensor, list) and tensor else tensor
    return _shape(getattr(first, "shape", None))


def _masked(layer: Any) -> bool | None:
    # Asked of Keras: where a mask stands has changed between its versions.
    from keras.src.backend import get_keras_mask

    try:
        output = layer.output
    except (AttributeError, ValueError):
        return None
    return get_keras_mask(output) is not None


def _shape(shape: Any) -> tuple[int | None, ...] | None:
    if not isinstance(shape, tuple) or not all(
        isinstance(d, (int, type(None))) for d in shape
    ):
        return None
    return shape


def _config(thing: Any) -> dict[str, Any]:
    try:
        return dict(thing.get_config())
    except Exception:  # noqa: BLE001  a person's own class may raise anything here
        return {}


def _plain(value: Any) -> Any:
    """Reduce a configuration to what JSON holds, long lists to their length."""
    if isinstance(value, dict):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return (
            [_plain(part) for part in value]
            if len(value) <= _LONGEST
            else f"{len(value)} items"
        )
    if isinstance(value, float):
        return value if abs(value) < float("inf") else str(value)
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if callable(value):
        return getattr(value, "__name__", type(value).__name__)
    return f"<{type(value).__name__}>"


def _nameless(config: Any) -> Any:
    if isinstance(config, dict):
        # A name alone is no label but the value: {"name": "float16"} of a dtype policy.
        dropped = ("name", "build_config") if len(config) > 1 else ()
        return {k: _nameless(v) for k, v in config.items() if k not in dropped}
    if isinstance(config, list):
        return [_nameless(part) for part in config]
    return config


def _wiring(model: Any) -> list[Any]:
    """Say how the layers hang together: which feeds which, or a model's source."""
    if getattr(model, "_functional", None) is not None or hasattr(model, "operations"):
        layers = _flat(model)
        place = {id(layer): number for number, layer in enumerate(layers)}
        return [
            [
                place.get(id(tensor._keras_history.operation))
                for tensor in node.input_tensors
            ]
            for layer in layers
            for node in layer._inbound_nodes
        ]
    try:
        return [inspect.getsource(type(model))]
    except (OSError, TypeError):
        return [type(model).__qualname__]


def _loss_name(loss: Any) -> str | None:
    if loss is None or isinstance(loss, str):
        return loss and _ALIASES.get(loss, loss)
    if isinstance(loss, (list, tuple, dict)):
        parts = list(loss.values()) if isinstance(loss, dict) else list(loss)
        return _loss_name(parts[0]) if len(parts) == 1 else None
    name = getattr(loss, "__name__", None) or _snake(type(loss).__name__)
    return _ALIASES.get(name, name)


_ALIASES = {
    "bce": "binary_crossentropy",
    "mse": "mean_squared_error",
    "mae": "mean_absolute_error",
}


def _argument(thing: Any, name: str) -> Any:
    config = _config(thing) if hasattr(thing, "get_config") else {}
    return config.get(name, config.get("fn_kwargs", {}).get(name) if config else None)


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
