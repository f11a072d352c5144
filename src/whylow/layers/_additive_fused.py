"""Additive scores as sums of many terms: for compilers that make one loop of them.

    tanh(q + k) = 1 - 2 r,    its slope 1 - tanh² = 4 (r - r²),    r = 1 / (1 + e^2q e^2k)

The exponentials are taken once a position and unit, so that a division is all that is left
for each pair of positions, where a hyperbolic tangent was. A sum over units, queries or
keys is written out term by term: the compiler makes one loop of it that holds the running
sum in registers, and no hidden layer is ever stored.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from whylow.layers._blocks import block_size, over_blocks
from whylow.layers._ops import Tensor, ops

# Terms to a loop. Fewer make it wait for the sum in memory, more take longer to compile.
TERMS = 16
# e^85 is a number still, and so is its inverse. Projections that lie further than this from
# the mean of their text count as if they lay here: tanh is flat there.
FURTHEST = 85.0


def scores(query: Tensor, key: Tensor, weight: Tensor) -> Tensor:
    """Return Σ_u w_u tanh(q_tu + k_su), `(B, T, S)`; arguments as for `additive_scores`."""

    def texts(nothing: Tensor, query: Tensor, key: Tensor) -> Any:
        def term(weight: Tensor, query: Tensor, key: Tensor) -> Tensor:
            return weight * _share(ops.expand_dims(query, 2) * ops.expand_dims(key, 1))

        by_unit = (ops.transpose(one, (2, 0, 1)) for one in (query, key))
        shape = (*query.shape[:2], key.shape[1])
        start = ops.broadcast_to(ops.sum(weight), shape)
        return nothing, (_sum(term, (-2 * weight, *by_unit), start),)

    powers = _powers(query, key)
    _, (found,) = over_blocks(texts, ops.zeros(()), powers, _texts(query, key))
    return found


def gradients(query: Tensor, key: Tensor, weight: Tensor, upstream: Tensor) -> Any:
    """Return the gradients by query, key and weight, given the one by the scores."""

    def texts(total: Tensor, query: Tensor, key: Tensor, upstream: Tensor) -> Any:
        turned = ops.transpose(upstream, (0, 2, 1))
        shares = ops.sum(_weighed(query, key, turned, _share), axis=(0, 1))
        by_query = _weighed(query, key, turned, _slope)
        by_key = _weighed(key, query, upstream, _slope)
        return total + shares, (by_query, by_key)

    arrays = (*_powers(query, key), upstream)
    shares, (by_query, by_key) = over_blocks(
        texts, ops.zeros_like(weight), arrays, _texts(query, key)
    )
    return by_query * (4 * weight), by_key * (4 * weight), ops.sum(upstream) - 2 * shares


def _weighed(
    kept: Tensor, summed: Tensor, upstream: Tensor, of: Callable[[Tensor], Tensor]
) -> Tensor:
    """Return Σ_j upstream_ji of(kept_iu · summed_ju), `(N, I, U)`.

    Args:
        kept: `(N, I, U)`.
        summed: `(N, J, U)`.
        upstream: `(N, J, I)`.
        of: What to make of a product of powers.

    """
    # Positions last: they are more than units, and a loop over many is the faster one.
    kept = ops.transpose(kept, (0, 2, 1))

    def term(summed: Tensor, upstream: Tensor) -> Tensor:
        return ops.expand_dims(upstream, 1) * of(kept * ops.expand_dims(summed, 2))

    terms = (ops.transpose(one, (1, 0, 2)) for one in (summed, upstream))
    return ops.transpose(_sum(term, tuple(terms), ops.zeros_like(kept)), (0, 2, 1))


def _share(power: Tensor) -> Tensor:
    return 1 / (1 + power * power)


def _slope(power: Tensor) -> Tensor:
    share = _share(power)
    return share - share * share


def _sum(term: Callable[..., Tensor], arrays: tuple[Tensor, ...], start: Tensor) -> Tensor:
    """Return the start plus a term for each entry of the first axis of the arrays."""

    def group(total: Tensor, *arrays: Tensor) -> Any:
        # Added up by itself first: a long sum loses what is added to it singly.
        entries = zip(*(ops.unstack(array) for array in arrays), strict=True)
        part = sum(term(*entry) for entry in entries)
        return total + part, ()

    return over_blocks(group, start, arrays, min(TERMS, arrays[0].shape[0]))[0]


def _powers(query: Tensor, key: Tensor) -> tuple[Tensor, Tensor]:
    """Return e^q and e^k, their exponents moved against each other to lie around zero."""
    means = (ops.mean(one, axis=1, keepdims=True) for one in (query, key))
    shift = (next(means) - next(means)) / 2
    moved = (query - shift, key + shift)
    query, key = (ops.exp(ops.clip(one, -FURTHEST, FURTHEST)) for one in moved)
    return query, key


def _texts(query: Tensor, key: Tensor) -> Any:
    # Four such sums are in work at once in the gradient.
    return block_size(query.shape[0], 4 * query.shape[1] * key.shape[1])
