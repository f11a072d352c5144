"""Additive attention scores with one exponential a position instead of one tanh a pair.

The score of query t and key s (Bahdanau et al. 2015, appendix A.1.2) adds tanh(q + k) over
units, for every pair of positions. With r = 1 / (1 + exp(2q) exp(2k)),

    tanh(q + k) = 1 - 2r        and its slope, 1 - tanh(q + k)^2 = 4r(1 - r),

so that the exponentials are taken once a position and a pair costs a product and a
quotient. Texts follow one another, and neither the sum nor its gradient ever holds the
`(T, S, units)` tensor of even one text.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from whylow.live import LiveFit

# Beyond it exp(2q) exp(2k) could leave float32's range: then tanh is taken after all.
_WIDEST = 40.0
# Units whose terms are added in one go, in registers.
_UNITS_A_TIME = 32


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


def additive_scores(query: Any, key: Any, weight: Any) -> Any:
    """Return the sum over units of weight times tanh(query + key).

    Args:
        query: `(B, T, U)`.
        key: `(B, S, U)`.
        weight: `(U,)`.

    Returns:
        Scores `(B, T, S)`.
    """
    return _built()(query, key, weight)


def _is_self_attention(layer: Any) -> bool:
    return (
        type(layer).__name__ == "SeqSelfAttention"
        and type(layer).__module__.startswith("whylow.layers.")
        and layer.attention_type == layer.ATTENTION_TYPE_ADD
    )


@functools.cache
def _built() -> Any:
    import jax

    scores = jax.custom_vjp(lambda *args: _forward(*args)[0])
    scores.defvjp(_forward, _gradients)
    return scores


def _is_narrow(query: Any, key: Any) -> Any:
    import jax.numpy as jnp

    return (jnp.abs(query).max() < _WIDEST) & (jnp.abs(key).max() < _WIDEST)


def _forward(query: Any, key: Any, weight: Any) -> Any:
    import jax
    import jax.numpy as jnp

    def fast(query: Any, key: Any) -> Any:
        powers = jnp.exp(2 * query), jnp.swapaxes(jnp.exp(2 * key), 1, 2)
        most = weight.sum()

        def text(pair: Any) -> Any:
            return most - 2 * _weighed(pair[0], pair[1], weight)

        return jax.lax.map(text, powers)

    def safe(query: Any, key: Any) -> Any:
        def row(one: Any) -> Any:
            query, key = one
            return jax.lax.map(lambda q: jnp.tanh(q + key) @ weight, query)

        return jax.lax.map(row, (query, key))

    narrow = _is_narrow(query, key)
    return jax.lax.cond(narrow, fast, safe, query, key), (query, key, weight, narrow)


def _weighed(by_query: Any, by_key: Any, weight: Any) -> Any:
    """Return the sum over units of weight * r, `(T, S)`; `by_key` is `(U, S)`."""
    import jax
    import jax.numpy as jnp

    units = weight.shape[0]

    def some(number: Any, total: Any) -> Any:
        for unit in range(_UNITS_A_TIME):
            place = number * _UNITS_A_TIME + unit
            total = total + weight[place] / (
                1 + by_query[:, place][:, None] * by_key[place][None, :]
            )
        return total

    groups = units // _UNITS_A_TIME
    total = jnp.zeros((by_query.shape[0], by_key.shape[1]), by_query.dtype)
    if groups == 1:
        total = some(0, total)
    elif groups:
        total = jax.lax.fori_loop(0, groups, some, total)
    for place in range(groups * _UNITS_A_TIME, units):
        total = total + weight[place] / (
            1 + by_query[:, place][:, None] * by_key[place][None, :]
        )
    return total


def _gradients(kept: Any, upstream: Any) -> Any:
    import jax
    import jax.numpy as jnp

    query, key, weight, narrow = kept

    def texts(slopes: Callable[..., Any], by_query: Any, by_key: Any) -> Any:
        """Add up slopes of each text over keys and over queries, products over both."""

        def text(one: Any) -> Any:
            by_query, by_key, upstream = one
            of_key, product = _added_up(slopes, by_query, by_key, upstream)
            of_query, _ = _added_up(slopes, by_key, by_query, upstream.T)
            return of_query, of_key, product.sum(0)

        of_query, of_key, products = jax.lax.map(text, (by_query, by_key, upstream))
        return of_query, of_key, products.sum(0)

    def fast() -> Any:
        def slopes(one: Any, others: Any, upstream: Any) -> Any:
            r = 1 / (1 + one * others)
            product = upstream * r
            return product - product * r, product

        powers = jnp.exp(2 * query), jnp.exp(2 * key)
        of_query, of_key, products = texts(slopes, *powers)
        return 4 * of_query, 4 * of_key, upstream.sum() - 2 * products

    def safe() -> Any:
        def slopes(one: Any, others: Any, upstream: Any) -> Any:
            hidden = jnp.tanh(one + others)
            product = upstream * hidden
            return upstream - product * hidden, product

        return texts(slopes, query, key)

    of_query, of_key, of_weight = jax.lax.cond(narrow, fast, safe)
    return of_query * weight, of_key * weight, of_weight


def _added_up(slopes: Callable[..., Any], over: Any, along: Any, upstream: Any) -> Any:
    """Add slopes and products up over the positions of `over`.

    Position after position, so that what is in hand is `(S, U)` and stays in a core's
    first cache; two at a time halve how often it is read and written.

    Args:
        slopes: `(U,)`, `(S, U)`, `(S, 1)` → slopes and products, each `(S, U)`.
        over: `(T, U)`.
        along: `(S, U)`.
        upstream: `(T, S)`.
    """
    import jax
    import jax.numpy as jnp

    def add(sums: Any, position: Any) -> Any:
        one, upstream = position
        slope, product = slopes(one, along, upstream[:, None])
        return (sums[0] + slope, sums[1] + product), None

    nothing = jnp.zeros_like(along)
    return jax.lax.scan(add, (nothing, nothing), (over, upstream), unroll=2)[0]
