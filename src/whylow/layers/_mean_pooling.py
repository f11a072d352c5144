"""The mean over time."""

from __future__ import annotations

from whylow.layers._base import registered
from whylow.layers._ops import Tensor, ops
from whylow.layers._pooling import PoolingLayer


@registered
class MeanPooling(PoolingLayer):
    """Take the mean of each feature over the positions that take part.

        y_f = Σ_t x_tf / number of positions

    It is attention with uniform weights, and so the control that attention has to beat
    (Wiegreffe and Pinter 2019, arXiv 1908.04626, section 3.2). Unlike Keras'
    `GlobalAveragePooling1D` it gives zeros, not nan, for a text without any position.

    Args:
        **kwargs: Arguments of every Keras layer.

    Call arguments:
        inputs: Float tensor of shape `(B, T, F)`: batch, time, features; or a pair of it
            and a mask.
        mask: Optional boolean tensor of shape `(B, T)`, `True` at positions that take
            part.

    Returns:
        Float tensor of shape `(B, F)`. A row whose mask is all `False` gives zeros.

    Raises:
        ValueError: The input is no sequence.

    Example:
        >>> import numpy as np
        >>> x = np.array([[[1.0], [-2.0], [9.0]]])
        >>> float(MeanPooling()(x, mask=np.array([[True, True, False]]))[0, 0])
        -0.5

    """

    def pool(self, sequence: Tensor, mask: Tensor | None) -> Tensor:
        """Return the means, `(B, F)`."""
        if mask is None:
            return ops.mean(sequence, axis=1)
        # Divided first: a sum over a long sequence would overflow in half precision.
        count = ops.sum(ops.cast(mask, "float32"), axis=1, keepdims=True)
        share = ops.cast(
            ops.cast(mask, "float32") / ops.maximum(count, 1.0), sequence.dtype
        )
        return ops.einsum("bt,btf->bf", share, sequence)
