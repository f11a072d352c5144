"""Histories as Python dicts or JSON, and the Trainer's lines of one dict each."""

from __future__ import annotations

import math
import re

from whylow.capture.logs._fits import Fits, Series
from whylow.capture.logs._names import from_trainer, is_known
from whylow.capture.logs._numbers import VALUE, Value, value

_LIST = re.compile(
    r"""(['"])(?P<key>[A-Za-z_][\w .@/-]{0,60})\1\s*:\s*"""
    r"""(?:(?:np\.|numpy\.)?array\(\s*)?\[\s*"""
    rf"""(?=\]|$|None\b|null\b|(?:(?:np\.|numpy\.)?float\d\d\()?{VALUE})"""
)
_NUMBER = re.compile(
    r"\s*,?\s*(?:(?:np\.|numpy\.)?float\d\d\(\s*)?"
    rf"(?:(?P<value>{VALUE})|(?P<none>None|null))\s*\)?\s*(?=[,\]]|$)"
)
_BLANK = re.compile(r"\s*,?\s*")
_SCALARS = re.compile(r"\{\s*['\"][^{}\[\]]{1,4000}\}")
_OPEN_DICT = re.compile(r"\{\s*(?:['\"][^{}]*)?$")
_SCALAR = re.compile(
    rf"""['"]([\w ./-]{{1,80}})['"]\s*:\s*['"]?({VALUE})['"]?(?=\s*[,}}])"""
)
_LONGEST_SCALARS = 4000
_NO_METRICS = {"epoch", "epochs", "step", "steps"}
_MOST_NUMBERS = 1_000_000
_MOST_ROWS = 200_000


class Histories:
    """Reads `{"loss": [0.69, …], …}` number by number, however many lines it takes."""

    def __init__(self, fits: Fits) -> None:
        self._fits = fits
        self._key: str | None = None
        self._part = ""
        self._numbers = Series()
        self._lists: dict[str, Series] = {}
        self._size = 0

    @property
    def open(self) -> bool:
        """Whether a list is being read."""
        return self._key is not None

    def feed(self, text: str) -> str:
        """Read what belongs to a history; return the rest of the line."""
        rest, position = [], 0
        text, self._part = self._part + text, ""
        while position < len(text):
            if self._key is not None:
                position = self._read_numbers(text, position)
                continue
            match = _LIST.search(text, position)
            between = text[position : match.start() if match else len(text)]
            if self._lists and ("}" in between or (match and match["key"] in self._lists)):
                self.finish()
            if not (self._lists and _BLANK.fullmatch(between)):
                rest.append(between)
            if match is None:
                break
            self._key, self._numbers, position = match["key"], Series(), match.end()
        return "".join(rest)

    def finish(self) -> None:
        """Make a fit of the lists that were read; an unfinished list is not kept."""
        lists, self._lists, self._key, self._part, self._size = self._lists, {}, None, "", 0
        if not any(map(is_known, lists)):
            return
        epochs = max(len(series.values) for series in lists.values())
        if epochs == 0:
            return
        self._fits.take_over("a history dict")
        names = [name for name in lists if name not in _NO_METRICS and lists[name].values]
        for row in range(epochs):
            metrics = {}
            for name in names:
                series = lists[name]
                if row < len(series.values):
                    metrics[name] = Value(series.values[row], series.decimals)
            self._fits.add(row + 1, metrics)
        self._fits.close()

    def _read_numbers(self, text: str, position: int) -> int:
        assert self._key is not None  # noqa: S101 - the caller looked
        while match := _NUMBER.match(text, position):
            if match.end() == len(text) and len(text) - match.start() < 80:
                self._part = text[match.start() :]  # the number may go on in the next piece
                return len(text)
            read = value(match["value"]) if match["value"] else Value(math.nan, -1)
            if self._size < _MOST_NUMBERS:
                self._numbers.add(read)
                self._size += 1
            position = match.end()
        blank = _BLANK.match(text, position)
        end = blank.end() if blank else position
        if end == len(text):
            return end
        key, self._key = self._key, None
        if text[end] == "]":
            self._lists[key] = self._numbers
            return end + 1
        # A list of other things: a notebook's cell, names of layers. It is not ours.
        return end


class TrainerLines:
    """Reads `{'eval_loss': 0.3, …, 'epoch': 1.0}`, a line each or spread over several."""

    def __init__(self, fits: Fits) -> None:
        self._fits = fits
        self._held = ""
        self._epoch = 0.0
        self._training: dict[int, dict[str, Value]] = {}
        self._last: dict[str, Value] = {}
        self._evaluated: list[tuple[float, dict[str, Value]]] = []
        self._ended = False
        self._seconds = math.nan

    @property
    def open(self) -> bool:
        """Whether lines of a training are being collected."""
        return bool(self._training or self._evaluated)

    def feed(self, text: str) -> str:
        """Read what belongs to the Trainer; return the rest."""
        if not self._held and "{" not in text:
            return text
        text, self._held = self._held + text, ""
        rest, position = [], 0
        for match in _SCALARS.finditer(text):
            numbers = dict(_SCALAR.findall(match.group()))
            if "epoch" not in numbers or not self._take(numbers):
                continue
            rest.append(text[position : match.start()])
            position = match.end()
        tail = text[position:]
        brace = _OPEN_DICT.search(tail)
        if brace and len(tail) - brace.start() < _LONGEST_SCALARS:
            self._held, tail = tail[brace.start() :], tail[: brace.start()]
        return "".join([*rest, tail])

    def finish(self) -> str:
        """Make a fit of what was collected; return text that was held back."""
        held, self._held = self._held, ""
        if self.open:
            self._fits.take_over("log lines of the Trainer")
            self._add_rows()
            self._fits.close()
        self._training, self._evaluated, self._last, self._epoch = {}, [], {}, 0.0
        self._ended, self._seconds = False, math.nan
        return held

    def _add_rows(self) -> None:
        if not self._evaluated:
            for number, metrics in self._training.items():
                self._fits.add(number, metrics, self._seconds)
            return
        whole = all(epoch == int(epoch) for epoch, _ in self._evaluated)
        for count, (epoch, metrics) in enumerate(self._evaluated, 1):
            seconds = self._seconds if whole else math.nan
            self._fits.add(int(epoch) if whole else count, metrics, seconds)
        if not whole and self._fits.current:
            self._fits.current.notes.append("its rows are evaluations, not epochs")

    def _take(self, numbers: dict[str, str]) -> bool:
        epoch = float(numbers["epoch"])
        names = [name for name in numbers if "loss" in name or name.startswith("eval_")]
        if not 0 <= epoch < 1e6 or not (names or "train_runtime" in numbers):
            return False
        if epoch < self._epoch:
            self.finish()
        if "train_runtime" in numbers:
            self._ended = True
            self._seconds = float(numbers["train_runtime"]) / epoch if epoch else math.nan
            return True
        evaluated = any(name.startswith("eval_") for name in names)
        if self._ended and evaluated:
            return True  # the best model once more: no epoch
        if self._ended:
            self.finish()
        self._epoch = epoch
        metrics = {}
        for name, text in numbers.items():
            word = from_trainer(name)
            if word is not None:
                metrics[word] = value(text)
        self._collect(epoch, metrics, evaluated)
        return True

    def _collect(self, epoch: float, metrics: dict[str, Value], evaluated: bool) -> None:
        if not evaluated:
            self._last = metrics
            if len(self._training) < _MOST_ROWS:
                self._training[max(1, math.ceil(epoch - 1e-9))] = metrics
        elif self._evaluated and self._evaluated[-1][0] == epoch:
            self._evaluated[-1][1].update(metrics)
        elif len(self._evaluated) < _MOST_ROWS:
            self._evaluated.append((epoch, {**self._last, **metrics}))
