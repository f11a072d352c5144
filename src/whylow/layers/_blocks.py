"""Work through long arrays block by block, so that no block outgrows the cache."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras

from whylow.layers._ops import Tensor, ops

# Numbers in the largest tensor of a block: 4 MiB of float32. Larger ones leave the cache
# of a processor core, which costs more than the loop saves.
BLOCK_NUMBERS = 2**20

Step = Callable[..., tuple[Tensor, tuple[Tensor, ...]]]


def block_size(count: Any, numbers_each: Any) -> Any:
    """Return how many of `count` things, of so many numbers each, make a block.

    A divisor of the count is preferred, as it leaves no shorter last block.
    """
    if not (isinstance(count, int) and isinstance(numbers_each, int)):
        return ops.maximum(1, BLOCK_NUMBERS // numbers_each)
    most = max(1, min(count, BLOCK_NUMBERS // max(1, numbers_each)))
    divisors = (size for size in range(most, most // 2, -1) if count % size == 0)
    return next(divisors, most)


def fits(numbers: Any) -> bool:
    """Return whether so many numbers are known to fit into a block."""
    return isinstance(numbers, int) and numbers <= BLOCK_NUMBERS


def over_blocks(
    step: Step, carry: Tensor, arrays: tuple[Tensor, ...], size: Any
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """Call `step(carry, *blocks)` on blocks of the first axis, one after another.

    Args:
        step: Returns the next carry, of the same shape, and a tuple of results whose
            first axis is that of the blocks.
        carry: What the first step starts from.
        arrays: Tensors with a first axis of one length.
        size: Length of a block; the last one may be shorter.

    Returns:
        The last carry, and the results joined along their first axis.

    """
    count = arrays[0].shape[0]
    if isinstance(size, int) and count == size:
        return step(carry, *arrays)
    loop = {"jax": _scan, "tensorflow": _while}.get(keras.backend.backend())
    if loop is None:
        return _for(step, carry, arrays, size)
    if not isinstance(size, int) or (count is None and size > 1):
        return _padded(step, carry, arrays, size)
    rest = (count or 0) % size
    if not rest:
        return loop(step, carry, arrays, size)
    # Compilers need blocks of one length: what is left over is a step of its own.
    carry, results = loop(step, carry, tuple(array[:-rest] for array in arrays), size)
    carry, last = step(carry, *(array[-rest:] for array in arrays))
    return carry, tuple(ops.concatenate(pair) for pair in zip(results, last, strict=True))


def _scan(step: Step, carry: Tensor, arrays: Any, size: int) -> Any:
    import jax

    blocks = [array.reshape(-1, size, *array.shape[1:]) for array in arrays]
    carry, results = jax.lax.scan(lambda carry, block: step(carry, *block), carry, blocks)
    return carry, tuple(result.reshape(-1, *result.shape[2:]) for result in results)


def _for(step: Step, carry: Tensor, arrays: Any, size: int) -> Any:
    parts = []
    for start in range(0, arrays[0].shape[0], size):
        carry, results = step(carry, *(array[start : start + size] for array in arrays))
        parts.append(results)
    return carry, tuple(ops.concatenate(part) for part in zip(*parts, strict=True))


def _padded(step: Step, carry: Tensor, arrays: Any, size: Any) -> Any:
    """Loop over arrays of unknown length, filled up with zeros to whole blocks."""
    count = ops.shape(arrays[0])[0]
    size = ops.minimum(size, count)
    fill = -count % size
    arrays = tuple(
        ops.pad(array, ((0, fill), *[(0, 0)] * (len(array.shape) - 1))) for array in arrays
    )
    carry, results = _while(step, carry, arrays, size)
    return carry, tuple(result[:count] for result in results)


def _while(step: Step, carry: Tensor, arrays: Any, size: Any) -> Any:
    import tensorflow as tf  # pyright: ignore[reportMissingModuleSource]

    def block(start: Any) -> Any:
        # A slice that knows its size: XLA takes no other.
        return (
            tf.slice(
                array, [start] + [0] * (len(array.shape) - 1), [size, *ops.shape(array)[1:]]
            )
            for array in arrays
        )

    # The first block outside the loop: only it tells how many results there are.
    carry, first = step(carry, *block(0))
    blocks = ops.shape(arrays[0])[0] // size
    stores = tuple(
        tf.TensorArray(result.dtype, blocks, element_shape=result.shape).write(0, result)
        for result in first
    )

    def body(index: Any, carry: Any, stores: Any) -> Any:
        carry, results = step(carry, *block(index * size))
        pairs = zip(stores, results, strict=True)
        return (
            index + 1,
            carry,
            tuple(store.write(index, result) for store, result in pairs),
        )

    _, carry, stores = tf.while_loop(
        lambda index, *_: index < blocks, body, (tf.constant(1), carry, stores)
    )
    results = (store.stack() for store in stores)
    return carry, tuple(
        ops.reshape(result, (-1, *ops.shape(result)[2:])) for result in results
    )
