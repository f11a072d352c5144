"""The scores of `AttentionPooling`: which weights each has, and what it computes."""

from __future__ import annotations

from typing import Any

from whylow.layers._ops import Tensor, ops

SCORES = ("additive", "multiplicative", "scaled_dot", "linear", "location")


def weight_shapes(
    score: str, time: int | None, features: int, units: int, heads: int
) -> dict[str, tuple[Any, ...]]:
    """Return the shapes of the weights of a score, by kind, in the order of creation."""
    return {
        "additive": {
            "kernel": (features, units),
            "bias": (units,),
            "context": (units, heads),
        },
        "multiplicative": {"kernel": (features, heads * features)},
        "scaled_dot": {"kernel": (features, heads * units), "context": (heads, units)},
        "linear": {"context": (features, heads), "bias": (heads,)},
        "location": {"kernel": (features, heads * (time or 0))},
    }[score]


def pooling_scores(
    score: str, sequence: Tensor, last: Tensor, weights: dict[str, Any], heads: int
) -> Tensor:
    """Return the score of every position in every head.

    Args:
        score: One of `SCORES`.
        sequence: Float tensor of shape `(B, T, F)`.
        last: Float tensor of shape `(B, F)`, the last position that takes part.
        weights: Weights by kind, of the shapes that `weight_shapes` gives.
        heads: Number of heads `H`.

    Returns:
        Float tensor of shape `(B, H, T)`.

    """
    kernel: Any = weights.get("kernel")
    context: Any = weights.get("context")
    if score == "additive":
        hidden = ops.tanh(_plus(ops.matmul(sequence, kernel), weights.get("bias")))
        return _heads_first(ops.matmul(hidden, context))
    if score == "linear":
        return _heads_first(_plus(ops.matmul(sequence, context), weights.get("bias")))
    if score == "location":
        return _by_head(ops.matmul(last, kernel), heads)
    if score == "multiplicative":
        query = _by_head(ops.matmul(last, kernel), heads)
        return ops.einsum("bhf,btf->bht", query, sequence)
    units = context.shape[-1]
    # The learned query meets the kernel before the sequence does: F numbers a head are
    # then all that a position is multiplied with.
    kernel = ops.reshape(kernel, (-1, heads, units))
    by_feature = ops.einsum("fhu,hu->fh", kernel, context) / units**0.5
    return _heads_first(ops.matmul(sequence, by_feature))


def _plus(values: Tensor, bias: Tensor | None) -> Tensor:
    return values if bias is None else values + bias


def _heads_first(scores: Tensor) -> Tensor:
    return ops.transpose(scores, (0, 2, 1))


def _by_head(values: Tensor, heads: int) -> Tensor:
    return ops.reshape(values, (-1, heads, values.shape[-1] // heads))
