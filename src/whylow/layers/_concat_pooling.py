"""Several poolings side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras

from whylow.layers._base import SequenceLayer, registered
from whylow.layers._last_state import LastState
from whylow.layers._max_pooling import MaxPooling
from whylow.layers._mean_pooling import MeanPooling
from whylow.layers._ops import Tensor, ops

KINDS: dict[str, type] = {"last": LastState, "max": MaxPooling, "mean": MeanPooling}


@registered
class ConcatPooling(SequenceLayer):
    """Pool a sequence in several ways and put the results side by side.

        y = [last; max_t x_t; mean_t x_t]

    When the sign may be one strong word as well as the tone of the whole text (Howard and
    Ruder 2018, arXiv 1801.06146, section 3.3, "concat pooling").

    Args:
        poolings: What to join, in this order: the names `"last"`, `"max"` and `"mean"`,
            or pooling layers such as `AttentionPooling()`.
        **kwargs: Arguments of every Keras layer.

    Call arguments:
        inputs: Float tensor of shape `(B, T, F)`: batch, time, features; or a pair of it
            and a mask.
        mask: Optional boolean tensor of shape `(B, T)`, `True` at positions that take
            part.

    Returns:
        Float tensor of shape `(B, Σ width of each pooling)`. A row whose mask is all
        `False` gives zeros.

    Raises:
        ValueError: A name is unknown, or there is nothing to join.

    Example:
        >>> import numpy as np
        >>> ConcatPooling(["max", "mean"])(np.ones((2, 5, 3))).shape
        (2, 6)

    """

    def __init__(
        self,
        poolings: Sequence[str | keras.layers.Layer] = ("last", "max", "mean"),
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not poolings:
            raise ValueError("`poolings` must name one pooling at least. Received: none.")
        self.poolings = [self._layer(pooling) for pooling in poolings]
        self._named = [one if isinstance(one, str) else None for one in poolings]

    def _layer(self, pooling: str | keras.layers.Layer) -> keras.layers.Layer:
        if isinstance(pooling, keras.layers.Layer):
            return pooling
        if pooling not in KINDS:
            raise ValueError(
                f"`poolings` must hold pooling layers or names of {sorted(KINDS)}. "
                f"Received: {pooling!r}."
            )
        return KINDS[pooling](dtype=self.dtype_policy)

    def build(self, input_shape: Any) -> None:
        """Build the poolings."""
        shape = self.sequence_shape(input_shape)
        for pooling in self.poolings:
            if not pooling.built:  # as it is after loading
                pooling.build(shape)
        self.built = True

    def call(self, inputs: Any, mask: Any = None, training: bool | None = None) -> Tensor:
        """Pool; see the class."""
        sequence, mask = self.sequence_and_mask(inputs, mask)
        # `training` reaches them by Keras' call context.
        pooled = [pooling(sequence, mask=mask) for pooling in self.poolings]
        return ops.concatenate(pooled, axis=-1)

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> None:
        """Return no mask: the output has no time axis."""
        return

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return `(B, Σ width of each pooling)`."""
        shape = self.sequence_shape(input_shape)
        widths = [pooling.compute_output_shape(shape)[-1] for pooling in self.poolings]
        return (shape[0], sum(widths))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this layer again."""
        poolings = [
            name or keras.saving.serialize_keras_object(pooling)
            for name, pooling in zip(self._named, self.poolings, strict=True)
        ]
        return {**super().get_config(), "poolings": poolings}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> ConcatPooling:
        """Make the layer from what `get_config` returned."""
        poolings = [
            one if isinstance(one, str) else keras.saving.deserialize_keras_object(one)
            for one in config["poolings"]
        ]
        return cls(**{**config, "poolings": poolings})
