"""Which layers' additive scores are computed with quotients, and in whose place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from whylow.engine.rewrites._quotients import additive_scores
from whylow.live import LiveFit


def additive_layers_of(model: Any) -> list[Any]:
    """Return the layers of a model whose additive scores are ours to compute."""
    import keras

    layers = model._flatten_layers(include_self=False, recursive=True)
    return [
        layer
        for layer in layers
        if layer.built
        and layer.compute_dtype == "float32"
        and (_is_self_attention(layer) or type(layer) is keras.layers.AdditiveAttention)
    ]


def scores_of(live: LiveFit) -> str | None:
    """Say why no layer's scores are computed this way, or `None` if some are."""
    import jax

    if jax.default_backend() != "cpu":
        return "on this device tanh costs no more than a quotient"
    found = additive_layers_of(live.model)
    return None if found else "there is no additive attention between positions"


def scorer(layer: Any) -> tuple[str, Callable[..., Any]]:
    """Return the name of a layer's method for scores, and what stands in for it."""
    import jax.numpy as jnp

    def of_keras(query: Any, key: Any) -> Any:
        units = query.shape[-1]
        weight = layer.scale.value if layer.use_scale else jnp.ones(units, query.dtype)
        return additive_scores(query, key, jnp.broadcast_to(weight, (units,)))

    def of_ours(query: Any, key: Any) -> Any:
        scores = additive_scores(query, key, layer.Wa.value[:, 0])
        if layer.ba is not None:
            scores = scores + layer.ba.value
        activation = layer.attention_activation
        return scores if activation is None else activation(scores)

    if _is_self_attention(layer):
        return "_scores", of_ours
    return "_calculate_scores", of_keras


def _is_self_attention(layer: Any) -> bool:
    return (
        type(layer).__name__ == "SeqSelfAttention"
        and type(layer).__module__.startswith("whylow.layers.")
        and layer.attention_type == layer.ATTENTION_TYPE_ADD
    )
