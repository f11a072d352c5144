"""Gradients and compiled calls, on whichever backend Keras runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from whylow.layers._ops import ops


def gradients(
    layer: keras.layers.Layer,
    inputs: list[np.ndarray],
    mask: Any,
    weigh: Callable[..., Any],
) -> tuple[float, list[np.ndarray]]:
    """Return a layer's weighted output and its gradients.

    Args:
        layer: A built layer.
        inputs: Float arrays, the inputs of the layer in their order.
        mask: What the call gets as `mask`.
        weigh: Takes the layer's output and returns a scalar.

    Returns:
        The scalar, and its gradients by each trainable weight, then by each input.

    """
    return {"jax": _jax, "tensorflow": _tensorflow, "torch": _torch}[
        keras.backend.backend()
    ](layer, inputs, mask, weigh)


def compiled(layer: keras.layers.Layer, mask: Any) -> Callable[[Any], Any] | None:
    """Return the layer's call compiled, or `None` where the backend only runs eagerly."""
    backend = keras.backend.backend()
    if backend == "jax":
        import jax

        weights = [variable.value for variable in layer.variables]

        def call(inputs: Any) -> Any:
            trainable = weights[: len(layer.trainable_variables)]
            rest = weights[len(layer.trainable_variables) :]
            return layer.stateless_call(trainable, rest, inputs, mask=mask)[0]

        return jax.jit(call)
    if backend == "tensorflow":
        import tensorflow as tf  # pyright: ignore[reportMissingModuleSource]

        return tf.function(lambda inputs: layer(inputs, mask=mask), jit_compile=True)
    return None


def one_or_list(inputs: list[Any]) -> Any:
    """Return a single input by itself, as a layer is called with it."""
    return inputs[0] if len(inputs) == 1 else inputs


def _called(layer: Any, inputs: Any, mask: Any) -> Any:
    return layer(one_or_list(inputs), **({} if mask is None else {"mask": mask}))


def _numpy(tensors: Any) -> list[np.ndarray]:
    return [ops.convert_to_numpy(tensor) for tensor in tensors]


def _jax(layer: Any, inputs: Any, mask: Any, weigh: Any) -> Any:
    import jax

    def total(weights: Any, inputs: Any) -> Any:
        fixed = [variable.value for variable in layer.non_trainable_variables]
        masked = {} if mask is None else {"mask": mask}
        output, _ = layer.stateless_call(weights, fixed, one_or_list(inputs), **masked)
        return weigh(output)

    weights = [variable.value for variable in layer.trainable_variables]
    value, (by_weight, by_input) = jax.value_and_grad(total, argnums=(0, 1))(
        weights, inputs
    )
    return float(ops.convert_to_numpy(value)), _numpy([*by_weight, *by_input])


def _tensorflow(layer: Any, inputs: Any, mask: Any, weigh: Any) -> Any:
    import tensorflow as tf  # pyright: ignore[reportMissingModuleSource]

    inputs = [tf.constant(one) for one in inputs]
    weights = [variable.value for variable in layer.trainable_variables]
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        value = weigh(_called(layer, inputs, mask))
    found = tape.gradient(
        value, [*weights, *inputs], unconnected_gradients=tf.UnconnectedGradients.ZERO
    )
    return float(ops.convert_to_numpy(value)), _numpy(found)


def _torch(layer: Any, inputs: Any, mask: Any, weigh: Any) -> Any:
    import torch  # pyright: ignore[reportMissingImports]

    inputs = [torch.tensor(one, requires_grad=True) for one in inputs]
    weights = [variable.value for variable in layer.trainable_variables]
    value = weigh(_called(layer, inputs, mask))
    wanted = [*weights, *inputs]
    found = torch.autograd.grad(value, wanted, allow_unused=True)
    pairs = zip(wanted, found, strict=True)
    return float(ops.convert_to_numpy(value)), _numpy(
        [torch.zeros_like(one) if by is None else by for one, by in pairs]
    )
