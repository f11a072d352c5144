"""The labels of held-out texts, from arrays, CSV and Parquet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from whylow.exceptions import InputError
from whylow.lanes import HeldOut
from whylow.verdict._files import Table, find_column, in_order, plain, read_table

ID = ("id", "text_id", "qid", "index")
LABEL = ("label", "target", "labels", "y")
GROUP = ("group", "text", "question_text")
SPLIT = ("split", "part")
_TO_CHOOSE_ON = {"validation", "valid", "val", "dev"}


@dataclass(frozen=True, kw_only=True)
class Truth:
    """The held-out texts, what rows are called, and whether one knows which class is 1."""

    held_out: HeldOut
    ids: tuple[str, ...] | None
    positive_known: bool = True


def read_labels(
    source: np.ndarray | Sequence[object] | str | Path,
    *,
    numbers: bool = False,
    groups: np.ndarray | None = None,
    validation: np.ndarray | None = None,
    positive: str | None = None,
) -> Truth:
    """Return the held-out texts from their labels.

    Args:
        source: An array, `(N,)` or sets of labels `(N, L)`, or a file with a column
            `label`.
        numbers: Whether the labels are numbers even where all of them are whole.
        groups: Which texts are duplicates, instead of the file's column.
        validation: Which texts are there to choose on, instead of the file's column.
        positive: Which of two classes the probabilities are of; by default the larger
            number, and of words nobody knows.
    """
    ids = None
    if isinstance(source, (str, Path)):
        table = read_table(Path(source))
        column = find_column(table, LABEL)
        if column is None:
            raise InputError(
                f"{source} must have a column named label, one true class a row. Its "
                f"columns: {', '.join(table)}."
            )
        values: list[str] | np.ndarray = table[column]
        if "" in table[column]:
            raise InputError(
                f"{source} must have a label for each text. Received: "
                f"{table[column].count('')} empty cells in its column {column!r}."
            )
        ids, groups, validation = _rest_of(table, source, groups, validation)
    else:
        array = np.asarray(source)
        if array.ndim == 2 and array.shape[1] > 1 and np.isin(array, (0, 1)).all():
            values = array.astype(np.int64)
        elif array.ndim == 1:
            values = [plain(value) for value in array.tolist()]
        else:
            raise InputError(
                "Labels must have shape (N,), or (N, L) of 0 and 1 for sets of labels. "
                f"Received: {array.shape}."
            )
    if not len(values):
        raise InputError("There are no labels.")
    for name, given in (("groups", groups), ("validation", validation)):
        if given is not None and len(given) != len(values):
            raise InputError(
                f"`{name}` must say one thing of each of the {len(values)} texts. "
                f"Received: {len(given)}."
            )
    held_out = _held_out(values, numbers, groups, validation, positive)
    words = not all(_is_number(name) for name in held_out.class_names)
    return Truth(held_out=held_out, ids=ids, positive_known=not words or bool(positive))


def _rest_of(
    table: Table,
    source: str | Path,
    groups: np.ndarray | None,
    validation: np.ndarray | None,
) -> tuple[tuple[str, ...] | None, np.ndarray | None, np.ndarray | None]:
    """Return the ids, groups and texts to choose on that a file of labels names."""
    id_column, group_column = find_column(table, ID), find_column(table, GROUP)
    ids = tuple(table[id_column]) if id_column else None
    if ids is not None and len(set(ids)) < len(ids):
        raise InputError(f"{source} names a text twice in its column {id_column!r}.")
    if groups is None and group_column:
        groups = np.array(table[group_column])
    split = find_column(table, SPLIT)
    if validation is None and split:
        parts = [part.lower() for part in table[split]]
        strange = sorted({*parts} - _TO_CHOOSE_ON - {"test"})
        if strange:
            raise InputError(
                f"The column {split!r} of {source} must say validation or test. Received: "
                f"{strange[0]!r}."
            )
        validation = np.array([part in _TO_CHOOSE_ON for part in parts])
    return ids, groups, validation


def _held_out(
    values: list[str] | np.ndarray,
    numbers: bool,
    groups: np.ndarray | None,
    validation: np.ndarray | None,
    positive: str | None,
) -> HeldOut:
    rows = len(values)
    group = np.arange(rows)
    if groups is not None:
        group = np.unique(np.asarray(groups), return_inverse=True)[1].reshape(-1)
    chosen_on = None if validation is None else np.asarray(validation).astype(bool)
    if chosen_on is not None and (chosen_on.all() or not chosen_on.any()):
        raise InputError(
            "There must be texts to choose on (validation) and texts to score (test). "
            f"Received: {int(chosen_on.sum())} of {rows} for validation."
        )
    rest = {"groups": group, "chosen_on": chosen_on}
    if isinstance(values, np.ndarray):
        names = tuple(str(number) for number in range(values.shape[1]))
        return HeldOut(labels=values, class_names=names, kind="sets", **rest)
    known = _numbers(values, whole_too=numbers)
    if known is not None:
        return HeldOut(labels=known, class_names=(), kind="numbers", **rest)
    names = tuple(sorted(set(values), key=in_order))
    if positive is not None:
        if positive not in names or len(names) != 2:
            raise InputError(
                f"The positive class must be one of two classes. Received: {positive!r}, "
                f"and labels of {', '.join(names[:5])}{'…' if len(names) > 5 else ''}."
            )
        names = (*(name for name in names if name != positive), positive)
    number = {name: k for k, name in enumerate(names)}
    labels = np.array([number[value] for value in values])
    return HeldOut(labels=labels, class_names=names, **rest)


def _numbers(values: list[str], *, whole_too: bool) -> np.ndarray | None:
    """Return labels as numbers, or None where they are words or whole, and so classes."""
    try:
        found = np.array([float(value) for value in values])
    except ValueError:
        if whole_too:
            raise InputError(
                "This metric is for labels that are numbers. Received: "
                f"{next(v for v in values if not _is_number(v))!r}."
            ) from None
        return None
    if not np.isfinite(found).all():
        return None
    return found if whole_too or (found != np.round(found)).any() else None


def _is_number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True
