"""The state at the end of a text."""

from __future__ import annotations

from typing import Any

from whylow.layers._base import registered
from whylow.layers._ops import Tensor, ops
from whylow.layers._pooling import PoolingLayer


@registered
class LastState(PoolingLayer):
    """Take the vector at the last position that takes part.

    After a recurrent layer with `return_sequences=True` it gives what the layer would
    give without: one set of weights then serves a model with and one without attention.
    After a `Bidirectional` layer that joins both directions by concatenation, set
    `bidirectional=True`: the backward half has read the whole text at its first position.

    Args:
        bidirectional: Take the first half of the features at the last position and the
            second half at the first one.
        **kwargs: Arguments of every Keras layer.

    Call arguments:
        inputs: Float tensor of shape `(B, T, F)`: batch, time, features; or a pair of it
            and a mask.
        mask: Optional boolean tensor of shape `(B, T)`, `True` at positions that take
            part.

    Returns:
        Float tensor of shape `(B, F)`. A row whose mask is all `False` gives zeros.

    Raises:
        ValueError: The input is no sequence, or cannot be halved.

    Example:
        >>> import numpy as np
        >>> x = np.array([[[1.0], [-2.0], [9.0]]])
        >>> float(LastState()(x, mask=np.array([[True, True, False]]))[0, 0])
        -2.0

    """

    def __init__(self, bidirectional: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.bidirectional = bidirectional

    def build(self, input_shape: Any) -> None:
        """Check the shape; there are no weights."""
        features = self.sequence_shape(input_shape)[-1]
        if self.bidirectional and features % 2:
            raise ValueError(
                "LastState with `bidirectional=True` expects an even number of features, "
                f"one half a direction. Received: {features} features."
            )
        super().build(input_shape)

    def pool(self, sequence: Tensor, mask: Tensor | None) -> Tensor:
        """Return the states at the end, `(B, F)`."""
        last = last_state(sequence, mask)
        if not self.bidirectional:
            return last
        half = sequence.shape[-1] // 2
        first = first_state(sequence, mask)
        return ops.concatenate([last[:, :half], first[:, half:]], axis=-1)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this layer again."""
        return {**super().get_config(), "bidirectional": self.bidirectional}


def last_state(sequence: Tensor, mask: Tensor | None) -> Tensor:
    """Return `(B, F)`, what stands at the last position that takes part, or zeros."""
    if mask is None:
        return sequence[:, -1]
    counted = _counted(mask)
    return _picked(sequence, mask, counted == ops.max(counted, axis=1, keepdims=True))


def first_state(sequence: Tensor, mask: Tensor | None) -> Tensor:
    """Return `(B, F)`, what stands at the first position that takes part, or zeros."""
    if mask is None:
        return sequence[:, 0]
    return _picked(sequence, mask, _counted(mask) == 1)


def _counted(mask: Tensor) -> Tensor:
    return ops.cumsum(ops.cast(mask, "int32"), axis=1)


def _picked(sequence: Tensor, mask: Tensor, reached: Tensor) -> Tensor:
    chosen = ops.expand_dims(ops.logical_and(mask, reached), -1)
    return ops.sum(ops.where(chosen, sequence, ops.zeros_like(sequence)), axis=1)
