"""What a model's output says of each text: classes, numbers or sets of labels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np

from whylow.exceptions import ReplayError
from whylow.lanes import HeldOut
from whylow.live import LiveFit

Readout = Callable[[Any], tuple[Any, Any]]
_OF_CLASSES = ("crossentropy", "hinge")


def held_out_of(live: LiveFit) -> HeldOut:
    """Return the held-out texts of a fit, labels as class numbers, numbers or sets.

    Raises:
        ReplayError: There are none, or their labels are none of these.
    """
    fit = live.fit
    _, validation, _ = live.to_replay()
    groups, kind = _duplicates(validation.x), kind_of(live)
    chosen_on = np.arange(len(groups)) < len(groups) - live.tested if live.tested else None
    if kind == "numbers":
        numbers = np.asarray(validation.y, float).reshape(-1)
        return HeldOut(
            labels=numbers, class_names=(), groups=groups, kind=kind, chosen_on=chosen_on
        )
    if kind == "sets":
        sets = np.asarray(validation.y).astype(np.int64)
        names = tuple(str(number) for number in range(sets.shape[1]))
        return HeldOut(
            labels=sets, class_names=names, groups=groups, kind=kind, chosen_on=chosen_on
        )
    for split in (fit.training, fit.validation):
        if split is None or split.class_counts is None:
            raise ReplayError(
                f"the labels of `{fit.name}` are neither classes nor one number a text nor "
                "sets of labels, which is what whylow compares"
            )
    labels, names = _class_numbers(np.asarray(validation.y), live)
    return HeldOut(labels=labels, class_names=names, groups=groups, chosen_on=chosen_on)


def kind_of(live: LiveFit) -> Literal["classes", "numbers", "sets"]:
    """Return what a fit learns to tell of a text, from its labels, output and loss.

    One output unit whose loss knows no classes, and labels other than 0 and 1: numbers.
    Several units and as many columns of 0 and 1 that are not one-hot, under a loss that
    takes each for itself: a set of labels. All else: classes, or what is refused as none.
    """
    fit, rows = live.fit, live.validation
    shape = (fit.model.output_shape if fit.model else None) or ()
    loss = (fit.compile.loss if fit.compile else None) or ""
    if rows is None or len(shape) != 2 or not hasattr(rows.y, "shape"):
        return "classes"
    y, units = np.asarray(rows.y), shape[-1]
    if y.dtype.kind not in "biuf" or "categorical" in loss:
        return "classes"
    of_classes = any(word in loss for word in _OF_CLASSES)
    zeros_and_ones = bool(np.isin(y, (0, 1)).all())
    if units == 1 and y.size == len(y):
        return "classes" if of_classes or zeros_and_ones else "numbers"
    several = y.ndim == 2 and y.shape[1] == units
    if several and zeros_and_ones and (y.sum(1) != 1).any():
        return "sets"
    return "classes"


def readout_of(live: LiveFit, classes: int) -> Readout:
    """Return what turns a batch of outputs into probabilities or numbers (traced by JAX).

    Returns:
        A function from outputs `(B, …)` to `(probabilities, steps_positive)`, as
        `whylow.lanes.Lane` has them for one epoch.

    Raises:
        ReplayError: The output has no such reading.
    """
    from keras import ops

    kind = kind_of(live)
    shape = (live.fit.model.output_shape if live.fit.model else None) or ()
    from_logits = live.fit.compile is not None and live.fit.compile.from_logits
    units = shape[-1] if shape else None
    if kind == "numbers":
        return lambda output: (ops.reshape(ops.cast(output, "float32"), (-1,)), None)
    if kind == "sets":

        def each_unit(output: Any) -> tuple[Any, Any]:
            chance: Any = ops.sigmoid(output) if from_logits else output
            return ops.cast(chance, "float32"), None

        return each_unit
    if units == 1 and classes == 2:

        def one_unit(output: Any) -> tuple[Any, Any]:
            chance: Any = ops.sigmoid(output) if from_logits else output
            probability: Any = ops.cast(chance, "float32")
            if len(shape) == 3:  # one answer a time step: a text's is their mean
                steps: Any = ops.squeeze(probability, axis=-1)
                positive = ops.mean(ops.cast(steps > 0.5, "float32"), axis=1)
                return ops.mean(steps, axis=1), positive
            return ops.reshape(probability, (-1,)), None

        return one_unit
    if len(shape) == 2 and units is not None and units >= classes:

        def many_units(output: Any) -> tuple[Any, Any]:
            output = ops.cast(output, "float32")
            probabilities: Any = ops.softmax(output) if from_logits else output
            return (probabilities[:, 1] if classes == 2 else probabilities), None

        return many_units
    raise ReplayError(
        f"an output of shape {shape} cannot be read as probabilities of {classes} classes"
    )


def _class_numbers(y: np.ndarray, live: LiveFit) -> tuple[np.ndarray, tuple[str, ...]]:
    counts = {}
    for split in (live.fit.training, live.fit.validation):
        counts |= (split.class_counts if split else None) or {}
    if y.ndim == 2 and y.shape[1] > 1:
        return y.argmax(axis=1), tuple(str(number) for number in range(y.shape[1]))
    values = sorted(int(name) for name in counts)
    shape = live.fit.model.output_shape if live.fit.model else None
    units = (shape[-1] if shape else None) or 1
    if units > 1 and values[0] >= 0 and values[-1] < units:
        # Sparse labels name the output units, also those that no text has.
        values = list(range(units))
    elif values != [0, 1]:
        raise ReplayError(
            f"labels {values[:4]}… over one output unit are no two classes 0 and 1"
        )
    return y.reshape(-1).astype(int), tuple(str(value) for value in values)


def _duplicates(x: Any) -> np.ndarray:
    """Return a number for each row, the same for equal inputs."""
    leaves = x if isinstance(x, list) else list(x.values()) if isinstance(x, dict) else [x]
    rows = len(leaves[0])
    table = np.concatenate(
        [np.ascontiguousarray(leaf).reshape(rows, -1).view(np.uint8) for leaf in leaves],
        axis=1,
    )
    packed = (
        np.ascontiguousarray(table).view(np.dtype((np.void, table.shape[1]))).reshape(-1)
    )
    return np.unique(packed, return_inverse=True)[1].reshape(-1)
