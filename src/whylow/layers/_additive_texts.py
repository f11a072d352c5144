"""Additive scores a text at a time, each by one compiled program: for TensorFlow.

TensorFlow runs operations one by one, and each has to pass over the hidden layer. Compiled
as a whole, the scores of a text take a quarter of that time. Compiling takes some seconds
for each length of a text, so it is worth it for long texts of a known length in a graph.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from whylow.layers import _additive_fused
from whylow.layers._blocks import over_blocks
from whylow.layers._ops import Tensor, ops

# Numbers in the hidden layer of a text. Below that many, compiling takes longer than what
# some hundred steps save, and below a quarter of it each step is slower too.
WORTH_COMPILING = 2**18


def worth_compiling(query: Tensor, key: Tensor) -> bool:
    """Return whether texts are long enough, and known to be, in a graph on a CPU."""
    import tensorflow as tf  # pyright: ignore[reportMissingModuleSource]

    lengths = query.shape[1], key.shape[1]
    if tf.executing_eagerly() or None in lengths:
        return False
    # With a GPU, Keras has the whole model compiled.
    on_gpu = bool(tf.config.list_physical_devices("GPU"))
    return not on_gpu and lengths[0] * lengths[1] * query.shape[2] >= WORTH_COMPILING


def scores(query: Tensor, key: Tensor, weight: Tensor) -> Tensor:
    """Return Σ_u w_u tanh(q_tu + k_su), `(B, T, S)`; arguments as for `additive_scores`."""

    def text(nothing: Tensor, query: Tensor, key: Tensor) -> Any:
        return nothing, (_compiled()[0](query, key, weight),)

    return over_blocks(text, ops.zeros(()), (query, key), 1)[1][0]


def gradients(query: Tensor, key: Tensor, weight: Tensor, upstream: Tensor) -> Any:
    """Return the gradients by query, key and weight, given the one by the scores."""

    def text(total: Tensor, query: Tensor, key: Tensor, upstream: Tensor) -> Any:
        by_query, by_key, by_weight = _compiled()[1](query, key, weight, upstream)
        return total + by_weight, (by_query, by_key)

    by_weight, by_positions = over_blocks(
        text, ops.zeros_like(weight), (query, key, upstream), 1
    )
    return *by_positions, by_weight


@cache
def _compiled() -> tuple[Any, Any]:
    import tensorflow as tf  # pyright: ignore[reportMissingModuleSource]

    ways = _additive_fused.scores, _additive_fused.gradients
    scores, gradients = (
        tf.function(way, jit_compile=True, autograph=False) for way in ways
    )
    return scores, gradients
