"""The penalty that keeps rows of attention apart (Lin et al. 2017, section 2.2)."""

from __future__ import annotations

from whylow.layers._ops import Tensor, ops


def overlap_penalty(attention: Tensor, rows: Tensor | None) -> Tensor:
    """Return ‖A Aᵀ - I‖² (Frobenius), mean over the texts of a batch.

    Args:
        attention: Float tensor of shape `(B, R, T)`, zero in rows that take no part.
        rows: Boolean tensor of shape `(B, R)`, which rows take part; `None` is all.

    Returns:
        Float scalar.

    """
    shape = ops.shape(attention)
    identity = ops.eye(shape[1], dtype=attention.dtype)
    if rows is not None:
        identity = identity * ops.expand_dims(ops.cast(rows, attention.dtype), -1)
    overlap = ops.matmul(attention, ops.transpose(attention, (0, 2, 1))) - identity
    return ops.sum(ops.square(overlap)) / ops.cast(shape[0], attention.dtype)
