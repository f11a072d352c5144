"""The epoch that is being read, and which lines are part of it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from whylow.capture.logs._numbers import Value
from whylow.capture.logs._progress import Entry

_PRECISE = 10
"""Seconds above which the printed whole seconds are exact enough."""


@dataclass
class OpenEpoch:
    """An epoch so far.

    Args:
        number: Counted from 1.
        planned: Epochs that were asked for.
        metrics: The latest number of each.
        done: What its bar stands at; 0 where it has none.
        total: What the bar counts up to.
        seconds: How long it took.
        finished: Whether its bar has stood at the end.
        validated: Whether numbers of validation were printed.
        moved: Whether its bar was seen on the way.
        shut: Whether another bar has begun, so that no more lines are its own.
    """

    number: int
    planned: int | None
    metrics: dict[str, Value] = field(default_factory=dict)
    done: int = 0
    total: int | None = None
    seconds: float = math.nan
    finished: bool = False
    validated: bool = False
    moved: bool = False
    shut: bool = False

    @property
    def through(self) -> bool:
        """Whether the epoch came to its end, as far as can be seen."""
        return (
            self.done == 0
            or self.total is None
            or self.done >= self.total
            or self.validated
        )

    def admits(self, entry: Entry) -> bool:
        """Whether a line is part of the epoch, and not of `evaluate` or `predict`."""
        if entry.style == "tqdm":
            return True
        if None not in (self.total, entry.total) and self.total != entry.total:
            return False
        if entry.validated and not self.validated:
            return True
        if self.shut or self.validated:
            return False
        if entry.done is not None and entry.done < self.done:
            self.shut = True
            return False
        if not self.finished:
            return True
        # The bar stood at its end already: the last line again, or `evaluate` over as
        # many steps. Keras 3 does not tell time gone from time to go.
        return entry.overwrote or (self.moved and entry.style == "line")

    def take(self, entry: Entry) -> None:
        """Take what a line says; a later line is right where both say something."""
        self.metrics.update(entry.metrics)
        self.validated |= entry.validated
        if entry.total is not None:
            self.total = entry.total
        if entry.done is not None:
            self.moved |= not entry.complete
            self.done = entry.done
        if not entry.complete or entry.eta:
            return
        self.finished |= bool(entry.metrics)
        self.seconds = entry.seconds
        from_steps = (entry.total or math.nan) * entry.unit_seconds
        if not math.isnan(from_steps) and not entry.seconds > _PRECISE:
            self.seconds = from_steps
