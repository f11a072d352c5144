"""What the layers here share: inputs with a mask, messages, and being found again."""

from __future__ import annotations

from typing import Any, TypeVar

import keras

from whylow.layers._masking import as_boolean, both
from whylow.layers._ops import Tensor

PACKAGE = "whylow"
LayerClass = TypeVar("LayerClass", bound=type)


def registered(layer_class: LayerClass) -> LayerClass:
    """Register a layer for saving, by a name that stays when its module moves.

    A `.keras` file then loads without `custom_objects` once `whylow.layers` is imported.
    """
    keras.saving.register_keras_serializable(package=PACKAGE)(layer_class)
    return layer_class


class SequenceLayer(keras.layers.Layer):
    """A layer on sequences `(B, T, F)` that takes its mask in any of three ways.

    The mask that Keras hands on by itself, the argument `mask=` of the call, and a second
    input (`layer([x, mask])`). Where a second input meets another mask, a position takes
    part only if both say so.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True

    @classmethod
    def get_custom_objects(cls) -> dict[str, type]:
        """Return the class by name, as `custom_objects` expects it.

        Loading a `.keras` file does not need it: the layer is registered.
        """
        return {cls.__name__: cls}

    def sequence_shape(self, input_shape: Any) -> tuple[int | None, int | None, int]:
        """Return `(B, T, F)` of the sequence, or say what is wrong with the input.

        Raises:
            ValueError: The input is no sequence, or the number of features is not known.

        """
        shape = tuple(first_shape(input_shape))
        if len(shape) != 3:
            hint = (
                " If the layer before is recurrent, give it `return_sequences=True`."
                if len(shape) == 2
                else ""
            )
            raise ValueError(
                f"{type(self).__name__} expects an input of shape (batch, time, features). "
                f"Received: input_shape={shape}, of rank {len(shape)}.{hint}"
            )
        if shape[-1] is None:
            raise ValueError(
                f"{type(self).__name__} expects the last axis of its input, the features, "
                f"to be known. Received: input_shape={shape}. Give the `Input` or the "
                "`Reshape` before it a number there."
            )
        return shape

    def sequence_and_mask(self, inputs: Any, mask: Any) -> tuple[Tensor, Tensor | None]:
        """Return the sequence and the boolean mask that all sources agree on.

        Raises:
            ValueError: A mask is not of shape `(batch, time)`.

        """
        sequence, second = inputs if isinstance(inputs, (list, tuple)) else (inputs, None)
        implicit = self.boolean_mask(first(mask))
        return sequence, both(implicit, self.boolean_mask(second))

    def boolean_mask(self, mask: Tensor | None) -> Tensor | None:
        """Return a mask as booleans.

        Raises:
            ValueError: The mask is not of shape `(batch, time)`.

        """
        if mask is None:
            return None
        if len(mask.shape) != 2:
            raise ValueError(
                f"{type(self).__name__} expects a mask of shape (batch, time), true where "
                f"a position takes part. Received: mask of shape {tuple(mask.shape)}."
            )
        return as_boolean(mask)


def first(inputs: Any) -> Any:
    """Return the sequence, where it may come with a mask."""
    return inputs[0] if isinstance(inputs, (list, tuple)) else inputs


def first_shape(value: Any) -> Any:
    """Return the shape of the sequence, where it may come with that of a mask."""
    if value and isinstance(value[0], (list, tuple)):
        return value[0]
    return value
