"""Rows of metrics → fits: where one training ends and the next begins."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from whylow.capture.logs._numbers import Value

MOST_VALUES = 420_000
"""Numbers that are kept of one input (about 50 MB when they have become a report)."""

MOST_FITS = 300
"""Fits that are kept of one input."""


@dataclass
class Series:
    """One metric, a value an epoch; nan where none was printed."""

    values: array[float] = field(default_factory=lambda: array("d"))
    decimals: int = -1
    missing: int = 0

    @property
    def last(self) -> Value:
        return Value(self.values[-1], self.decimals)

    def add(self, value: Value) -> None:
        self.values.append(value.number)
        self.decimals = max(self.decimals, value.decimals)

    def add_missing(self, count: int = 1) -> None:
        self.values.extend([math.nan] * count)
        self.missing += count


@dataclass
class RawFit:
    """A training as the log shows it.

    Args:
        form: What it was read from, in words.
        planned: Epochs that were asked for, where printed (`Epoch 1/3`: 3).
        numbers: The number of each epoch, counted from 1.
        seconds: Of each epoch; nan where not printed.
        total: What the progress bar counts up to.
        counts: Whether the bar counts steps or samples, where the log tells.
        batch_size: From the stride of a bar that counts samples.
        training_rows: From `Train on N samples`.
        validation_rows: From `validate on N samples`.
        source: Number of the file, from 0.
        segment: Number of the text that stands before it; the text after it is the next.
        cut_off: Epoch, step and steps where the log breaks off within an epoch.
    """

    form: str
    source: int = 0
    segment: int = 0
    planned: int | None = None
    numbers: array[int] = field(default_factory=lambda: array("q"))
    series: dict[str, Series] = field(default_factory=dict)
    seconds: array[float] = field(default_factory=lambda: array("d"))
    total: int | None = None
    counts: str | None = None
    batch_size: int | None = None
    training_rows: int | None = None
    validation_rows: int | None = None
    cut_off: tuple[int, int, int] | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def epochs(self) -> int:
        return len(self.numbers)

    def add_row(
        self, number: int, metrics: Mapping[str, Value], seconds: float = math.nan
    ) -> None:
        """Add an epoch; a metric that comes or goes leaves gaps, which are counted."""
        for name, value in metrics.items():
            series = self.series.get(name)
            if series is None:
                series = self.series[name] = Series()
                series.add_missing(self.epochs)
            series.add(value)
        self.numbers.append(number)
        self.seconds.append(seconds)
        for series in self.series.values():
            if len(series.values) < self.epochs:
                series.add_missing()


class Fits:
    """Collects rows into fits, and stops before memory runs out.

    Args:
        left_out: Epochs that were read but not kept.
    """

    def __init__(self) -> None:
        self.done: list[RawFit] = []
        self.current: RawFit | None = None
        self.left_out = 0
        self.source = 0
        self.segment = 0
        self.on_take_over: Callable[[], None] = lambda: None
        self._kept = 0

    def start(self, form: str) -> RawFit:
        """Close the fit at hand and begin another."""
        self.close()
        self.current = RawFit(form=form, source=self.source, segment=self.segment)
        self.segment += 1
        return self.current

    def take_over(self, form: str) -> RawFit:
        """Begin a fit of another form: an epoch that is still open is closed first."""
        self.on_take_over()
        return self.start(form)

    def close(self) -> None:
        """Close the fit at hand; one without a finished epoch is not kept."""
        fit, self.current = self.current, None
        if fit is None or not fit.series:
            return
        if len(self.done) >= MOST_FITS:
            self.left_out += fit.epochs
            return
        self.done.append(fit)

    def add(
        self, number: int, metrics: Mapping[str, Value], seconds: float = math.nan
    ) -> None:
        """Add an epoch to the fit at hand, if there is still room."""
        if self.current is None or not metrics:
            return
        names = max(len(metrics), len(self.current.series))
        if self._kept + names > MOST_VALUES:
            self.left_out += 1
            return
        self._kept += names
        self.current.add_row(number, metrics, seconds)
