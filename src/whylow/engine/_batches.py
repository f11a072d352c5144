"""Batches of a fit as the compiled steps take them, many in one array."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from whylow.engine.rewrites import Plan
from whylow.engine.rewrites._batch_rows import chosen_rows

# How many distinct words of a batch a program is made for: steps of this size, so that a
# batch with a few more does not mean another program.
_GRAIN = 32


@dataclass(frozen=True)
class Chunk:
    """Batches that follow one another.

    Args:
        data: `(x, y)` or `(x, y, sample_weight)`, arrays `(S, B, …)`.
        chosen: For each group of tables the rows that each batch reads, `(S, N)`.
        bucket: For each batch the number of its length, `(S,)`.
    """

    data: Any
    chosen: list[np.ndarray]
    bucket: np.ndarray

    @property
    def arrays(self) -> Any:
        """What a program takes."""
        return self.data, self.chosen, self.bucket

    @property
    def key(self) -> tuple[int, ...]:
        """What another program is needed for."""
        return tuple(chosen.shape[1] for chosen in self.chosen)


class Batches:
    """Makes chunks of batches of rows.

    Args:
        data: Renumbered rows, arrays `(N, …)` in any nest; the inputs come first.
        plan: How the fit is trained.
    """

    def __init__(self, data: tuple[Any, ...], plan: Plan) -> None:
        self._data = data
        self._plan = plan
        self._widths: dict[int, list[int]] = {}

    def chunk(self, order: np.ndarray, capacity: int) -> Chunk:
        """Return batches of rows.

        Args:
            order: Rows of each batch, `(S, B)`.
            capacity: Batches to make room for; those beyond S are copies of the last.
        """
        import jax

        missing = capacity - len(order)
        if missing:
            order = np.concatenate([order, np.repeat(order[-1:], missing, axis=0)])
        data = jax.tree.map(lambda part: part[order], self._data)
        bucket = np.zeros(len(order), np.int32)
        lengths = self._plan.lengths
        if lengths is not None:
            ids = jax.tree.leaves(data[0])[lengths.leaf]
            bucket = lengths.bucket(lengths.of(ids).max(axis=1)).astype(np.int32)
        if self._plan.batch_rows is None:
            return Chunk(data, [], bucket)
        leaves, form = jax.tree.flatten(data[0])
        chosen = []
        for number, group in enumerate(self._plan.groups):
            rows, numbered = chosen_rows(
                [leaves[leaf] for leaf in group.leaves], len(group.occurring)
            )
            for leaf, ids in zip(group.leaves, numbered, strict=True):
                leaves[leaf] = ids
            chosen.append(self._widened(rows, number, order.shape[1], len(group.occurring)))
        return Chunk((jax.tree.unflatten(form, leaves), *data[1:]), chosen, bucket)

    def _widened(self, rows: np.ndarray, group: int, batch: int, filler: int) -> np.ndarray:
        """Fill up to the width of the chunks before, which there is a program for."""
        widths = self._widths.setdefault(batch, [0] * len(self._plan.groups))
        wanted = rows.shape[1]
        if wanted > widths[group]:
            widths[group] = min(-(-(wanted + _GRAIN // 2) // _GRAIN) * _GRAIN, filler)
        missing = widths[group] - wanted
        return np.pad(rows, ((0, 0), (0, missing)), constant_values=filler)


def batches_of(order: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Split an order of rows into whole batches, `(S, B)`, and the rest."""
    full = len(order) // size
    return order[: full * size].reshape(full, size), order[full * size :]


def blocks_of(rows: int, size: int) -> np.ndarray:
    """Return rows in blocks of one size, `(S, B)`; the last block reaches back."""
    size = min(size, rows)
    firsts = [min(first, rows - size) for first in range(0, rows, size)]
    return np.array(firsts)[:, None] + np.arange(size)


def leaves_of(x: Any) -> Sequence[Any]:
    """Return the arrays of a nest of inputs, in JAX's order."""
    import jax

    return jax.tree.leaves(x)


def as_jax_has_them(data: Any) -> Any:
    """Return NumPy arrays of the dtypes that JAX would make of them."""
    import jax

    return jax.tree.map(
        lambda part: np.asarray(
            part, jax.dtypes.canonicalize_dtype(np.asarray(part).dtype)
        ),
        data,
    )
