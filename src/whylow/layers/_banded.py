"""Attention in a window at the cost of the window: O(T · width) in time and memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from whylow.layers._masking import both, masked_softmax, pairs, window_reach
from whylow.layers._ops import Tensor, ops

# Blocks below this length cost more in overhead than they save in work.
SHORTEST_BLOCK = 4


class Band(NamedTuple):
    """How a sequence is cut: each block of queries meets its own span of keys.

    The span is the block itself and, where the window reaches there, one block before and
    one after it. A block is as long as the window reaches, so that this is enough.
    """

    before: int
    after: int
    block: int

    @property
    def blocks_before(self) -> int:
        """Number of blocks before the queries' own in a span."""
        return int(self.before > 0)

    @property
    def blocks(self) -> int:
        """Number of blocks in a span."""
        return 1 + self.blocks_before + int(self.after > 0)


def band(width: int, history_only: bool) -> Band:
    """Return how to cut for a window of this many keys."""
    before, after = window_reach(width, history_only)
    reach = width - 1 if before is None else before
    # A window never reaches further ahead than back.
    return Band(reach, after, max(reach, SHORTEST_BLOCK))


def banded_attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    mask: Tensor | None,
    cut: Band,
    score: Callable[[Tensor, Tensor], Tensor],
) -> Tensor:
    """Return what each query makes of the values in its window.

    Args:
        query: Float tensor of shape `(B, T, U)`.
        key: Float tensor of shape `(B, T, U)`.
        value: Float tensor of shape `(B, T, F)`, zero at masked positions.
        mask: Boolean tensor of shape `(B, T)` or `None`.
        cut: The window, from `band`.
        score: Takes `(N, Q, U)` and `(N, K, U)` and returns scores `(N, Q, K)`.

    Returns:
        Float tensor of shape `(B, T, F)`, zero where a query has nothing to attend to.

    """
    time = ops.shape(value)[1]
    # Every position needs a mask now: the sequence is padded to whole blocks.
    present = ops.ones(ops.shape(value)[:2], dtype="bool") if mask is None else mask
    scores = score(_blocks(query, cut), _spans(key, cut))
    queries, keys = _blocks(present[..., None], cut), _spans(present[..., None], cut)
    allowed = both(_in_window(cut), pairs(queries[..., 0], keys[..., 0]))
    output = ops.matmul(masked_softmax(scores, allowed), _spans(value, cut))
    features = value.shape[-1]
    joined = ops.reshape(output, (ops.shape(value)[0], -1, features))
    return joined[:, :time]


def _in_window(cut: Band) -> Tensor:
    """Return which keys of a span each query of a block sees, `(1, block, span)`."""
    queries = ops.expand_dims(ops.arange(cut.block) + cut.blocks_before * cut.block, 1)
    offset = ops.expand_dims(ops.arange(cut.blocks * cut.block), 0) - queries
    seen = ops.logical_and(offset >= -cut.before, offset <= cut.after)
    return ops.expand_dims(seen, 0)


def _blocks(values: Tensor, cut: Band) -> Tensor:
    """Return `(B, T, X)` cut into blocks, `(B · blocks, block, X)`."""
    return _flat(_cut(values, cut, 0, 0))


def _spans(values: Tensor, cut: Band) -> Tensor:
    """Return the span of each block of `(B, T, X)`, `(B · blocks, span, X)`."""
    ahead = cut.blocks - 1 - cut.blocks_before
    blocks = _cut(values, cut, cut.blocks_before, ahead)
    count = ops.shape(blocks)[1] - (cut.blocks - 1)
    shifted = [blocks[:, start : start + count] for start in range(cut.blocks)]
    return _flat(ops.concatenate(shifted, axis=2))


def _cut(values: Tensor, cut: Band, blocks_before: int, blocks_after: int) -> Tensor:
    """Return `(B, blocks, block, X)`, filled up with zeros, blocks of them at the ends."""
    batch, time, _ = ops.shape(values)
    fill = -time % cut.block
    ends = (blocks_before * cut.block, fill + blocks_after * cut.block)
    padded = ops.pad(values, ((0, 0), ends, (0, 0)))
    return ops.reshape(padded, (batch, -1, cut.block, values.shape[-1]))


def _flat(blocks: Any) -> Tensor:
    return ops.reshape(blocks, (-1, *blocks.shape[2:]))
