"""Whether the end of a model, its loss and its labels can work together."""

from __future__ import annotations

from whylow.checks._head import Head, Labels
from whylow.checks._reading import (
    BINARY_LOSSES,
    BROADCASTING_LOSSES,
    CATEGORICAL_LOSSES,
    DISTANCE_LOSSES,
    HINGE_LOSSES,
    SPARSE_LOSSES,
)

_SQUASHING = frozenset(
    {"sigmoid", "hard_sigmoid", "sparse_sigmoid", "softmax", "sparsemax"}
)
# What an activation can give, for those that cannot give every number.
_REACH = {
    "hard_sigmoid": (0.0, 1.0),
    "hard_tanh": (-1.0, 1.0),
    "relu": (0.0, float("inf")),
    "relu6": (0.0, 6.0),
    "sigmoid": (0.0, 1.0),
    "softplus": (0.0, float("inf")),
    "softsign": (-1.0, 1.0),
    "sparse_sigmoid": (0.0, 1.0),
    "tanh": (-1.0, 1.0),
}


def misfit(head: Head, loss: str | None, from_logits: bool, labels: Labels) -> str | None:
    """Return the name of the combination, the most telling first; None if all fits."""
    if head.activation == "softmax" and head.units == 1:
        return "softmax-on-one-unit"
    if loss is None:
        return None
    return _labels_and_units(head, loss, labels) or _activation(
        head, loss, from_logits, labels
    )


def _labels_and_units(head: Head, loss: str, labels: Labels) -> str | None:
    classes = loss in CATEGORICAL_LOSSES or loss in SPARSE_LOSSES
    if labels.kind == "unknown":
        if head.units == 1 and loss in SPARSE_LOSSES:
            return "sparse-loss-on-one-unit"
        return "categorical-loss-on-one-unit" if _constant(head, loss) else None
    if labels.width == 1:
        return _single_labels(head, loss, labels)
    # Over time or space shapes may differ for good reasons; here they are rows alone.
    rows_alone = not head.leading
    if loss in SPARSE_LOSSES:
        return "one-hot-for-sparse-loss" if rows_alone else None
    comparing = classes or loss in BINARY_LOSSES or loss in BROADCASTING_LOSSES
    if labels.width != head.units and rows_alone and comparing:
        return "label-width-differs"
    softmax = head.activation == "softmax" or loss in CATEGORICAL_LOSSES
    if labels.kind == "vectors" and labels.whole and rows_alone and softmax and comparing:
        return "several-labels-under-softmax"
    return "categorical-loss-on-one-unit" if _constant(head, loss) else None


def _constant(head: Head, loss: str) -> bool:
    return head.units == 1 and loss in CATEGORICAL_LOSSES


def _single_labels(head: Head, loss: str, labels: Labels) -> str | None:
    """Judge labels that are one number for each output vector."""
    values = labels.values
    many = len(values) > 2 and values == tuple(range(len(values)))
    if head.units == 1:
        if loss in SPARSE_LOSSES:
            return (
                "one-unit-for-many-classes"
                if len(values) > 2
                else "sparse-loss-on-one-unit"
            )
        if loss in CATEGORICAL_LOSSES:
            return "one-unit-for-many-classes" if many else "categorical-loss-on-one-unit"
        if loss in BINARY_LOSSES and values and not {0, 1}.issuperset(values):
            return "one-unit-for-many-classes" if many else "labels-not-zero-and-one"
        return None
    if loss in CATEGORICAL_LOSSES:
        return "class-numbers-for-categorical-loss"
    if loss in SPARSE_LOSSES:
        if values and (values[0] < 0 or values[-1] >= head.units):
            fits = len(values) <= head.units
            return "labels-beyond-units" if fits else "fewer-units-than-classes"
        return None
    comparing = loss in BINARY_LOSSES or loss in BROADCASTING_LOSSES
    return "single-labels-for-several-units" if comparing and not head.leading else None


def _activation(head: Head, loss: str, from_logits: bool, labels: Labels) -> str | None:
    name = head.activation
    if name is None:
        return None
    binary = loss in BINARY_LOSSES
    if binary or loss in CATEGORICAL_LOSSES or loss in SPARSE_LOSSES:
        if from_logits:
            if name in _SQUASHING:
                return "squashed-twice"
            return "bounded-logits" if name in _REACH else None
        if name in _SQUASHING:
            sigmoids = name not in ("softmax", "sparsemax")
            return "sigmoid-with-categorical-loss" if sigmoids and not binary else None
        kind = "binary" if binary else "categorical"
        return f"{'raw-output' if name == 'linear' else 'activation'}-with-{kind}-loss"
    if loss in HINGE_LOSSES:
        return "activation-with-hinge-loss" if name in _REACH and _one_sided(name) else None
    if loss in DISTANCE_LOSSES and labels.kind == "class-numbers" and name in _REACH:
        low, high = _REACH[name]
        if labels.values[0] < low or labels.values[-1] > high:
            return "labels-out-of-reach"
    return None


def _one_sided(name: str) -> bool:
    return _REACH[name][0] >= 0
