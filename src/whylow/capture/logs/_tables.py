"""Tables with a row an epoch: CSVLogger, the Trainer's table, a printed data frame."""

from __future__ import annotations

import math
import re

from whylow.capture.logs._fits import Fits
from whylow.capture.logs._names import from_trainer, is_known, is_learning_rate
from whylow.capture.logs._numbers import VALUE, Value, value

_MAY_BE_HEADER = re.compile(r"loss|acc", re.IGNORECASE)
_NO_HEADER = re.compile(r"[:=\[({\u2501]")
_TWO_WORDS = re.compile(
    r"\b(Training|Validation|Train|Valid|Learning)\s(Loss|Accuracy|Rate)\b", re.I
)
_CELL = re.compile(VALUE)
_NOTHING = {"", "no log", "na", "n/a", "-", "none", "null", "--"}
_RULE = re.compile(r"[|\s:+=-]+")
_WORD = re.compile(r"[A-Za-z_][\w .@/-]{0,60}")
_LONGEST_ROW = 4000
_SPACES = r"\s+"


class Tables:
    """Reads tables line by line; a line that is no row ends one."""

    def __init__(self, fits: Fits) -> None:
        self._fits = fits
        self._split: str | None = None
        self._columns: list[str | None] = []
        self._epoch: int | None = None
        self._shift: int | None = None
        self._merges = False
        self._row: tuple[int, dict[str, Value]] | None = None
        self._rows = 0

    @property
    def open(self) -> bool:
        """Whether a header was seen and its table goes on."""
        return self._split is not None

    def feed(self, line: str) -> bool:
        """Read one line; return whether it was part of a table."""
        if len(line) > _LONGEST_ROW:
            self.finish()
            return False
        if self.open:
            if self._read_row(line) or (_RULE.fullmatch(line) and self._rows == 0):
                return True
            self.finish()
        if _NO_HEADER.search(line) or not _MAY_BE_HEADER.search(line):
            return False
        return self._read_header(line)

    def finish(self) -> None:
        """End the table at hand."""
        if self.open:
            self._flush()
            self._fits.close()
        self._split = None

    def _read_header(self, line: str) -> bool:
        for split in (r"\t", ",", ";", r"\|", r"\s{2,}", _SPACES):
            cells = _cells(_TWO_WORDS.sub(r"\1_\2", line), split)
            if len(cells) < 2 or not all(_WORD.fullmatch(cell) for cell in cells if cell):
                continue
            if self._understand(cells, split):
                return True
        return False

    def _understand(self, cells: list[str], split: str) -> bool:
        words = [cell.strip().lower() for cell in cells]
        trainer = any(" " in w or w.startswith(("train", "valid", "eval_")) for w in words)
        columns = [
            from_trainer(w) if trainer else _as_keras(w, c)
            for w, c in zip(words, cells, strict=True)
        ]
        if {"loss", "val_loss"} <= set(columns) and "validation_loss" in words:
            # The Trainer's table: what stands beside the two losses was evaluated.
            columns = [_as_evaluated(column) for column in columns]
        metrics = [column for column in columns if column]
        epoch = words.index("epoch") if "epoch" in words else None
        # A sentence may hold the words; a header holds nothing but names.
        sure = epoch is not None or all(
            is_known(column) or is_learning_rate(column) for column in metrics
        )
        if not sure or not any(map(is_known, metrics)) or len(set(metrics)) < len(metrics):
            return False
        if split == _SPACES and not (epoch is not None or len(metrics) >= 2):
            return False
        self._split, self._columns, self._epoch = split, columns, epoch
        self._merges = any(w in {"step", "global_step"} for w in words)
        zero_based = trainer and self._merges and split == ","
        self._shift = 1 if zero_based or (not trainer and split in (",", ";")) else None
        self._form = "a table of the Trainer's" if trainer and not zero_based else "a table"
        self._row, self._rows = None, 0
        self._fits.take_over(self._form)
        return True

    def _read_row(self, line: str) -> bool:
        assert self._split is not None  # noqa: S101 - the caller looked
        cells = _cells(line, self._split)
        if self._epoch is None and len(cells) == len(self._columns) + 1:
            cells = cells[1:]  # the index of a printed data frame
        if len(cells) != len(self._columns) or not any(cells):
            return False
        values: dict[str, Value] = {}
        for name, cell in zip(self._columns, cells, strict=True):
            cell = cell.strip()
            if _CELL.fullmatch(cell):
                if name:
                    values[name] = value(cell)
            elif cell.lower() not in _NOTHING:
                return False
        number = self._number(cells)
        if number is None:
            return False
        self._take(number, values)
        return True

    def _number(self, cells: list[str]) -> int | None:
        if self._epoch is None:
            return self._rows + 1
        cell = cells[self._epoch].strip()
        if not _CELL.fullmatch(cell):
            return None
        read = float(cell)
        if not math.isfinite(read) or not 0 <= read < 1e9:
            return None
        if self._shift is None:
            self._shift = 1 if read == 0 else 0
        return math.ceil(read) + self._shift

    def _take(self, number: int, values: dict[str, Value]) -> None:
        if self._row is not None:
            last, kept = self._row
            if self._merges and number == last:
                kept.update(values)
                return
            self._flush()
            if number <= last:
                self._fits.start(self._form)
        self._row = (number, values)
        self._rows += 1

    def _flush(self) -> None:
        if self._row is not None:
            self._fits.add(*self._row)
        self._row = None


def _as_keras(word: str, cell: str) -> str | None:
    return None if word in {"epoch", "step", "time", "timestamp", ""} else cell.strip()


def _as_evaluated(column: str | None) -> str | None:
    if column is None or column == "loss" or column.startswith("val_"):
        return column
    return f"val_{column}"


def _cells(line: str, split: str) -> list[str]:
    if split == r"\|":
        line = line.strip().removeprefix("|").removesuffix("|")
    elif split in (r"\s{2,}", _SPACES):
        line = line.strip()
    return [cell.strip() for cell in re.split(split, line)]
