"""Learning curves: the fit as it was recorded, and the band its replays lie in."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from whylow.records import Comparison, Fit, Report
from whylow.report import _format as fmt
from whylow.report._charts import WIDTH
from whylow.report._scale import Scale, Tick, scale

HEIGHT = 210
MOST_LINES = 6  # in one drawing; more cannot be told apart
_MOST_POINTS = 40
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, WIDTH - 12, 10, HEIGHT - 30

Series = Sequence[float | None]


@dataclass(frozen=True)
class Source:
    """A fit to draw: its own history, and those of its replays."""

    name: str
    history: Mapping[str, Series]
    replays: tuple[Mapping[str, Series], ...] = ()


@dataclass(frozen=True)
class Curve:
    """One fit in one drawing; `number` picks its colour."""

    number: int
    line: str
    band: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Panel:
    """One metric on one part of the data, by epoch."""

    title: str
    curves: tuple[Curve, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    alt: str


def comparison_panels(comparison: Comparison, fits: tuple[Fit, ...]) -> tuple[Panel, ...]:
    """Return the drawings of a comparison: its own metric and the loss, both parts."""
    known = {fit.name: fit for fit in fits}
    sources = []
    for name in (comparison.baseline, comparison.variant):
        replays = tuple(run.history for run in comparison.runs if run.fit == name)
        sources.append(Source(name, known[name].history if name in known else {}, replays))
    claimed = [comparison.claim.metric] if comparison.claim is not None else []
    return _panels(sources, claimed)


def fit_panels(report: Report) -> tuple[Panel, ...]:
    """Return the drawings of fits that nothing is compared with."""
    fits = [fit for fit in report.fits if fit.history][:MOST_LINES]
    return _panels([Source(fit.name, fit.history) for fit in fits], [])


def series(history: Mapping[str, Series], metric: str, part: str) -> Series:
    """Return a metric's values by epoch, whatever number Keras put after its name."""
    wanted = f"val_{metric}" if part == "validation" else metric
    found = (values for key, values in history.items() if _bare(key) == wanted)
    return history.get(wanted) or next(found, ())


def _bare(key: str) -> str:
    return re.sub(r"_\d+$", "", key)


def _panels(sources: list[Source], first: list[str]) -> tuple[Panel, ...]:
    keys = [_bare(key) for source in sources for key in _every_key(source)]
    named = [key for key in keys if not key.startswith("val_") and key != "loss"]
    wanted = [name for name in [*first, *named] if name in keys or f"val_{name}" in keys]
    panels = []
    for metric in dict.fromkeys([*wanted[:1], "loss"]):
        parts = {
            part: [_drawn(source, metric, part) for source in sources]
            for part in ("training", "validation")
        }
        values = [
            v for sides in parts.values() for lines in sides for s in lines for v in s
        ]
        epochs = max(
            (len(s) for sides in parts.values() for ls in sides for s in ls), default=0
        )
        y_axis = scale(values, _BOTTOM, _TOP)
        if y_axis is None:
            continue
        x_axis = (
            Scale(1, epochs, _LEFT + 8, _RIGHT - 8)
            if epochs > 1
            else Scale(0, 2, _LEFT, _RIGHT)
        )
        for part, sides in parts.items():
            if any(v is not None for lines in sides for s in lines for v in s):
                panels.append(_panel(metric, part, sources, x_axis, y_axis))
    return tuple(panels)


def _every_key(source: Source) -> list[str]:
    return [key for history in (source.history, *source.replays) for key in history]


def _drawn(source: Source, metric: str, part: str) -> list[Series]:
    return [series(h, metric, part) for h in (source.history, *source.replays)]


def _panel(
    metric: str, part: str, sources: list[Source], x_axis: Scale, y_axis: Scale
) -> Panel:
    curves = []
    said = []
    for number, source in enumerate(sources):
        recorded, *replays = _drawn(source, metric, part)
        line = _segments(recorded, x_axis, y_axis)
        spots = tuple(point for segment in line for point in segment)
        curves.append(
            Curve(
                number=number,
                line="".join(_path(segment) for segment in line),
                band=_band(replays, x_axis, y_axis),
                points=spots if len(spots) <= 20 else (),
            )
        )
        known = [value for value in recorded if value is not None]
        if known:
            first, last = fmt.level(metric, known[0]), fmt.level(metric, known[-1])
            said.append(f"{source.name} from {first} to {last}")
    name = fmt.metric_name(metric)
    epochs = f"by epoch, {x_axis.high:g} in all" if x_axis.low else "after one epoch"
    return Panel(
        title=f"{name}, {part}",
        curves=tuple(curves),
        x_ticks=_epoch_ticks(x_axis),
        y_ticks=y_axis.ticks(metric, count=4),
        alt=f"{name} on {part} texts {epochs}: {'; '.join(said) or 'replays only'}.",
    )


def _epoch_ticks(axis: Scale) -> tuple[Tick, ...]:
    if not axis.low:
        return (Tick(at=axis(1), label="1"),)
    step = max(1, math.ceil((axis.high - 1) / 7))
    return tuple(Tick(axis(e), str(e)) for e in range(1, int(axis.high) + 1, step))


def _segments(
    values: Series, x_axis: Scale, y_axis: Scale
) -> list[list[tuple[float, float]]]:
    """Return runs of neighbouring epochs that have a value: nan leaves a gap."""
    segments: list[list[tuple[float, float]]] = [[]]
    for index in _indices(len(values)):
        value = values[index]
        if value is None or not math.isfinite(value):
            segments.append([])
        else:
            segments[-1].append((x_axis(index + 1), y_axis(value)))
    return [segment for segment in segments if segment]


def _indices(length: int) -> list[int]:
    """Return evenly spaced epochs, the last among them, where there are too many to see."""
    if length <= _MOST_POINTS:
        return list(range(length))
    return sorted(
        {round(n * (length - 1) / (_MOST_POINTS - 1)) for n in range(_MOST_POINTS)}
    )


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points)


def _band(replays: Sequence[Series], x_axis: Scale, y_axis: Scale) -> str:
    """Return the outline between the lowest and the highest replay of each epoch."""
    low, high = [], []
    for index in _indices(max((len(values) for values in replays), default=0)):
        here = [values[index] for values in replays if index < len(values)]
        known = [value for value in here if value is not None and math.isfinite(value)]
        if known:
            low.append((x_axis(index + 1), y_axis(min(known))))
            high.append((x_axis(index + 1), y_axis(max(known))))
    return _path([*high, *reversed(low)]) + "Z" if low else ""
