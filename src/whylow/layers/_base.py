"""What the layers here share: inputs with a mask, messages, and being found again."""

from __future__ import annotations

from typing import Any, TypeVar

import keras

from whylow.layers._masking import as_boolean
from whylow.layers._ops import Tensor, ops

PACKAGE = "whylow"
LayerClass = TypeVar("LayerClass", bound=type)


def registered(layer_class: LayerClass) -> LayerClass:
    """Register a layer for saving, by a name that stays when its module moves.

    A `.keras` file then loads without `custom_objects` once `whylow.layers` is imported.
    """
    keras.saving.register_keras_serializable(package=PACKAGE)(layer_class)
    return layer_class


def independent(initializer: Any, index: int) -> Any:
    """Return a copy of an initializer for the weight of this index.

    Keras' initializers are stateless: one object draws the same numbers for two weights
    of one shape. A copy without a seed gets a seed of its own; a seed that the person
    chose is moved on by the index, so that it still decides every weight.
    """
    if not isinstance(initializer, keras.initializers.Initializer):
        return initializer
    config = initializer.get_config()
    if isinstance(config.get("seed"), int):
        config["seed"] += index
    return type(initializer).from_config(config)


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
        shape = tuple(first_of_pair(input_shape))
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
        first = mask[0] if isinstance(mask, (list, tuple)) else mask
        masks = [
            as_boolean(self._checked(one)) for one in (first, second) if one is not None
        ]
        if not masks:
            return sequence, None
        return sequence, masks[0] if len(masks) == 1 else ops.logical_and(*masks)

    def _checked(self, mask: Tensor) -> Tensor:
        if len(mask.shape) != 2:
            raise ValueError(
                f"{type(self).__name__} expects a mask of shape (batch, time), true where "
                f"a position takes part. Received: mask of shape {tuple(mask.shape)}."
            )
        return mask


def first_of_pair(value: Any) -> Any:
    """Return the first of a pair of shapes, where sequence and mask came in together."""
    if value and isinstance(value[0], (list, tuple)):
        return value[0]
    return value
