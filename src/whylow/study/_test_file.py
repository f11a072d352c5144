"""What a file of test texts holds: arrays as models take them, or texts of a table."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from whylow.exceptions import InputError
from whylow.verdict._files import find_column, read_table
from whylow.verdict._labels import LABEL

_TEXT = ("text", "question_text")
_SAVE = "numpy.savez('test.npz', x=…, y=…)"


@dataclass(frozen=True, kw_only=True)
class Given:
    """A file of test texts.

    Args:
        path: Where it is, as the person wrote it.
        x: Name → array; None of a table.
        texts: The texts of a table, else None.
        y: Labels, one row a text.
    """

    path: str
    x: Mapping[str, np.ndarray] | None
    texts: list[str] | None
    y: np.ndarray


def read_given(path: str | os.PathLike[str] | None, prepare: str | None) -> Given | None:
    """Read a file of test texts before the script runs, so that a slip costs no hour.

    Args:
        path: An `.npz` file of the arrays `x` and `y` (of several inputs `x0`, `x1`, … or
            their names), or a CSV or Parquet table with the columns `text` and `label`.
        prepare: Name of the script's function that makes of a list of texts what `fit`
            takes as `x`; for tables.

    Raises:
        InputError: It cannot be read, or a table has no function beside it.
    """
    if path is None:
        if prepare is not None:
            raise InputError(
                f"--prepare {prepare} is for the texts of a table; give --test FILE too."
            )
        return None
    file = Path(path)
    if not file.is_file():
        raise InputError(f"There is no file {file}.")
    match file.suffix.lower():
        case ".npz":
            if prepare is not None:
                raise InputError(
                    f"--prepare {prepare} is for the texts of a table; {file} holds arrays "
                    "already. Leave it out."
                )
            return _arrays(file)
        case ".csv" | ".parquet" | ".pq":
            if prepare is None:
                raise InputError(
                    f"{file} holds texts, and the models of a script take arrays. Name the "
                    "script's function that makes them of a list of texts (--prepare "
                    f"NAME), or save the arrays: {_SAVE}."
                )
            return _table(file)
    raise InputError(
        f"A test file must be .npz ({_SAVE}), or a CSV or Parquet table of texts with "
        f"--prepare NAME. Received: {file}."
    )


def prepared(given: Given, prepare: str | None, script: ModuleType | None) -> Any:
    """Return what the models take: the arrays, or what the script's function makes.

    Raises:
        InputError: The script has no such function, or it raised.
    """
    if given.texts is None or prepare is None:
        return given.x
    function = getattr(script, prepare, None)
    if not callable(function):
        known = sorted(
            name
            for name, value in vars(script or object).items()
            if type(value).__name__ == "function"
        )
        raise InputError(
            f"The script has no function `{prepare}` for the texts of {given.path}. Its "
            f"functions: {', '.join(known) or 'none'}."
        )
    try:
        return function(list(given.texts))
    except Exception as error:
        raise InputError(
            f"`{prepare}` of the script failed on the texts of {given.path}, a list of "
            f"{len(given.texts)} strings ({type(error).__name__}: {error})."
        ) from error


def _arrays(file: Path) -> Given:
    try:
        with np.load(file, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise InputError(
            f"{file} must be a NumPy archive of plain arrays ({_SAVE}): {error}."
        ) from None
    labels = arrays.pop("y", None)
    if labels is None or not arrays:
        names = ", ".join([*arrays, *(["y"] if labels is not None else [])])
        raise InputError(
            f"{file} must hold inputs and the labels `y` ({_SAVE}). Received: "
            f"{names or 'no array'}."
        )
    if any(not array.ndim or not len(array) for array in (*arrays.values(), labels)):
        raise InputError(f"{file} must hold one row a text. Received: no row.")
    return Given(path=str(file), x=arrays, texts=None, y=labels)


def _table(file: Path) -> Given:
    table = read_table(file)
    text, label = find_column(table, _TEXT), find_column(table, LABEL)
    if text is None or label is None:
        raise InputError(
            f"{file} must have the columns text and label. Its columns: {', '.join(table)}."
        )
    if not table[text]:
        raise InputError(f"{file} must hold one row a text. Received: no row.")
    try:
        labels = np.array([float(cell) for cell in table[label]])
    except ValueError as error:
        raise InputError(
            f"The labels of {file} must be numbers, as `fit` is given them: {error}."
        ) from None
    return Given(path=str(file), x=None, texts=table[text], y=labels)
