"""What goes through each layer: activations, gradients, masks, at the start and the end.

One compiled program serves both: the model's own loss on one batch in training mode,
differentiated, while every listed layer tells what leaves it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from whylow import keras2
from whylow.live import Drawn, LiveFit, Rows
from whylow.probes._facts import leaves, spaced
from whylow.probes._state import State
from whylow.records import LayerProbe

MOST_ROWS = 128
# Bounded activations: lower end, upper end. Within a hundredth of the span is "at the end".
_BOUNDED = {"sigmoid": (0.0, 1.0), "hard_sigmoid": (0.0, 1.0), "tanh": (-1.0, 1.0)}
_NEAR = 0.01


@dataclass(frozen=True)
class Traced:
    """What one pass over a batch told: per layer, per trainable weight, and the loss."""

    layers: dict[str, dict[str, float]]
    gradients: list[float]
    loss: float | None
    masked: tuple[str, ...]


class Tracer:
    """Traces one fit at any weights.

    Args:
        live: The fit, on JAX.
        rows: Its training rows.
    """

    def __init__(self, live: LiveFit, rows: Rows) -> None:
        import jax
        import jax.numpy as jnp

        self._live = live
        self._watched = {id(layer): layer for layer in listed(live.model)}
        self._masked: set[str] = set()
        count = len(leaves(rows.x)[0])
        picked = spaced(count, max(min(MOST_ROWS, count), 1))
        parts = (rows.x, rows.y, rows.sample_weight)
        self._batch = jax.tree.map(lambda part: jnp.asarray(part[picked]), parts)
        self._program: Any = None

    def __call__(self, state: State) -> Traced:
        import jax

        model = self._live.model
        metrics = [np.array(variable.value) for variable in model.metrics_variables]
        args = (state.trainable, state.frozen, metrics, state.optimizer, *self._batch)
        if self._program is None:
            with keras2.emulated(model):
                options: Any = {"xla_backend_optimization_level": "0"}
                self._program = (
                    jax.jit(self._traced).lower(*args).compile(compiler_options=options)
                )
        loss, told, gradients = jax.tree.map(np.asarray, self._program(*args))
        return Traced(
            layers={
                name: {k: float(v) for k, v in of.items()} for name, of in told.items()
            },
            gradients=[float(gradient) for gradient in gradients],
            loss=float(loss) if np.isfinite(loss) else None,
            masked=tuple(sorted(self._masked)),
        )

    def _traced(
        self,
        trainable: Any,
        frozen: Any,
        metrics: Any,
        optimizer: Any,
        x: Any,
        y: Any,
        weight: Any,
    ) -> Any:
        import jax
        import jax.numpy as jnp

        def loss_and_told(weights: Any) -> Any:
            told: dict[str, Any] = {}
            with _listening(self._watched, told, self._masked):
                loss, _ = self._live.model.compute_loss_and_updates(
                    weights, frozen, metrics, x, y, weight,
                    training=True, optimizer_variables=optimizer,
                )  # fmt: skip
            return loss, told

        (loss, told), gradients = jax.value_and_grad(loss_and_told, has_aux=True)(trainable)
        sizes = [jnp.sqrt(jnp.mean(jnp.square(gradient))) for gradient in gradients]
        return loss, told, sizes


def layer_probes(
    live: LiveFit, start: State, end: State, before: Traced | None, after: Traced | None
) -> tuple[LayerProbe, ...]:
    """Sum up each listed layer; what was not traced stays null."""
    place = {id(v): number for number, v in enumerate(live.model.trainable_variables)}
    return tuple(
        _one(live, layer, place, start, end, before, after) for layer in listed(live.model)
    )


def listed(model: Any) -> list[Any]:
    """Return the layers of a model, those of nested models in their place."""
    import keras

    found: list[Any] = []
    for layer in model.layers:
        nested = isinstance(layer, keras.Model) and getattr(layer, "layers", None)
        found.extend(listed(layer) if nested else [layer])
    return list({id(layer): layer for layer in found}.values())


def _one(
    live: LiveFit,
    layer: Any,
    place: dict[int, int],
    start: State,
    end: State,
    before: Traced | None,
    after: Traced | None,
) -> LayerProbe:
    numbers = [place[id(v)] for v in layer.trainable_variables if id(v) in place]
    kernels = [n for n in numbers if start.trainable[n].ndim > 1]
    found: dict[str, Any] = {"name": layer.name, "class_name": type(layer).__name__}
    for when, traced in (("start", before), ("end", after)):
        told = {} if traced is None else traced.layers.get(layer.name, {})
        for key, value in told.items():
            found[f"{key}_{when}"] = _finite(value)
        if traced is not None and numbers:
            found[f"gradient_{when}"] = _finite(
                float(np.sqrt(np.mean([traced.gradients[n] ** 2 for n in numbers])))
            )
    all_kernels = [v for v in layer.variables if len(v.shape) > 1]
    if all_kernels:
        hows = [live.start.get(id(v)) for v in all_kernels]
        found["drawn"] = all(isinstance(how, Drawn) and _random(how) for how in hows)
    if kernels:
        largest = max(kernels, key=lambda n: start.trainable[n].size)
        first, last = start.trainable[largest], end.trainable[largest]
        length = float(np.linalg.norm(first))
        found |= {
            "weight_start": _finite(float(np.sqrt(np.mean(np.square(first))))),
            "weight_end": _finite(float(np.sqrt(np.mean(np.square(last))))),
            "moved": _finite(float(np.linalg.norm(last - first)) / length)
            if length
            else None,
            "alike_start": _alike(first),
            "alike_end": _alike(last),
            "equal_kernels": _equal(live, kernels, start),
        }
    return LayerProbe(trainable=bool(numbers), **found)


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _alike(kernel: np.ndarray) -> bool:
    """Whether all units (the last axis) have the same weights."""
    flat = kernel.reshape(-1, kernel.shape[-1])
    return flat.shape[1] > 1 and bool(np.allclose(flat, flat[:, :1], rtol=1e-4, atol=1e-7))


def _equal(live: LiveFit, kernels: list[int], start: State) -> tuple[str, ...]:
    """Name kernels of one layer that hold the same numbers, which are not all alike."""
    variables = live.model.trainable_variables
    for place, one in enumerate(kernels):
        first = start.trainable[one]
        same = [n for n in kernels[place:] if np.array_equal(start.trainable[n], first)]
        if len(same) > 1 and np.ptp(first) > 0:
            return tuple("/".join(variables[n].path.split("/")[-2:]) for n in same)
    return ()


def _random(how: Drawn) -> bool:
    return "seed" in getattr(how.initializer, "get_config", dict)()


@contextmanager
def _listening(
    watched: dict[int, Any], told: dict[str, Any], masked: set[str]
) -> Iterator[None]:
    import keras
    from keras.src.backend import get_keras_mask

    original = keras.layers.Layer.__call__

    def call(layer: Any, *args: Any, **kwargs: Any) -> Any:
        output = original(layer, *args, **kwargs)
        if id(layer) in watched and hasattr(output, "ndim"):
            told[layer.name] = _told(layer, output)
            if get_keras_mask(output) is not None:
                masked.add(layer.name)
        return output

    keras.layers.Layer.__call__ = call  # type: ignore[method-assign]
    try:
        yield
    finally:
        keras.layers.Layer.__call__ = original  # type: ignore[method-assign]


def _told(layer: Any, output: Any) -> dict[str, Any]:
    import jax.numpy as jnp

    if not jnp.issubdtype(output.dtype, jnp.floating):
        return {}
    told = {"activation_std": jnp.std(output)}
    name = activation_name(layer)
    if name == "relu" and output.ndim > 1:
        # For a convolution a unit is a channel: zero at every place of every row.
        axes = tuple(range(output.ndim - 1))
        told["dead"] = jnp.mean(jnp.all(output == 0, axis=axes).astype("float32"))
    if name in _BOUNDED:
        low, high = _BOUNDED[name]
        near = _NEAR * (high - low)
        ends = (output < low + near) | (output > high - near)
        told["saturated"] = jnp.mean(ends.astype("float32"))
    return told


def activation_name(layer: Any) -> str | None:
    """Return the name of a layer's activation; recurrent ones keep theirs to themselves."""
    if type(layer).__name__ in ("LSTM", "GRU", "SimpleRNN", "Bidirectional"):
        return None
    if type(layer).__name__ == "ReLU":
        return "relu"
    return getattr(getattr(layer, "activation", None), "__name__", None)
