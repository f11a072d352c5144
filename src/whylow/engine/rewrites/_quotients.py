"""Additive attention scores with one exponential a position instead of one tanh a pair.

The score of query t and key s (Bahdanau et al. 2015, appendix A.1.2) adds tanh(q + k) over
units, for every pair of positions. With r = 1 / (1 + exp(2q) exp(2k)),

    tanh(q + k) = 1 - 2r        and its slope, 1 - tanh(q + k)^2 = 4r(1 - r),

so that the exponentials are taken once a position and a pair costs a product and a
quotient. A few texts follow a few, and neither the sum nor its gradient ever holds the
`(T, S, units)` tensor of even one text.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

# Beyond it exp(2q) exp(2k) could leave float32's range: then tanh is taken after all.
_WIDEST = 40.0
# Units whose terms are added in one go, in registers.
_UNITS_A_TIME = 32
# Positions whose slopes are added in one go.
_POSITIONS_A_TIME = 10
# Numbers `(few, T, U)` that stay in a core's first cache beside what is computed of them.
_NUMBERS_AT_A_TIME = 4096


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
        by_query, by_key = jnp.exp(2 * query), jnp.swapaxes(jnp.exp(2 * key), 1, 2)
        most = weight.sum()
        return _few_texts_at_a_time(
            lambda cut: most - 2 * _weighed(cut.of(by_query), cut.of(by_key), weight), query
        )

    def safe(query: Any, key: Any) -> Any:
        def row(one: Any) -> Any:
            query, key = one
            return jax.lax.map(lambda q: jnp.tanh(q + key) @ weight, query)

        return jax.lax.map(row, (query, key))

    narrow = _is_narrow(query, key)
    return jax.lax.cond(narrow, fast, safe, query, key), (query, key, weight, narrow)


def _few_texts_at_a_time(function: Callable[[Cut], Any], like: Any) -> Any:
    """Call a function for as many texts as a core's first cache holds, and go on.

    Args:
        function: Reads its texts through a `Cut`; its results are `(few, …)`.
        like: `(B, T, U)`, as large as what the function reads of a text.

    Returns:
        What the function returned, `(B, …)`.
    """
    import jax
    import jax.numpy as jnp

    texts = len(like)
    few = max(1, min(texts, _NUMBERS_AT_A_TIME // like[0].size))
    while texts % few:
        few -= 1
    if few == texts:
        return function(Cut(0, few))
    found = jax.lax.map(
        lambda number: function(Cut(number * few, few)), jnp.arange(texts // few)
    )
    return jax.tree.map(lambda part: part.reshape(texts, *part.shape[2:]), found)


@dataclass(frozen=True)
class Cut:
    """A few texts, to be cut out of arrays `(B, …)` where they are read, not copied before.

    Args:
        text: The first of them.
        few: How many.
    """

    text: Any
    few: int

    def of(self, array: Any) -> Any:
        """Return their part of an array, `(few, …)`."""
        return self.positions(array, 1, 0, array.shape[1])

    def positions(self, array: Any, axis: int, first: Any, count: int) -> Any:
        """Return some positions of their part, counted along an axis."""
        import jax

        starts = [self.text, *[0] * (array.ndim - 1)]
        sizes = [self.few, *array.shape[1:]]
        starts[axis], sizes[axis] = first, count
        return jax.lax.dynamic_slice(array, starts, sizes, allow_negative_indices=False)


def _weighed(by_query: Any, by_key: Any, weight: Any) -> Any:
    """Return the sum over units of weight * r, `(few, T, S)`; `by_key` is `(few, U, S)`."""

    def some(first: Any, count: int) -> Any:
        return sum(
            weight[first + place]
            / (
                1
                + by_query[:, :, first + place][:, :, None]
                * by_key[:, first + place][:, None, :]
            )
            for place in range(count)
        )

    return _in_groups(some, weight.shape[0], _UNITS_A_TIME)


def _gradients(kept: Any, upstream: Any) -> Any:
    import jax
    import jax.numpy as jnp

    query, key, weight, narrow = kept

    def texts(slopes: Callable[..., Any], by_query: Any, by_key: Any) -> Any:
        """Add up slopes of each text over keys and over queries, products over both."""

        def few(cut: Cut) -> Any:
            both = _added_up(
                lambda *args: jax.lax.complex(*slopes(*args)),
                lambda *some: cut.positions(by_query, 1, *some),
                cut.of(by_key),
                lambda *some: cut.positions(upstream, 1, *some),
                by_query.shape[1],
            )
            of_query = _added_up(
                lambda *args: slopes(*args)[0],
                lambda *some: cut.positions(by_key, 1, *some),
                cut.of(by_query),
                lambda *some: jnp.swapaxes(cut.positions(upstream, 2, *some), 1, 2),
                by_key.shape[1],
            )
            return of_query, both.real, both.imag.sum(1)

        of_query, of_key, products = _few_texts_at_a_time(few, by_query)
        return of_query, of_key, products.sum(0)

    def fast() -> Any:
        def slopes(one: Any, others: Any, upstream: Any) -> Any:
            r = 1 / (1 + one * others)
            return upstream * (r - r * r), upstream * r

        powers = jnp.exp(2 * query), jnp.exp(2 * key)
        of_query, of_key, products = texts(slopes, *powers)
        return 4 * of_query, 4 * of_key, upstream.sum() - 2 * products

    def safe() -> Any:
        def slopes(one: Any, others: Any, upstream: Any) -> Any:
            hidden = jnp.tanh(one + others)
            return upstream * (1 - hidden * hidden), upstream * hidden

        return texts(slopes, query, key)

    of_query, of_key, of_weight = jax.lax.cond(narrow, fast, safe)
    return of_query * weight, of_key * weight, of_weight


def _added_up(
    term: Callable[..., Any],
    over: Callable[[Any, int], Any],
    along: Any,
    upstream: Callable[[Any, int], Any],
    count: int,
) -> Any:
    """Add terms up over positions.

    Some positions after some, so that the sums in hand stay in a core's first cache and
    are read and written once for them all. Two sums of one pass travel as a complex
    number: as two results each would compute its quotients anew.

    Args:
        term: `(few, 1, U)`, `(few, S, U)`, `(few, S, 1)` → `(few, S, U)`.
        over: First position and number of positions → `(few, number, U)`.
        along: `(few, S, U)`.
        upstream: First position and number of positions → `(few, number, S)`.
        count: How many positions there are.
    """

    def some(first: Any, number: int) -> Any:
        ones, slopes = over(first, number), upstream(first, number)
        return sum(
            term(ones[:, place][:, None], along, slopes[:, place][:, :, None])
            for place in range(number)
        )

    return _in_groups(some, count, _POSITIONS_A_TIME)


def _in_groups(some: Callable[[Any, int], Any], count: int, size: int) -> Any:
    """Add up what `some(first, number)` finds, `size` at a time and the rest in one go."""
    import jax

    groups, rest = divmod(count, size)
    total: Any = some(groups * size, rest) if rest else 0
    if not groups:
        return total
    return jax.lax.fori_loop(
        1,
        groups,
        lambda group, sums: sums + some(group * size, size),
        total + some(0, size),
    )
