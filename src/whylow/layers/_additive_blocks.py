"""Additive scores made block by block: for backends that run operations one by one.

The hidden layer of a block stays in the cache of a processor core while a handful of
operations work on it.
"""

from __future__ import annotations

from typing import Any

from whylow.layers._blocks import block_size, fits, over_blocks
from whylow.layers._ops import Tensor, ops


def scores(query: Tensor, key: Tensor, weight: Tensor) -> Tensor:
    """Return Σ_u w_u tanh(q_tu + k_su), `(B, T, S)`; arguments as for `additive_scores`."""

    def texts(nothing: Tensor, query: Tensor, key: Tensor) -> Any:
        return nothing, (_block_scores(query, key, weight),)

    def text(nothing: Tensor, query: Tensor, key: Tensor) -> Any:
        def queries(nothing: Tensor, query: Tensor) -> Any:
            return nothing, (_block_scores(query[None], key, weight)[0],)

        _, (found,) = over_blocks(queries, nothing, (query[0],), rows)
        return nothing, (found[None],)

    whole, columns, rows = _sizes(query, key)
    _, (found,) = over_blocks(
        texts if whole else text, ops.zeros(()), (query, key), columns
    )
    return found


def gradients(query: Tensor, key: Tensor, weight: Tensor, upstream: Tensor) -> Any:
    """Return the gradients by query, key and weight, given the one by the scores."""

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
