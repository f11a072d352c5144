"""Predictions from arrays, CSV and Parquet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from whylow.exceptions import InputError
from whylow.verdict._files import find_column, in_order, plain, read_table
from whylow.verdict._labels import GROUP, ID, LABEL, SPLIT, Truth

_PREDICTION = ("prediction", "probability", "score", "predicted")


@dataclass(frozen=True, kw_only=True)
class Predictions:
    """Probabilities `(S, N)` or `(S, N, K)`, or predicted numbers `(S, N)`.

    `decided` where they are bare classes.
    """

    probabilities: np.ndarray
    decided: bool


def read_predictions(
    source: np.ndarray | Sequence[object] | str | Path, truth: Truth, name: str
) -> Predictions:
    """Return the predictions of one side, in the order of the labels."""
    if isinstance(source, (str, Path)):
        columns = _columns(Path(source), truth)
        array = np.array(columns)
        try:
            return _from_array(array.astype(float), truth, name)
        except ValueError:
            return _from_array(array, truth, name)
    return _from_array(np.asarray(source), truth, name)


def _from_array(array: np.ndarray, truth: Truth, name: str) -> Predictions:
    held_out = truth.held_out
    rows, classes = len(held_out.labels), len(held_out.class_names)
    if array.ndim == 1:
        array = array[None]
    if array.ndim not in (2, 3) or array.shape[1] != rows or not len(array):
        raise InputError(
            f"The predictions of `{name}` must have shape (trainings, texts) with {rows} "
            f"texts. Received: {array.shape}."
        )
    if held_out.kind == "numbers":
        if array.ndim != 2 or array.dtype.kind not in "biuf":
            raise InputError(
                f"The predictions of `{name}` must be numbers, as the labels are, of shape "
                f"(trainings, texts). Received: shape {array.shape} of {array.dtype}."
            )
        return Predictions(probabilities=array.astype(float), decided=False)
    if array.ndim == 3:
        if array.shape[2] != classes:
            raise InputError(
                f"The probabilities of `{name}` must have one number for each of "
                f"{classes} classes. Received: {array.shape[2]}."
            )
        if held_out.kind == "sets":
            if not ((array >= 0) & (array <= 1)).all():
                raise InputError(f"The probabilities of `{name}` must lie between 0 and 1.")
            return Predictions(probabilities=array.astype(float), decided=False)
        sums = array.sum(2)
        if not (np.isfinite(sums).all() and np.allclose(sums, 1, atol=1e-3)):
            raise InputError(
                f"The probabilities of `{name}` must add up to 1 for each text."
            )
        array = array.astype(float)
        return Predictions(
            probabilities=array[:, :, 1] if classes == 2 else array, decided=False
        )
    if held_out.kind == "sets":
        raise InputError(
            f"The predictions of `{name}` must have shape (trainings, texts, labels): a "
            f"probability of each of {classes} labels. Received: {array.shape}."
        )
    codes = _codes(array, truth)
    if codes is not None:
        one_hot = np.eye(classes)[codes]
        return Predictions(
            probabilities=one_hot[:, :, 1] if classes == 2 else one_hot, decided=True
        )
    numbers = array.dtype.kind == "f" and classes == 2
    fits = (array >= 0) & (array <= 1) if numbers else _known(array, truth)
    if not fits.all():
        expected = "probabilities from 0 to 1 or " if classes == 2 else ""
        raise InputError(
            f"The predictions of `{name}` must be {expected}classes out of "
            f"{', '.join(held_out.class_names[:5])}{'…' if classes > 5 else ''}. "
            f"Received: {array[~fits][0]}, for instance."
        )
    if not truth.positive_known:
        one, two = held_out.class_names
        raise InputError(
            f"The predictions of `{name}` are probabilities, and nothing says of which "
            f"class, {one!r} or {two!r}: name it (--positive {two}, in Python "
            f"`positive={two!r}`)."
        )
    return Predictions(probabilities=array, decided=False)


def _known(array: np.ndarray, truth: Truth) -> np.ndarray:
    """Return which predictions are the name of a class."""
    values, where = np.unique(array, return_inverse=True)
    known = [plain(value) in truth.held_out.class_names for value in values.tolist()]
    return np.array(known)[where].reshape(array.shape)


def _codes(array: np.ndarray, truth: Truth) -> np.ndarray | None:
    """Return numbers of classes, or None where a value is the name of none."""
    values, where = np.unique(array, return_inverse=True)
    number = {name: k for k, name in enumerate(truth.held_out.class_names)}
    codes = [number.get(plain(value)) for value in values.tolist()]
    if any(code is None for code in codes):
        return None
    return np.array(codes, dtype=np.int64)[where].reshape(array.shape)


def _columns(path: Path, truth: Truth) -> list[list[str]]:
    """Return one list a training, in the order of the labels, from a wide or long file."""
    table = read_table(path)
    id_column, value = find_column(table, ID), find_column(table, _PREDICTION)
    if "seed" in table:
        if id_column is None or value is None:
            raise InputError(
                f"{path} has a column seed, so it must have the columns id and prediction "
                f"too. Its columns: {', '.join(table)}."
            )
        runs: dict[str, dict[str, str]] = {}
        for run, row, prediction in zip(
            table["seed"], table[id_column], table[value], strict=True
        ):
            if row in runs.setdefault(run, {}):
                raise InputError(f"{path} has two predictions of {row!r} by seed {run}.")
            runs[run][row] = prediction
        keys = list(runs[min(runs, key=in_order)])
        wide = [
            [runs[run].get(key, "") for key in keys] for run in sorted(runs, key=in_order)
        ]
    else:
        keys = table[id_column] if id_column else None
        if keys is not None and len(set(keys)) < len(keys):
            raise InputError(f"{path} names a text twice in its column {id_column!r}.")
        skipped = {*ID, *LABEL, *GROUP, *SPLIT}
        wide = [column for key, column in table.items() if key.lower() not in skipped]
        if not wide:
            raise InputError(
                f"{path} must have a column of predictions for each training. Its columns: "
                f"{', '.join(table)}."
            )
    if truth.ids is not None and keys is not None:
        place = {key: k for k, key in enumerate(keys)}
        missing = [key for key in truth.ids if key not in place]
        if missing:
            raise InputError(
                f"{path} has no prediction for {len(missing)} of {len(truth.ids)} labelled "
                f"texts, the first of them {missing[0]!r}."
            )
        wide = [[column[place[key]] for key in truth.ids] for column in wide]
    if any(cell == "" for column in wide for cell in column):
        raise InputError(f"{path} must have a prediction of each training for each text.")
    return wide
