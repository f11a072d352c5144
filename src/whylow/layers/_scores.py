"""Scores of every key for every query, `(B, T, F)` to `(B, T, T)`."""

from __future__ import annotations

from whylow.layers._ops import Tensor, ops


def additive_scores(query: Tensor, key: Tensor, weight: Tensor) -> Tensor:
    """Return Σ_u w_u tanh(q_tu + k_su), the score of Bahdanau et al. 2015 (appendix A.1.2).

    Args:
        query: Float tensor of shape `(B, T, U)`.
        key: Float tensor of shape `(B, S, U)`.
        weight: Float tensor of shape `(U,)`.

    Returns:
        Float tensor of shape `(B, T, S)`.

    """
    hidden = ops.tanh(ops.expand_dims(query, 2) + ops.expand_dims(key, 1))
    return ops.einsum("btsu,u->bts", hidden, weight)


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
