"""What pooling layers share: `(B, T, F)` goes in, `(B, F)` comes out, and no mask."""

from __future__ import annotations

from typing import Any

from whylow.layers._base import SequenceLayer
from whylow.layers._masking import zero_masked
from whylow.layers._ops import Tensor, ops


class PoolingLayer(SequenceLayer):
    """A layer without weights that makes one vector of a sequence."""

    def build(self, input_shape: Any) -> None:
        """Check the shape; there are no weights."""
        self.sequence_shape(input_shape)
        self.built = True

    def call(self, inputs: Any, mask: Any = None) -> Tensor:
        """Pool; see the class."""
        sequence, mask = self.sequence_and_mask(inputs, mask)
        return self.pool(zero_masked(sequence, mask), mask)

    def pool(self, sequence: Tensor, mask: Tensor | None) -> Tensor:
        """Return `(B, F)` for a sequence with zeros at masked positions."""
        # Not abstract by `abc`: Keras makes layer classes with a metaclass of its own.
        raise NotImplementedError

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> None:
        """Return no mask: the output has no time axis."""
        return

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return `(B, F)`."""
        batch, _, features = self.sequence_shape(input_shape)
        return (batch, features)


def zero_empty(pooled: Tensor, mask: Tensor | None) -> Tensor:
    """Return `(B, F)` with zeros for texts that have no position at all."""
    if mask is None:
        return pooled
    some = ops.any(mask, axis=1, keepdims=True)
    return ops.where(some, pooled, ops.zeros_like(pooled))
