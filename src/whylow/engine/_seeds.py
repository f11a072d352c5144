"""Where a lane's randomness comes from: one seed a pair, and everything else from it.

Within a pair, both fits draw the same rows in the same order, and every weight that both
have (same place, same shape) starts the same. Across pairs all of it differs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from whylow.live import Drawn, Kept

_SEED_STATE = "seed_generator_state"
# Numbers of a table that are drawn in one go: 1 MiB, which stays in a core's cache.
_DRAWN_AT_ONCE = 2**18


def pair_seed(seed: int, pair: int) -> int:
    """Derive the seed of a pair from the study's."""
    return int(np.random.SeedSequence([seed, pair]).generate_state(1)[0] >> 1)


def draw_start(
    variables: Iterable[Any],
    start: Mapping[int, Kept | Drawn],
    seed: int,
    rows: Mapping[int, np.ndarray] | None = None,
) -> list[np.ndarray]:
    """Draw where each variable starts.

    Args:
        variables: Variables of the live model or optimizer.
        start: Id of each variable → how it starts.
        seed: The pair's seed.
        rows: Id of a variable → numbers of the rows to return, rising; by default all.
    """
    rows = rows or {}
    return [_draw(start[id(one)], seed, rows.get(id(one))) for one in variables]


def epoch_order(
    rows: int, batch_size: int, *, shuffle: bool, whole_batches: bool, seed: int, epoch: int
) -> np.ndarray:
    """Return the order of rows in one epoch, integers of shape `(rows,)`.

    Fits with equally many rows see the same order within a pair.
    """
    order = np.arange(rows, dtype=np.int32)
    if not shuffle:
        return order
    generator = np.random.default_rng([seed, epoch])
    if not whole_batches:
        return generator.permutation(order)
    full = rows // batch_size
    blocks = order[: full * batch_size].reshape(full, batch_size)
    return np.concatenate(
        [generator.permutation(blocks).reshape(-1), order[full * batch_size :]]
    )


def _draw(how: Kept | Drawn, seed: int, rows: np.ndarray | None) -> np.ndarray:
    if isinstance(how, Kept):
        return np.asarray(how.value) if rows is None else np.asarray(how.value)[rows]
    drawn_from = hashlib.blake2b(f"{seed}/{how.key}".encode(), digest_size=4)
    # 31 bits: on PyTorch seeds are signed.
    own_seed = int.from_bytes(drawn_from.digest(), "big") >> 1
    if _SEED_STATE in how.key:  # [seed, draws so far] of a `keras.random.SeedGenerator`
        return np.array([own_seed, 0], dtype=how.dtype)
    from keras import initializers, ops

    kind = type(how.initializer)
    if rows is not None and kind is initializers.Zeros:
        return np.zeros((len(rows), *how.shape[1:]), how.dtype)
    if kind is initializers.RandomUniform and how.shape and how.dtype == "float32":
        return _uniform(how, own_seed, rows)
    # Whole even where few rows are asked for: which these are differs between models.
    drawn = _reseeded(how.initializer, own_seed)(how.shape, dtype=how.dtype)
    drawn = drawn if rows is None else ops.take(drawn, rows, axis=0)
    return np.asarray(ops.convert_to_numpy(drawn))


def _uniform(how: Drawn, seed: int, rows: np.ndarray | None) -> np.ndarray:
    """Draw as `RandomUniform` does, and how embedding tables start, part by part.

    All of the table is drawn, so that a row does not depend on which others are asked for,
    but only what is returned is ever in memory.
    """
    initializer: Any = how.initializer
    config = initializer.get_config()
    generator = np.random.default_rng(seed)
    rows = np.arange(how.shape[0]) if rows is None else rows
    drawn = np.empty((len(rows), *how.shape[1:]), np.float32)
    size = max(1, _DRAWN_AT_ONCE // max(1, int(np.prod(how.shape[1:]))))
    part = np.empty((size, *how.shape[1:]), np.float32)
    for first in range(0, how.shape[0], size):
        generator.random(out=part, dtype=np.float32)
        begin, end = np.searchsorted(rows, (first, first + size))
        drawn[begin:end] = part[rows[begin:end] - first]
    drawn *= np.float32(config["maxval"] - config["minval"])
    drawn += np.float32(config["minval"])
    return drawn


def _reseeded(initializer: Any, seed: int) -> Any:
    config = getattr(initializer, "get_config", dict)()
    if "seed" not in config:
        return initializer
    return type(initializer).from_config({**config, "seed": seed})
