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


def legacy_key_softmax(
    scores: Tensor, seen: Tensor | None, keys: Tensor | None, epsilon: float = 0.0
) -> Tensor:
    """Return the weights as the other layers of keras-self-attention 0.51 compute them.

    These leave padding out for every query, but spread the weight over padding where
    there is nothing else.

    Args:
        scores: Float tensor of shape `(..., S)`.
        seen: Boolean tensor that broadcasts to the scores, or `None`.
        keys: Boolean tensor that broadcasts to the scores, or `None`.
        epsilon: Added to what the weights are divided by.

    Returns:
        Float tensor of the shape of `scores`.

    """
    for allowed in (seen, keys):
        if allowed is not None:
            scores = scores - PENALTY * (1.0 - ops.cast(allowed, scores.dtype))
    powers = ops.exp(scores - ops.max(scores, axis=-1, keepdims=True))
    return powers / (ops.sum(powers, axis=-1, keepdims=True) + epsilon)
