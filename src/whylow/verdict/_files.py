"""Tables from CSV and Parquet, as columns of text."""

from __future__ import annotations

import csv
from pathlib import Path

from whylow.exceptions import InputError

Table = dict[str, list[str]]


def read_table(path: Path) -> Table:
    """Return a CSV or Parquet file as columns of text."""
    if not path.is_file():
        raise InputError(f"There is no file {path}.")
    if path.suffix.lower() in (".parquet", ".pq"):
        return _parquet(path)
    with path.open(newline="", encoding="utf-8-sig") as file:
        try:
            lines = [row for row in csv.reader(file) if row]
        except UnicodeDecodeError:
            raise InputError(
                f"{path} must be a CSV file, text in UTF-8. Received: other bytes."
            ) from None
        except csv.Error as error:
            raise InputError(f"{path} must be a CSV file with a header: {error}.") from None
    if not lines:
        raise InputError(f"{path} must be a CSV file with a header. Received: no row.")
    header, *rows = lines
    other = next((mark for mark in ";\t|" if len(header) == 1 and mark in header[0]), None)
    if other is not None:
        raise InputError(
            f"The cells of {path} must be parted by commas. Received: {other!r} between "
            "them."
        )
    if "" in (key.strip() for key in header):
        raise InputError(
            f"A column of {path} has no name. Name it id if it says which text a row is, "
            "or leave it out (in pandas `to_csv(…, index=False)`)."
        )
    for number, row in enumerate(rows, start=2):
        if len(row) != len(header):
            raise InputError(
                f"Row {number} of {path} must have {len(header)} cells, as the header has. "
                f"Received: {len(row)}."
            )
    return {key.strip(): [row[k].strip() for row in rows] for k, key in enumerate(header)}


def _parquet(path: Path) -> Table:
    import polars  # takes a moment, and few have such a file

    try:
        frame = polars.read_parquet(path)
    except (polars.exceptions.PolarsError, OSError) as error:
        first = str(error).strip().splitlines()[0]
        raise InputError(f"{path} must be a Parquet file: {first}.") from None
    return {
        key: ["" if value is None else plain(value) for value in frame[key].to_list()]
        for key in frame.columns
    }


def find_column(table: Table, names: tuple[str, ...]) -> str | None:
    """Return the name of the first of these columns that a table has, in any case."""
    lower = {key.lower(): key for key in reversed(table)}
    return next((lower[name] for name in names if name in lower), None)


def plain(value: object) -> str:
    """Return a class as text, the same for 1, 1.0, True and "1"."""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def in_order(name: str) -> tuple[int, float, str]:
    """Return the sorting key that puts numbers in their order, before words."""
    try:
        return 0, float(name), name
    except ValueError:
        return 1, 0.0, name
