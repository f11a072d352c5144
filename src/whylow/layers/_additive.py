"""Additive scores without the hidden layer of every query and key in memory."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import keras

from whylow.layers import _additive_blocks, _additive_fused, _additive_texts
from whylow.layers._ops import Tensor, ops


def additive_scores(query: Tensor, key: Tensor, weight: Tensor) -> Tensor:
    """Return Σ_u w_u tanh(q_tu + k_su), the score of Bahdanau et al. 2015 (appendix A.1.2).

    The `(B, T, S, U)` hidden layer is never in memory as a whole, neither here nor in the
    gradient: it is made piece by piece, once for the scores and again for the gradient.

    Args:
        query: Float tensor of shape `(B, T, U)`.
        key: Float tensor of shape `(B, S, U)`.
        weight: Float tensor of shape `(U,)`.

    Returns:
        Float tensor of shape `(B, T, S)`.

    """
    dtype = keras.backend.standardize_dtype(query.dtype)
    if dtype not in ("float16", "bfloat16"):
        return _differentiable(query, key, weight)
    # Sums over a long sequence lose their small parts in half precision.
    single = (ops.cast(tensor, "float32") for tensor in (query, key, weight))
    return ops.cast(_differentiable(*single), dtype)


@ops.custom_gradient
def _differentiable(query: Tensor, key: Tensor, weight: Tensor) -> Any:
    scores, by_inputs = _functions(_way(query, key))

    def gradients(*arguments: Tensor, upstream: Tensor | None = None) -> tuple[Tensor, ...]:
        # PyTorch hands the inputs on as well, the others the upstream gradient alone.
        upstream = arguments[0] if upstream is None else upstream
        return by_inputs(query, key, weight, upstream)

    return scores(query, key, weight), gradients


def _way(query: Tensor, key: Tensor) -> Any:
    """Return the module that computes scores and gradients here."""
    backend = keras.backend.backend()
    if backend == "jax":
        return _additive_fused
    if backend == "tensorflow" and _additive_texts.worth_compiling(query, key):
        return _additive_texts
    return _additive_blocks


@cache
def _functions(way: Any) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Return what computes scores and gradients, compiled where it is to be."""
    if way is not _additive_fused:
        return way.scores, way.gradients
    import jax

    return jax.jit(way.scores), jax.jit(way.gradients)
