"""The time loop of a recurrent layer, with its gradient written out.

What can be done for all steps at once stands outside the loop: the projection of the
inputs before it, and the gradient of the recurrent weights after it. Texts lie along the
last axis, so that the arithmetic of a step runs over neighbouring numbers, and both
directions of a bidirectional layer go through one loop.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

Pointwise = Callable[[Any, Any, Any], Any]


def recurrent_loop(
    pointwise: Pointwise,
    projected: Any,
    weights: Any,
    bias: Any,
    mask: Any,
    start: tuple[Any, ...],
    *,
    summed: bool,
    zero_masked: bool,
) -> tuple[Any, tuple[Any, ...]]:
    """Run a recurrent cell over time.

    Args:
        pointwise: `(projected, recurrent, states)` of one step → next states, the output
            first: the cell without its matrix products.
        projected: Inputs times input weights, `(T, D, G, B)`: time, directions, gates
            times units, texts.
        weights: Recurrent weights, `(D, G, H)`.
        bias: Bias of the recurrent product, `(D, G, 1)`, or `None`.
        mask: Boolean `(T, D, 1, B)`, false where a step changes nothing; or `None`.
        start: States, each `(D, H, B)`.
        summed: The cell only reads the sum of both products, and is given it as
            `recurrent`, with `None` for `projected`: less to remember for the gradient.
        zero_masked: The output of a masked step is zero rather than the one before.

    Returns:
        Outputs `(T, D, H, B)` and the last states.
    """
    how = (pointwise, summed, zero_masked)
    return _built()(*how, projected, weights, bias, mask, start)


def _product(weights: Any, states: Any) -> Any:
    import jax.numpy as jnp

    return jnp.einsum("dgh,dhb->dgb", weights, states)


def _step(pointwise: Pointwise, zero_masked: bool, states: Any, x: Any, r: Any) -> Any:
    import jax.numpy as jnp

    z, mask = x
    after = pointwise(z, r, states)
    if mask is None:
        return after, after[0]
    after = tuple(jnp.where(mask, new, old) for new, old in zip(after, states, strict=True))
    return after, jnp.where(mask, after[0], 0.0) if zero_masked else after[0]


def _forward(
    pointwise: Pointwise,
    summed: bool,
    zero_masked: bool,
    projected: Any,
    weights: Any,
    bias: Any,
    mask: Any,
    start: Any,
) -> Any:
    import jax

    def step(states: Any, x: Any) -> Any:
        z, mask = x
        r = _product(weights, states[0])
        r = r if bias is None else r + bias
        z, r = (None, z + r) if summed else (z, r)
        after, output = _step(pointwise, zero_masked, states, (z, mask), r)
        return after, (output, states, r)

    last, (outputs, states, r) = jax.lax.scan(step, start, (projected, mask))
    return (outputs, last), (None if summed else projected, weights, bias, mask, states, r)


def _backward(
    pointwise: Pointwise, summed: bool, zero_masked: bool, kept: Any, gradients: Any
) -> Any:
    import jax
    import jax.numpy as jnp

    projected, weights, bias, mask, states, r = kept
    by_outputs, by_last = gradients
    turned = jnp.swapaxes(weights, 1, 2)

    def step(by_states: Any, x: Any) -> Any:
        by_output, z, mask, states, r = x
        _, back = jax.vjp(
            lambda z, r, states: _step(pointwise, zero_masked, states, (z, mask), r),
            z,
            r,
            states,
        )
        by_z, by_r, by_before = back((by_states, by_output))
        by_before = (by_before[0] + _product(turned, by_r), *by_before[1:])
        return by_before, (by_z, by_r)

    by_start, (by_z, by_r) = jax.lax.scan(
        step, by_last, (by_outputs, projected, mask, states, r), reverse=True
    )
    # First a product for each step, then their sum: a product over steps and texts at
    # once makes XLA turn both arrays round first.
    by_weights = jnp.einsum("tdgb,tdhb->tdgh", by_r, states[0]).sum(0)
    by_bias = None if bias is None else by_r.sum((0, 3))[:, :, None]
    return by_r if summed else by_z, by_weights, by_bias, None, by_start


def _loop_value(*args: Any) -> Any:
    return _forward(*args)[0]


@functools.cache
def _built() -> Any:
    import jax

    loop = jax.custom_vjp(_loop_value, nondiff_argnums=(0, 1, 2))
    loop.defvjp(_forward, _backward)
    return loop
