"""The numbers of keras-self-attention 0.46 to 0.51, to replay what was trained with them.

It took 10,000 off a score instead of leaving a position out, and did so for padding only
where query and key are both padding. A real token therefore attends to padding freely.
"""

from __future__ import annotations

from whylow.layers._ops import Tensor, ops

PENALTY = 1e4


def legacy_softmax(scores: Tensor, seen: Tensor | None, mask: Tensor | None) -> Tensor:
    """Return the attention weights as keras-self-attention 0.51 computes them.

    Args:
        scores: Float tensor of shape `(B, T, T)`, query before key.
        seen: Boolean tensor of shape `(1, T, T)`, the window, or `None`.
        mask: Boolean tensor of shape `(B, T)` or `None`.

    Returns:
        Float tensor of shape `(B, T, T)`; each row adds up to one.

    """
    if seen is not None:
        scores = scores - PENALTY * (1.0 - ops.cast(seen, scores.dtype))
    if mask is not None:
        padding = 1.0 - ops.cast(mask, scores.dtype)
        scores = scores - PENALTY * ops.expand_dims(padding, 2) * ops.expand_dims(
            padding, 1
        )
    return ops.softmax(scores, axis=-1)
