"""Where in a model things are: embeddings, attention, what carries time, the head."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from whylow.live import LiveFit
from whylow.records import Layer
from whylow.remedies._remedy import NotApplicable

# Attention over one sequence that gives a sequence of the same shape back.
SELF_ATTENTION = frozenset(
    {
        "SeqSelfAttention",
        "ScaledDotProductAttention",
        "ResidualScaledDotProductAttention",
    }
)
# Attention that makes one vector of a sequence.
ATTENTION_POOLING = frozenset({"AttentionPooling", "SeqWeightedAttention"})
RECURRENT = frozenset({"LSTM", "GRU", "SimpleRNN", "Bidirectional", "RNN"})


def layers_of(live: LiveFit) -> tuple[Layer, ...]:
    """Return the recorded layers.

    Raises:
        NotApplicable: The model was not recorded.
    """
    if live.fit.model is None or not live.fit.model.layers:
        raise NotApplicable("its layers were not recorded")
    return live.fit.model.layers


def only(live: LiveFit, class_names: frozenset[str] | set[str], what: str) -> Layer:
    """Return the only layer of some classes.

    Raises:
        NotApplicable: There is none, or there are several.
    """
    found = [layer for layer in layers_of(live) if layer.class_name in class_names]
    if len(found) != 1:
        number = "no" if not found else str(len(found))
        raise NotApplicable(f"the model has {number} {what}, where one is expected")
    return found[0]


def live_layer(model: Any, name: str) -> Any:
    """Return the live layer of a name, nested models opened."""
    return next(layer for layer in model._flatten_layers() if layer.name == name)


def carries_time(layer: Layer) -> bool:
    """Whether a layer gives a vector for each of several time steps."""
    return layer.output_shape is not None and len(layer.output_shape) == 3


def last_with_time(live: LiveFit) -> Layer:
    """Return the layer behind which pooling belongs where the output still has time.

    The last one that is no `Dense`, dropout or activation, which work on each step alone.

    Raises:
        NotApplicable: The output has one value a text already.
    """
    layers = layers_of(live)
    shape = live.fit.model.output_shape if live.fit.model else None
    if shape is None or len(shape) != 3:
        raise NotApplicable("its output has no time axis that could be pooled")
    found = [
        layer
        for layer in layers
        if carries_time(layer) and layer.class_name not in _PER_STEP
    ]
    if not found:
        raise NotApplicable("no layer is known to carry the time steps")
    return found[-1]


_PER_STEP = frozenset(
    {
        "Activation", "BatchNormalization", "Dense", "Dropout", "Identity", "Lambda",
        "LayerNormalization", "LeakyReLU", "ReLU", "SpatialDropout1D", "TimeDistributed",
    }
)  # fmt: skip


def heads_of(live: LiveFit) -> Layer:
    """Return the last layer with weights, which gives the output.

    Raises:
        NotApplicable: The model does not end in a `Dense`.
    """
    layers = [layer for layer in layers_of(live) if layer.parameters]
    if not layers or layers[-1].class_name != "Dense":
        raise NotApplicable("the model does not end in a `Dense` layer")
    return layers[-1]


def token_ids(live: LiveFit) -> np.ndarray:
    """Return the only input where it holds token ids, `(N, T)`.

    Raises:
        NotApplicable: There are several inputs, or they are no ids.
    """
    x = None if live.training is None else live.training.x
    if not isinstance(x, np.ndarray) and not hasattr(x, "__array__"):
        raise NotApplicable("it has several inputs, of which one would have to be chosen")
    ids = np.asarray(x)
    whole = ids.dtype.kind in "iu" or (
        ids.dtype.kind == "f" and bool((ids == np.floor(ids)).all())
    )
    if (
        ids.ndim != 2
        or not whole
        or not any(layer.class_name == "Embedding" for layer in layers_of(live))
    ):
        raise NotApplicable("its inputs are no token ids")
    return ids


def padded_at_the_ends(ids: np.ndarray) -> bool:
    """Whether zeros stand before or behind a text only, as padding does."""
    real = ids != 0
    inside = real.cumsum(1).astype(bool) & real[:, ::-1].cumsum(1)[:, ::-1].astype(bool)
    return bool((real == inside).all())


def behind(layers: tuple[Layer, ...], layer: Layer) -> Iterator[Layer]:
    """Yield the layers listed behind a layer."""
    yield from layers[layers.index(layer) + 1 :]
