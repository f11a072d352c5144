"""Where things stand in the drawings of a comparison: its difference and its pairs."""

from __future__ import annotations

from dataclasses import dataclass

from whylow.records import Comparison, Interval, Run
from whylow.report import _format as fmt
from whylow.report._scale import Scale, Tick, scale

WIDTH = 440  # of every drawing, so that its letters are as large as the text beside it
_LEFT, _RIGHT = 12, WIDTH - 12
_ROW = 15  # height of a pair


@dataclass(frozen=True)
class Bar:
    """A difference and its interval."""

    label: str
    text: str
    y: float
    low: float | None
    estimate: float
    high: float | None


@dataclass(frozen=True)
class Strip:
    """Differences against zero and against the smallest that matters."""

    height: float
    zero: float
    band: tuple[float, float]
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    unit: str
    alt: str


@dataclass(frozen=True)
class Pair:
    """The scores of a pair; None where a run has none."""

    number: int
    y: float
    baseline: float | None
    variant: float | None
    texts: tuple[str, str]
    failed: str | None


@dataclass(frozen=True)
class Dots:
    """Every pair with its two scores, joined."""

    height: float
    pairs: tuple[Pair, ...]
    ticks: tuple[Tick, ...]
    alt: str


def strip(comparison: Comparison) -> Strip | None:
    """Return the drawing of the difference; None where no pair finished."""
    known = _differences(comparison)
    smallest = comparison.smallest_meaningful_difference
    ends = [end for _, _, i in known for end in (i.low, i.estimate, i.high)]
    axis = scale([0.0, -smallest, smallest, *ends], _LEFT, _RIGHT, margin=0.1)
    if not known or axis is None:
        return None
    bars = tuple(
        Bar(
            label=label,
            text=fmt.change(comparison.metric, interval),
            y=36 + 40 * number,
            low=None if interval.low is None else axis(interval.low),
            estimate=axis(estimate),
            high=None if interval.high is None else axis(interval.high),
        )
        for number, (label, estimate, interval) in enumerate(known)
    )
    return Strip(
        height=36 + 40 * len(bars) + 10,
        zero=axis(0.0),
        band=(axis(-smallest), round(axis(smallest) - axis(-smallest), 1)),
        bars=bars,
        ticks=axis.ticks(comparison.metric, signed=True),
        unit=fmt.unit(comparison.metric),
        alt=_strip_alt(comparison, bars),
    )


def _differences(comparison: Comparison) -> list[tuple[str, float, Interval]]:
    """Return what the verdict rests on and, where that is new texts, these texts beside."""
    wanted: list[tuple[str, Interval | None]] = []
    if comparison.difference is not None:
        wanted.append((f"on {comparison.difference.scope}", comparison.difference))
        if comparison.difference.scope == "new texts":
            wanted.append(("on these texts", comparison.difference_these_texts))
    return [
        (of, i.estimate, i) for of, i in wanted if i is not None and i.estimate is not None
    ]


def _strip_alt(comparison: Comparison, bars: tuple[Bar, ...]) -> str:
    unit = fmt.unit(comparison.metric)
    said = "; ".join(f"{bar.text} {unit}".rstrip() + f" {bar.label}" for bar in bars)
    return (
        f"{fmt.metric_name(comparison.metric)}, {comparison.variant} minus "
        f"{comparison.baseline}: {said}. A difference within "
        f"{smallest_text(comparison)} of zero does not matter."
    )


def smallest_text(comparison: Comparison) -> str:
    """Return the smallest meaningful difference: `1 point`, `0.01`."""
    value = comparison.smallest_meaningful_difference
    if not fmt.is_share(comparison.metric):
        return f"{value:g}"
    return f"{100 * value:g} point" + ("" if 100 * value == 1 else "s")


def dots(comparison: Comparison) -> Dots | None:
    """Return the drawing of the pairs; None where no run has a score."""
    metric = comparison.metric
    sides = [
        {run.pair: run for run in comparison.runs if run.fit == name}
        for name in (comparison.baseline, comparison.variant)
    ]
    axis = scale([run.score for run in comparison.runs], _LEFT + 26, _RIGHT)
    if axis is None:
        return None
    pairs = []
    for row, number in enumerate(sorted(set(sides[0]) | set(sides[1]))):
        both = [side.get(number) for side in sides]
        failed = [f"{run.fit}: {run.failed}" for run in both if run and run.failed]
        pairs.append(
            Pair(
                number=number + 1,
                y=14 + _ROW * row,
                baseline=_place(both[0], axis),
                variant=_place(both[1], axis),
                texts=(_score(metric, both[0]), _score(metric, both[1])),
                failed="; ".join(failed) or None,
            )
        )
    whole = [p for p in pairs if p.baseline is not None and p.variant is not None]
    ahead = sum((p.variant or 0) > (p.baseline or 0) for p in whole)
    return Dots(
        height=14 + _ROW * len(pairs) + 24,
        pairs=tuple(pairs),
        ticks=axis.ticks(metric),
        alt=(
            f"{fmt.metric_name(metric)} of each pair: {comparison.variant} lies above "
            f"{comparison.baseline} in {ahead} of {fmt.counted(len(whole), 'pair')}."
        ),
    )


def _place(run: Run | None, axis: Scale) -> float | None:
    return None if run is None or run.score is None else axis(run.score)


def _score(metric: str, run: Run | None) -> str:
    return fmt.level(metric, None if run is None else run.score)
