"""The largest value over time."""

from __future__ import annotations

from whylow.layers._base import registered
from whylow.layers._masking import lowest
from whylow.layers._ops import Tensor, ops
from whylow.layers._pooling import PoolingLayer, zero_empty


@registered
class MaxPooling(PoolingLayer):
    """Take the largest value of each feature over the positions that take part.

        y_f = max_t x_tf

    The strongest plain way from recurrent states to one vector (Conneau et al. 2017,
    arXiv 1705.02364, section 4; Maini et al. 2020, arXiv 2005.00159). Keras'
    `GlobalMaxPooling1D` takes no notice of the mask, so that padding can win.

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
        >>> float(MaxPooling()(x, mask=np.array([[True, True, False]]))[0, 0])
        1.0

    """

    def pool(self, sequence: Tensor, mask: Tensor | None) -> Tensor:
        """Return the largest values, `(B, F)`."""
        if mask is None:
            return ops.max(sequence, axis=1)
        bottom = ops.full_like(sequence, lowest(sequence))
        values = ops.where(ops.expand_dims(mask, -1), sequence, bottom)
        return zero_empty(ops.max(values, axis=1), mask)
