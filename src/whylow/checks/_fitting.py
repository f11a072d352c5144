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

# Scaled by the range of other rows, targets may reach a little beyond it.
_SLACK = 0.01
# Whole numbers with more values than that are amounts.
_MOST_CLASSES = 20
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
    if labels.several and rows_alone and comparing:
        return _several_labels(head, loss)
    return "categorical-loss-on-one-unit" if _constant(head, loss) else None


def _several_labels(head: Head, loss: str) -> str | None:
    """Name the odd one of activation and loss; if both mean one class, it is the labels."""
    softmax, categorical = head.activation == "softmax", loss in CATEGORICAL_LOSSES
    if softmax:
        return "several-labels-under-softmax" if categorical else "softmax-over-several"
    return "categorical-loss-over-several" if categorical else None


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
        if loss in BINARY_LOSSES:
            return _under_binary_loss(labels, many)
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


def _under_binary_loss(labels: Labels, many: bool) -> str | None:
    values = labels.values
    if many or (values and len(values) <= _MOST_CLASSES):
        if {0, 1}.issuperset(values):
            return None
        return "one-unit-for-many-classes" if many else "labels-not-zero-and-one"
    low, high = labels.low, labels.high
    if low is None or high is None or (low >= 0 and high <= 1):
        return None
    return "numbers-for-binary-loss"


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
    if loss in DISTANCE_LOSSES and not labels.several:
        return _out_of_reach(head, name, labels)
    return None


def _out_of_reach(head: Head, activation: str, labels: Labels) -> str | None:
    low, high = labels.low, labels.high
    if low is None or high is None:
        if not labels.values:
            return None
        low, high = float(labels.values[0]), float(labels.values[-1])
    if labels.kind == "one-hot":
        return None
    lowest, highest = _REACH.get(activation, (-float("inf"), float("inf")))
    if activation == "softmax" and head.units > 1:
        lowest, highest = 0.0, 1.0
    slack = _SLACK * (high - low)
    return "labels-out-of-reach" if low < lowest - slack or high > highest + slack else None


def _one_sided(name: str) -> bool:
    return _REACH[name][0] >= 0
