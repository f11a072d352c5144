"""Masks that recurrent layers take but do not hand on, as from Keras 3.16."""

from __future__ import annotations

from typing import Any

import keras

from whylow.layers._ops import Tensor

# They read a sequence and return one whose positions are those that they read.
SAME_POSITIONS = (
    keras.layers.RNN,
    keras.layers.Bidirectional,
    keras.layers.TimeDistributed,
)


def lost_mask(tensor: Any) -> Tensor | None:
    """Return the mask that a symbolic sequence had before recurrent layers dropped it.

    Goes back over recurrent layers, and over layers that would have handed a mask on, to
    the nearest mask. Numbers of a model that runs eagerly have no history to go back over.

    Args:
        tensor: What a layer is called with: symbolic, `(B, T, F)`, or anything else.

    Returns:
        The mask, `(B, T)`, symbolic; `None` where the tensor has one itself or never had.

    """
    source = tensor
    while (mask := getattr(source, "_keras_mask", None)) is None:
        history = getattr(source, "_keras_history", None)
        if history is None or not _hands_on(history.operation):
            return None
        inputs = history.operation._inbound_nodes[history.node_index].input_tensors
        if not inputs:  # the model starts here
            return None
        source = inputs[0]
    same = source is not tensor and tuple(mask.shape) == tuple(tensor.shape[:2])
    return mask if same else None


def _hands_on(operation: Any) -> bool:
    return isinstance(operation, SAME_POSITIONS) or (
        isinstance(operation, keras.layers.Layer) and operation.supports_masking
    )
