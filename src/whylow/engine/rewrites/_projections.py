"""Inputs times input weights, for a recurrent layer's loop: once a word where they can be.

Where the inputs come straight out of an embedding and the batch has more positions than
the table rows, each row is projected once and its projection is looked up by id.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from whylow.engine.rewrites._cells import Cell


class Traced:
    """What one trace knows of its tensors: which came straight out of an embedding.

    Args:
        per_word: Project each word of the batch once.
    """

    def __init__(self, *, per_word: bool) -> None:
        self._per_word = per_word
        # The tensor is kept, so that its id stays its own.
        self._sources: dict[int, tuple[Any, Any, Any]] = {}

    def embedded(self, layer: Any) -> Callable[..., Any]:
        """Return a `call` for an embedding layer that remembers what it read."""
        import jax.numpy as jnp

        def call(inputs: Any) -> Any:
            ids, table = inputs.astype("int32"), layer._embeddings.value
            output = jnp.take(table, ids, axis=0, mode="clip").astype(layer.compute_dtype)
            self._sources[id(output)] = (output, table, ids)
            return output

        return call

    def projected(self, cells: list[Cell], sequences: Any) -> list[Any]:
        """Return the inputs times each cell's input weights, time first: `(T, B, G)`.

        Args:
            cells: Of one kind. One product serves them all.
            sequences: What they all read, `(B, T, F)`.
        """
        import jax.numpy as jnp

        known = self._sources.get(id(sequences)) if self._per_word else None
        if known is None or len(known[1]) > known[2].size:
            return _products(cells, jnp.swapaxes(sequences, 0, 1))
        _, table, ids = known
        ids = _written_down(jnp.swapaxes(ids, 0, 1), len(table))
        words = _products(cells, table)
        return [part.at[ids].get(mode="promise_in_bounds") for part in words]


def _products(cells: list[Cell], inputs: Any) -> list[Any]:
    import jax.numpy as jnp

    products = inputs @ jnp.concatenate([cell.kernel() for cell in cells], axis=1)
    biases = [cell.input_bias() for cell in cells]
    if biases[0] is not None:
        products = products + jnp.concatenate(biases)
    return jnp.split(products, len(cells), axis=-1)


def _written_down(ids: Any, rows: int) -> Any:
    """Return ids, those beyond the table taken to its edge.

    The condition changes no number. It makes XLA write the ids down, where it would
    otherwise convert and clip each of them anew for every number of its row; without a
    sign they need no check for being negative there.
    """
    import jax
    import jax.numpy as jnp

    beyond = ((ids < 0) | (ids >= rows)).any()
    ids = jax.lax.cond(beyond, lambda ids: jnp.clip(ids, 0, rows - 1), lambda ids: ids, ids)
    return ids.astype("uint32")
