"""Predictions and labels from arrays, CSV and Parquet."""

from __future__ import annotations

import csv
import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from whylow.exceptions import InputError

_ID = ("id", "text_id", "qid", "index")
_LABEL = ("label", "target", "labels", "y")
_GROUP = ("group", "text", "question_text")
_PREDICTION = ("prediction", "probability", "score", "predicted")

Table = dict[str, list[str]]


@dataclass(frozen=True, kw_only=True)
class Truth:
    """The true classes, numbered from 0, and what rows are called."""

    labels: np.ndarray
    class_names: tuple[str, ...]
    groups: np.ndarray
    ids: tuple[str, ...] | None


@dataclass(frozen=True, kw_only=True)
class Predictions:
    """Probabilities `(S, N)` or `(S, N, K)`; `decided` where they are bare classes."""

    probabilities: np.ndarray
    decided: bool


def read_labels(source: np.ndarray | Sequence[object] | str | Path) -> Truth:
    """Return true classes from an array or from a file with a column `label`."""
    ids = groups = None
    if isinstance(source, (str, Path)):
        table = _read(Path(source))
        column = _find(table, _LABEL)
        if column is None:
            raise InputError(
                f"{source} must have a column named label, one true class a row. Its "
                f"columns: {', '.join(table)}."
            )
        values = table[column]
        id_column, group_column = _find(table, _ID), _find(table, _GROUP)
        ids = tuple(table[id_column]) if id_column else None
        if ids is not None and len(set(ids)) < len(ids):
            raise InputError(f"{source} names a text twice in its column {id_column!r}.")
        groups = table[group_column] if group_column else None
    else:
        array = np.asarray(source)
        if array.ndim != 1:
            raise InputError(f"Labels must have shape (N,). Received: {array.shape}.")
        values = [_plain(value) for value in array.tolist()]
    if not values:
        raise InputError("There are no labels.")
    names = sorted(set(values), key=_order)
    number = {name: k for k, name in enumerate(names)}
    group = np.arange(len(values))
    if groups is not None:
        group = np.unique(np.array(groups), return_inverse=True)[1]
    return Truth(
        labels=np.array([number[value] for value in values]),
        class_names=tuple(names),
        groups=group,
        ids=ids,
    )


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
    rows, classes = len(truth.labels), len(truth.class_names)
    if array.ndim == 1:
        array = array[None]
    if array.ndim not in (2, 3) or array.shape[1] != rows or not len(array):
        raise InputError(
            f"The predictions of `{name}` must have shape (trainings, texts) with {rows} "
            f"texts. Received: {array.shape}."
        )
    if array.ndim == 3:
        if array.shape[2] != classes:
            raise InputError(
                f"The probabilities of `{name}` must have one number for each of "
                f"{classes} classes. Received: {array.shape[2]}."
            )
        sums = array.sum(2)
        if not (np.isfinite(sums).all() and np.allclose(sums, 1, atol=1e-3)):
            raise InputError(
                f"The probabilities of `{name}` must add up to 1 for each text."
            )
        array = array.astype(float)
        return Predictions(
            probabilities=array[:, :, 1] if classes == 2 else array, decided=False
        )
    codes = _codes(array, truth)
    if codes is not None:
        one_hot = np.eye(classes)[codes]
        return Predictions(
            probabilities=one_hot[:, :, 1] if classes == 2 else one_hot, decided=True
        )
    numbers = array.dtype.kind == "f" and classes == 2
    if not numbers or not ((array >= 0) & (array <= 1)).all():
        expected = "probabilities from 0 to 1 or " if classes == 2 else ""
        raise InputError(
            f"The predictions of `{name}` must be {expected}classes out of "
            f"{', '.join(truth.class_names[:5])}{'…' if classes > 5 else ''}."
        )
    return Predictions(probabilities=array, decided=False)


def _codes(array: np.ndarray, truth: Truth) -> np.ndarray | None:
    """Return numbers of classes, or None where a value is the name of none."""
    values, where = np.unique(array, return_inverse=True)
    number = {name: k for k, name in enumerate(truth.class_names)}
    codes = [number.get(_plain(value)) for value in values.tolist()]
    if any(code is None for code in codes):
        return None
    return np.array(codes, dtype=np.int64)[where].reshape(array.shape)


def _columns(path: Path, truth: Truth) -> list[list[str]]:
    """Return one list a training, in the order of the labels, from a wide or long file."""
    table = _read(path)
    id_column, value = _find(table, _ID), _find(table, _PREDICTION)
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
            runs.setdefault(run, {})[row] = prediction
        keys = list(runs[min(runs, key=_order)])
        wide = [
            [runs[run].get(key, "") for key in keys] for run in sorted(runs, key=_order)
        ]
    else:
        keys = table[id_column] if id_column else None
        skipped = {*_ID, *_LABEL, *_GROUP}
        wide = [column for key, column in table.items() if key.lower() not in skipped]
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


def _read(path: Path) -> Table:
    """Return a CSV or Parquet file as columns of text."""
    if not path.is_file():
        raise InputError(f"There is no file {path}.")
    if path.suffix.lower() in (".parquet", ".pq"):
        return _read_parquet(path)
    with path.open(newline="", encoding="utf-8-sig") as file:
        try:
            header, *rows = list(csv.reader(file))
        except (ValueError, csv.Error, UnicodeDecodeError) as error:
            raise InputError(f"{path} must be a CSV file with a header: {error}.") from None
    rows = [row for row in rows if row]
    for number, row in enumerate(rows, start=2):
        if len(row) != len(header):
            raise InputError(
                f"Row {number} of {path} must have {len(header)} cells, as the header has. "
                f"Received: {len(row)}."
            )
    return {key.strip(): [row[k].strip() for row in rows] for k, key in enumerate(header)}


def _read_parquet(path: Path) -> Table:
    try:
        polars = importlib.import_module("polars")
    except ImportError:
        raise InputError(
            f"Reading {path} needs Polars: `uv run --with polars …`, or save it as CSV."
        ) from None
    frame = polars.read_parquet(path)
    return {
        key: ["" if value is None else _plain(value) for value in frame[key].to_list()]
        for key in frame.columns
    }


def _find(table: Table, names: tuple[str, ...]) -> str | None:
    lower = {key.lower(): key for key in reversed(table)}
    return next((lower[name] for name in names if name in lower), None)


def _plain(value: object) -> str:
    """Return a class as text, the same for 1, 1.0, True and "1"."""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _order(name: str) -> tuple[int, float, str]:
    """Return the sorting key that puts numbers in their order, before words."""
    try:
        return 0, float(name), name
    except ValueError:
        return 1, 0.0, name
