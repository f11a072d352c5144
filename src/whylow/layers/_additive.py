"""Additive scores without the hidden layer of every query and key in memory."""

from __future__ import annotations

from typing import Any

import keras

from whylow.layers._blocks import block_size, fits, over_blocks
from whylow.layers._ops import Tensor, ops


def additive_scores(query: Tensor, key: Tensor, weight: Tensor) -> Tensor:
    """Return Σ_u w_u tanh(q_tu + k_su), the score of Bahdanau et al. 2015 (appendix A.1.2).

    The `(B, T, S, U)` hidden layer is never in memory as a whole, neither here nor in the
    gradient: it is made block by block, once for the scores and again for the gradient.

    Args:
        query: Float tensor of shape `(B, T, U)`.
        key: Float tensor of shape `(B, S, U)`.
        weight: Float tensor of shape `(U,)`.

    Returns:
        Float tensor of shape `(B, T, S)`.

    """
    dtype = keras.backend.standardize_dtype(query.dtype)
    if dtype not in ("float16", "bfloat16"):
        return _streamed(query, key, weight)
    # Sums over a long sequence lose their small parts in half precision.
    single = (ops.cast(tensor, "float32") for tensor in (query, key, weight))
    return ops.cast(_streamed(*single), dtype)


@ops.custom_gradient
def _streamed(query: Tensor, key: Tensor, weight: Tensor) -> Any:
    def gradients(*arguments: Tensor, upstream: Tensor | None = None) -> tuple[Tensor, ...]:
        # PyTorch hands the inputs on as well, the others the upstream gradient alone.
        upstream = arguments[0] if upstream is None else upstream
        return _gradients(query, key, weight, upstream)

    return _scores(query, key, weight), gradients


def _scores(query: Tensor, key: Tensor, weight: Tensor) -> Tensor:
    def texts(nothing: Tensor, query: Tensor, key: Tensor) -> Any:
        return nothing, (_block_scores(query, key, weight),)

    def text(nothing: Tensor, query: Tensor, key: Tensor) -> Any:
        def queries(nothing: Tensor, query: Tensor) -> Any:
            return nothing, (_block_scores(query[None], key, weight)[0],)

        _, (scores,) = over_blocks(queries, nothing, (query[0],), rows)
        return nothing, (scores[None],)

    whole, columns, rows = _sizes(query, key)
    _, (scores,) = over_blocks(
        texts if whole else text, ops.zeros(()), (query, key), columns
    )
    return scores


def _gradients(query: Tensor, key: Tensor, weight: Tensor, upstream: Tensor) -> Any:
    def texts(total: Tensor, query: Tensor, key: Tensor, upstream: Tensor) -> Any:
        by_query, by_key, by_weight = _block_gradients(query, key, upstream)
        return total + by_weight, (by_query, by_key)

    def text(total: Tensor, query: Tensor, key: Tensor, upstream: Tensor) -> Any:
        def queries(sums: Tensor, query: Tensor, upstream: Tensor) -> Any:
            by_query, *by_rest = _block_gradients(query[None], key, upstream[None])
            return sums + _joined(*by_rest), (by_query[0],)

        nothing = _joined(ops.zeros_like(key), ops.zeros_like(weight))
        sums, (by_query,) = over_blocks(queries, nothing, (query[0], upstream[0]), rows)
        return total + sums[-1], (by_query[None], sums[None, :-1])

    whole, columns, rows = _sizes(query, key)
    by_weight, (by_query, by_key) = over_blocks(
        texts if whole else text, ops.zeros_like(weight), (query, key, upstream), columns
    )
    return by_query * weight, by_key * weight, by_weight


def _block_scores(query: Tensor, key: Tensor, weight: Tensor) -> Tensor:
    hidden = ops.tanh(ops.expand_dims(query, 2) + ops.expand_dims(key, 1))
    return ops.sum(hidden * weight, axis=-1)


def _block_gradients(query: Tensor, key: Tensor, upstream: Tensor) -> tuple[Tensor, ...]:
    """Return the gradients by query and by key, short of the weight, and by weight."""
    # Keys last: a sum over the last axis is what compilers make fast.
    keys_last = ops.transpose(key, (0, 2, 1))
    hidden = ops.tanh(ops.expand_dims(query, 3) + ops.expand_dims(keys_last, 1))
    upstream = ops.expand_dims(upstream, 2)
    by_weight = upstream * hidden
    slope = upstream - by_weight * hidden
    by_key = ops.transpose(ops.sum(slope, axis=1), (0, 2, 1))
    return (
        ops.sum(slope, axis=-1),
        by_key,
        ops.sum(ops.sum(by_weight, axis=-1), axis=(0, 1)),
    )


def _joined(by_key: Tensor, by_weight: Tensor) -> Tensor:
    """Return the sums of a text as one `(S + 1, U)` tensor, the weight's row last."""
    return ops.concatenate([by_key[0], by_weight[None]])


def _sizes(query: Tensor, key: Tensor) -> tuple[bool, Any, Any]:
    """Return whether a text fits into a block, and how many texts and queries do."""
    texts, queries, units = ops.shape(query)
    per_query = ops.shape(key)[1] * units
    if fits(queries * per_query):
        return True, block_size(texts, queries * per_query), queries
    return False, 1, block_size(queries, per_query)
