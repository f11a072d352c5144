"""From numbers to places on a drawing, with ticks at round numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from whylow.report import _format as fmt


@dataclass(frozen=True)
class Tick:
    """A place on an axis and what is written there."""

    at: float
    label: str


@dataclass(frozen=True)
class Scale:
    """A straight axis: values from `low` to `high` lie between `start` and `end`."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return the place of a value, to a tenth of a pixel."""
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)

    def ticks(
        self, metric: str, *, signed: bool = False, count: int = 5
    ) -> tuple[Tick, ...]:
        """Return about `count` ticks at round numbers, in the unit of the metric."""
        by = 100 if fmt.is_share(metric) else 1
        low, high = by * self.low, by * self.high
        step = _round_step(high - low, count)
        style = f".{max(0, -math.floor(math.log10(step) + 1e-9))}f" if step < 1e5 else ".1e"
        made = []
        for number in range(
            math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1
        ):
            plus = "+" if signed and number else ""
            percent = " %" if by == 100 and not signed else ""
            label = f"{number * step:{plus}z{style}}{percent}"
            made.append(Tick(at=self(number * step / by), label=label))
        return tuple(made)


def scale(
    values: Iterable[float | None], start: float, end: float, *, margin: float = 0.06
) -> Scale | None:
    """Return the axis on which all finite values lie, with a margin; None without any."""
    known = [value for value in values if value is not None and math.isfinite(value)]
    if not known:
        return None
    low, high = min(known), max(known)
    size = max(abs(low), abs(high))
    if size > 1e100:  # beyond what a drawing can tell
        return None
    if high - low < max(1e-12, 1e-9 * size):  # one value: in the middle
        half = 0.05 * size if size > 1e-12 else 0.005
        low, high = (low + high) / 2 - half, (low + high) / 2 + half
    spread = high - low
    return Scale(low - margin * spread, high + margin * spread, start, end)


def _round_step(spread: float, count: int) -> float:
    """Return 1, 2 or 5 times a power of ten that cuts `spread` into about `count`."""
    power = 10.0 ** math.floor(math.log10(spread / count))
    return min(
        (power * of for of in (1, 2, 5, 10)), key=lambda step: abs(spread / step - count)
    )
