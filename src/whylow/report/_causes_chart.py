"""The drawing of measured effects: each suspect against zero and against what matters."""

from __future__ import annotations

from whylow.records import Interval, Report
from whylow.report import _format as fmt
from whylow.report._causes import metric_of_causes
from whylow.report._charts import WIDTH, Bar, Strip
from whylow.report._scale import scale

_MOST = 10


def effects(report: Report) -> Strip | None:
    """Return the drawing; None where nothing was measured."""
    metric = metric_of_causes(report)
    known: list[tuple[str, float, Interval]] = [
        (cause.remedy, cause.effect.estimate, cause.effect)
        for cause in report.causes
        if cause.effect.estimate is not None
    ][:_MOST]
    smallest = next(
        (one.smallest_meaningful_difference for one in report.comparisons), 0.01
    )
    ends = [end for _, _, one in known for end in (one.low, one.estimate, one.high)]
    axis = scale([0.0, -smallest, smallest, *ends], 12, WIDTH - 12, margin=0.1)
    if not known or axis is None:
        return None
    bars = tuple(
        Bar(
            label=fmt.clean(name),
            text=fmt.change(metric, interval),
            y=36 + 36 * number,
            low=None if interval.low is None else axis(interval.low),
            estimate=axis(estimate),
            high=None if interval.high is None else axis(interval.high),
        )
        for number, (name, estimate, interval) in enumerate(known)
    )
    return Strip(
        height=36 + 36 * len(bars) + 10,
        zero=axis(0.0),
        band=(axis(-smallest), round(axis(smallest) - axis(-smallest), 1)),
        bars=bars,
        ticks=axis.ticks(metric, signed=True),
        unit=fmt.unit(metric),
        alt="; ".join(f"{bar.label}: {bar.text}" for bar in bars) + ".",
    )
