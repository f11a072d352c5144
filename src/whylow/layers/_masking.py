"""What every layer here does with a mask.

A mask is boolean, `(B, T)`, `True` where a position takes part.
"""

from __future__ import annotations

from typing import Any

import keras

from whylow.layers._ops import Tensor, ops


def padding_mask(ids: Tensor, padding_id: int = 0) -> Tensor:
    """Return the mask of token ids: `True` where a token is no padding.

    For where no mask arrives by itself: an embedding without `mask_zero=True`, or a layer
    on the way that drops it.

    Args:
        ids: Integer tensor of shape `(B, T)`.
        padding_id: The id that padding is made of.

    Returns:
        Boolean tensor of shape `(B, T)`.

    Example:
        >>> import numpy as np
        >>> np.asarray(padding_mask(np.array([[5, 3, 0, 0]]))).tolist()
        [[True, True, False, False]]

    """
    return ops.not_equal(ids, padding_id)


def as_boolean(mask: Tensor) -> Tensor:
    """Return a mask of any number type as booleans."""
    if keras.backend.standardize_dtype(mask.dtype) == "bool":
        return mask
    return ops.not_equal(mask, 0)


def zero_masked(values: Tensor, mask: Tensor | None) -> Tensor:
    """Return `(B, T, F)` values with zeros at masked positions.

    Zeroing what enters, not only its weight: 0 * nan is nan, in the gradient as well.
    """
    if mask is None:
        return values
    return ops.where(ops.expand_dims(mask, -1), values, ops.zeros_like(values))


def masked_softmax(scores: Tensor, mask: Tensor | None) -> Tensor:
    """Softmax over the last axis that gives masked positions exactly zero weight.

    A row with nothing to attend to gets all-zero weights: a softmax over equal scores
    would spread the weight over padding and hide the mistake.

    Args:
        scores: Float tensor of shape `(..., T)`.
        mask: Boolean tensor that broadcasts to the shape of `scores`, or `None`.

    Returns:
        Float tensor of the shape of `scores`; each row adds up to one, or is zero.

    """
    if mask is None:
        return ops.softmax(scores, axis=-1)
    bottom = ops.full_like(scores, lowest(scores))
    peak = ops.max(ops.where(mask, scores, bottom), axis=-1, keepdims=True)
    # Masked scores become 0 before the exponential, so that none of them overflows: an
    # infinity there would turn the gradient into nan although its weight is dropped.
    shifted = ops.where(mask, scores - ops.stop_gradient(peak), ops.zeros_like(scores))
    powers = ops.where(mask, ops.exp(shifted), ops.zeros_like(scores))
    total = ops.sum(powers, axis=-1, keepdims=True)
    return powers / ops.where(total > 0, total, ops.ones_like(total))


def lowest(values: Tensor) -> float:
    """Return the lowest finite number of a float tensor's type."""
    return {"float16": -65504.0, "bfloat16": -3.38e38}.get(
        keras.backend.standardize_dtype(values.dtype), -3.4e38
    )


def causal(queries: Any, keys: Any) -> Tensor:
    """Return which keys come no later than each query, boolean, `(1, queries, keys)`."""
    later = ops.expand_dims(ops.arange(keys), 0) > ops.expand_dims(ops.arange(queries), 1)
    return ops.expand_dims(ops.logical_not(later), 0)


def both(first: Tensor | None, second: Tensor | None) -> Tensor | None:
    """Return where both masks are true; `None` is true everywhere."""
    if first is None or second is None:
        return second if first is None else first
    return ops.logical_and(first, second)


def pairs(queries: Tensor | None, keys: Tensor | None) -> Tensor | None:
    """Return which queries attend to which keys, `(B, T, S)`, or `None` if all to all."""
    return both(
        None if queries is None else ops.expand_dims(queries, 2),
        None if keys is None else ops.expand_dims(keys, 1),
    )


def window(time: Any, width: int | None, history_only: bool) -> Tensor | None:
    """Return which keys lie in the window of each query.

    Args:
        time: Number of time steps `T`.
        width: Keys a query sees, itself included; an even width has its odd one out in
            the past. `None` is no limit.
        history_only: The window ends at the query.

    Returns:
        Boolean tensor of shape `(1, T, T)`, query before key, or `None` where every key
        is seen.

    """
    if width is None and not history_only:
        return None
    position = ops.arange(time)
    offset = ops.expand_dims(position, 0) - ops.expand_dims(position, 1)
    before, after = window_reach(width, history_only)
    seen = offset <= after
    if before is not None:
        seen = ops.logical_and(seen, offset >= -before)
    return ops.expand_dims(seen, 0)


def window_reach(width: int | None, history_only: bool) -> tuple[int | None, int]:
    """Return how many keys before and after itself a query sees; `None` is no limit."""
    if history_only:
        return (None if width is None else width - 1), 0
    if width is None:
        raise ValueError("A window that is neither bounded nor causal has no reach.")
    return width // 2, (width - 1) // 2
