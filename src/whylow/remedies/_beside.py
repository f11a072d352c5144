"""The layer that keeps the last state beside what attention makes of a sequence."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from whylow.layers import LastState


@keras.saving.register_keras_serializable(package="whylow")
class KeepLastState(keras.layers.Layer):
    """Join the state at the end of a text to the output of an attention layer.

    Where the attention gives a vector for each position, each gets the state. Pooling
    over time by mean or maximum then leaves the state as it is.

    Args:
        attention: The layer; it gives `(B, F)` or `(B, T, F)` for `(B, T, F)`.
        bidirectional: Whether the sequence holds both directions side by side.
        **kwargs: Arguments of every Keras layer.
    """

    def __init__(self, attention: Any, bidirectional: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if isinstance(attention, dict):
            attention = keras.saving.deserialize_keras_object(attention)
        self.supports_masking = True
        self.attention = attention
        self.bidirectional = bidirectional
        self._last = LastState(bidirectional=bidirectional)

    def build(self, input_shape: Any) -> None:
        """Build the attention layer."""
        self.attention.build(input_shape)
        self.built = True

    def call(self, inputs: Any, mask: Any = None) -> Any:
        """Attend, and put the last state beside it."""
        attended = self.attention(inputs, mask=mask)
        last: Any = self._last(inputs, mask=mask)
        if len(attended.shape) == 3:
            steps: Any = ops.expand_dims(last, 1)
            last = steps + ops.zeros_like(inputs)
        return ops.concatenate([attended, last], axis=-1)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of the attention's output, widened by the state."""
        attended = self.attention.compute_output_shape(input_shape)
        return (*attended[:-1], attended[-1] + input_shape[-1])

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """Hand on the mask of the attention layer."""
        return self.attention.compute_mask(inputs, previous_mask)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this layer again."""
        attention = keras.saving.serialize_keras_object(self.attention)
        return {
            **super().get_config(),
            "attention": attention,
            "bidirectional": self.bidirectional,
        }
