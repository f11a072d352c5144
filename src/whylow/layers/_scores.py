"""Scores of every key for every query that need no hidden layer."""

from __future__ import annotations

from whylow.layers._ops import Tensor, ops


def multiplicative_scores(query: Tensor, key: Tensor, weight: Tensor) -> Tensor:
    """Return q_tᵀ W k_s, the score that Luong et al. 2015 (section 3.1) call general.

    Args:
        query: Float tensor of shape `(B, T, F)`.
        key: Float tensor of shape `(B, S, F)`.
        weight: Float tensor of shape `(F, F)`.

    Returns:
        Float tensor of shape `(B, T, S)`.

    """
    return ops.matmul(ops.matmul(query, weight), ops.transpose(key, (0, 2, 1)))
