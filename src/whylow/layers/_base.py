"""What the layers here share: inputs with a mask, messages, and being found again."""

from __future__ import annotations

from typing import Any, TypeVar

import keras

from whylow.layers._lost_mask import lost_mask
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
    part only if both say so. A mask that recurrent layers before this one dropped, as
    from Keras 3.16, is found again where the model is symbolic.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True
        #: Time steps and features that the weights were made for; `None` is any number.
        self.built_for: tuple[int | None, int | None] | None = None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the layer, with the mask that was dropped on the way if there is one."""
        if args and self.built_for is not None:
            self._check_sizes(args[0])
        if args and kwargs.get("mask") is None:
            found = keras.tree.map_structure(lost_mask, args[0])
            if any(mask is not None for mask in keras.tree.flatten(found)):
                kwargs["mask"] = keras.tree.map_structure(known_mask, args[0])
        return super().__call__(*args, **kwargs)

    def _check_sizes(self, inputs: Any) -> None:
        shape = tuple(getattr(first(inputs), "shape", ()))
        if len(shape) != 3 or self.built_for is None:
            return
        for name, wanted, size in zip(
            ("time steps", "features"), self.built_for, shape[1:], strict=True
        ):
            if not same_size(wanted, size):
                raise ValueError(
                    f"{type(self).__name__} has weights for {wanted} {name} and expects as "
                    f"many. Received: an input of shape {shape}, of {size} {name}. Use one "
                    "layer for each size, or bring the inputs to one size before it."
                )

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
            ValueError: There are more inputs than a sequence and a mask, or a mask is not
                of shape `(batch, time)`.

        """
        given = inputs if isinstance(inputs, (list, tuple)) else [inputs]
        if not 1 <= len(given) <= 2:
            raise ValueError(
                f"{type(self).__name__} expects a sequence, or a list of it and a mask. "
                f"Received: a list of {len(given)} inputs."
            )
        sequence, second = given[0], given[1] if len(given) == 2 else None
        masks = [self.boolean_mask(one) for one in (first(mask), second)]
        for one in masks:
            if one is not None and not same_size(one.shape[1], sequence.shape[1]):
                raise ValueError(
                    f"{type(self).__name__} expects a mask of as many time steps as the "
                    f"sequence. Received: a mask of {one.shape[1]} and a sequence of "
                    f"{sequence.shape[1]} (shapes {tuple(one.shape)} and "
                    f"{tuple(sequence.shape)})."
                )
        return sequence, both(*masks)

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


def same_size(one: Any, other: Any) -> bool:
    """Return whether two sizes are equal, as far as both are known."""
    known = isinstance(one, int) and isinstance(other, int)
    return not known or one == other


def known_mask(tensor: Any) -> Tensor | None:
    """Return the mask that a tensor carries, or the one that was dropped before it."""
    carried = getattr(tensor, "_keras_mask", None)
    return lost_mask(tensor) if carried is None else carried


def first(inputs: Any) -> Any:
    """Return the sequence, where it may come with a mask."""
    return inputs[0] if isinstance(inputs, (list, tuple)) else inputs


def first_shape(value: Any) -> Any:
    """Return the shape of the sequence, where it may come with that of a mask."""
    if value and isinstance(value[0], (list, tuple)):
        return value[0]
    return value
