"""The attention weights of a trained model, without building it anew."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from whylow.layers._ops import ops

KERAS_OWN = (
    keras.layers.Attention,
    keras.layers.AdditiveAttention,
    keras.layers.MultiHeadAttention,
    keras.layers.GroupQueryAttention,
)


@dataclass(frozen=True, kw_only=True)
class AttentionWeights:
    """What one attention layer did with the texts it was given.

    Args:
        values: Float array `(B, …, S)`, the last axis over the positions attended to:
            `(B, T, S)` for self-attention, `(B, heads, T, S)` with heads, `(B, S)` or
            `(B, heads, S)` for attention that pools.
        real: Boolean array `(B, S)`, `True` where a position is no padding; `None` where
            that is not known.
        pools: The layer pools: its rows are heads and no positions.

    """

    values: np.ndarray
    real: np.ndarray | None = None
    pools: bool = False

    @property
    def on_padding(self) -> float | None:
        """Share of the weight that lies on padding, mean over rows; should be zero."""
        if self.real is None:
            return None
        shares = self._share(~self.real)
        return float(shares[self._rows()].mean()) if self._rows().any() else None

    @property
    def relative_entropy(self) -> float | None:
        """Entropy of a row over the logarithm of the text's length, mean over rows.

        One is uniform attention, zero all weight on one position. Texts of a single
        position are left out.
        """
        lengths = np.full(len(self.values), self.values.shape[-1])
        if self.real is not None:
            lengths = self.real.sum(axis=1)
        positive = np.where(self.values > 0, self.values, 1.0)
        entropy = -(positive * np.log(positive)).sum(axis=-1)
        span = np.log(np.maximum(lengths, 2)).reshape(-1, *[1] * (entropy.ndim - 1))
        rows = self._rows() & (lengths > 1).reshape(span.shape)
        # Rounding may leave uniform weights a hair above one.
        return min(1.0, float((entropy / span)[rows].mean())) if rows.any() else None

    def by_position(self) -> np.ndarray:
        """Return the weight that each position receives, mean over rows, `(B, S)`."""
        rows = self._rows()
        axes = tuple(range(1, self.values.ndim - 1))
        total = (self.values * rows[..., None]).sum(axis=axes)
        return total / np.maximum(rows.sum(axis=axes), 1).reshape(-1, 1)

    def _share(self, positions: np.ndarray) -> np.ndarray:
        shape = (len(positions), *[1] * (self.values.ndim - 2), positions.shape[-1])
        return (self.values * positions.reshape(shape)).sum(axis=-1)

    def _rows(self) -> np.ndarray:
        """Return which rows count: queries that are no padding and attend to something."""
        rows = self.values.sum(axis=-1) > 0
        square = self.values.ndim > 2 and self.values.shape[-2] == self.values.shape[-1]
        if self.real is None or self.pools or not square:
            return rows
        return rows & self.real.reshape(len(rows), *[1] * (rows.ndim - 2), -1)


def attention_weights(
    model: keras.Model, inputs: Any, *, real: Any = None, batch_size: int = 64
) -> dict[str, AttentionWeights]:
    """Return the weights of every attention layer of a model, ours and Keras' own.

    The model is run as it is, on the inputs, and is the same afterwards.

    Args:
        model: Any Keras model that was built or trained.
        inputs: What `model.predict` takes: an array, or a list of arrays.
        real: Boolean array `(B, S)`, `True` where a position is no padding. If it is left
            out, the non-zero entries of a first input of integers `(B, S)` are.
        batch_size: Texts at a time.

    Returns:
        The weights by name of the layer; a layer that is called more than once gets
        `name`, `name#2` and so on.

    Raises:
        ValueError: The model has no attention layer.

    """
    layers = [layer for layer in model._flatten_layers() if _attends(layer)]
    if not layers:
        raise ValueError(
            "The model has no attention layer whose weights could be shown. Received: "
            f"{model.name!r} with {[layer.name for layer in model.layers]}."
        )
    several = isinstance(inputs, (list, tuple))
    arrays = [np.asarray(one) for one in (inputs if several else [inputs])]
    batches: list[dict[str, np.ndarray]] = []
    for start in range(0, len(arrays[0]), batch_size):
        batch = [array[start : start + batch_size] for array in arrays]
        with _listening(layers) as heard:
            model(batch if several else batch[0], training=False)
        batches.append(heard)
    real = _real(arrays[0]) if real is None else np.asarray(real, bool)
    pooling = {layer.name for layer in layers if getattr(layer, "pools", False)}
    found = {}
    for name in batches[0]:
        values = np.concatenate([batch[name] for batch in batches])
        fits = real is not None and real.shape == (len(values), values.shape[-1])
        found[name] = AttentionWeights(
            values=values, real=real if fits else None, pools=name.split("#")[0] in pooling
        )
    return found


def _attends(layer: Any) -> bool:
    return hasattr(layer, "attend") or isinstance(layer, KERAS_OWN)


@contextmanager
def _listening(layers: list[Any]) -> Iterator[dict[str, np.ndarray]]:
    """Have the layers tell their weights whenever they are called."""
    heard: dict[str, np.ndarray] = {}
    for layer in layers:
        # Only the instance is touched, and its own entry is taken away again.
        layer.__dict__["call"] = _telling(layer, layer.call, heard)
    try:
        yield heard
    finally:
        for layer in layers:
            layer.__dict__.pop("call", None)


def _telling(layer: Any, call: Any, heard: dict[str, np.ndarray]) -> Any:
    def tell(weights: Any) -> None:
        calls = sum(name.split("#")[0] == layer.name for name in heard)
        name = f"{layer.name}#{calls + 1}" if calls else layer.name
        heard[name] = ops.convert_to_numpy(ops.cast(weights, "float32"))

    def ours(inputs: Any, mask: Any = None, **arguments: Any) -> Any:
        tell(layer.attend(inputs, mask=mask)[1])
        return call(inputs, mask=mask, **arguments)

    def keras_own(
        *inputs: Any, return_attention_scores: bool = False, **arguments: Any
    ) -> Any:
        output, weights = call(*inputs, return_attention_scores=True, **arguments)
        tell(weights)
        return (output, weights) if return_attention_scores else output

    return ours if hasattr(layer, "attend") else keras_own


def _real(ids: np.ndarray) -> np.ndarray | None:
    return ids != 0 if ids.ndim == 2 and np.issubdtype(ids.dtype, np.integer) else None
