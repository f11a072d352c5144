"""What every format says in its own way: rows from the claim to what holds, remarks."""

from __future__ import annotations

import math
from dataclasses import dataclass

from whylow.records import Claim, Comparison, Fit, Interval, Report, View
from whylow.report import _format as fmt


@dataclass(frozen=True)
class Row:
    """Both fits looked at in one way, ready to print.

    `claimed` marks what the person saw, `headline` the metric that the verdict rests on,
    `control` a reference level that belongs to neither fit.
    """

    view: str
    baseline: str
    variant: str
    difference: str
    claimed: bool = False
    headline: bool = False
    lower_is_better: bool = False
    control: bool = False
    runs: int = 1


def ladder_rows(comparison: Comparison, fits: tuple[Fit, ...] = ()) -> list[Row]:
    """Return the claim, the ladder, what the pairs gave, and the time an epoch took.

    The person's own metric comes first. The claim and the results over pairs are left
    out where a rung of the ladder already says the same.
    """
    rows = [_view_row(view, comparison) for view in comparison.ladder]
    claim = comparison.claim
    if claim is not None and not any(row.claimed for row in rows):
        rows.insert(0, _claim_row(claim))
    if comparison.pairs:
        own = claim.metric if claim is not None else None
        for metric in dict.fromkeys([own, comparison.metric]):
            if metric is not None and not _in_ladder(comparison, metric):
                rows += _pairs_row(comparison, metric)
    rows.sort(key=lambda row: not row.claimed)
    return rows + _time_row(comparison, fits)


def control_rows(comparison: Comparison) -> list[Row]:
    """Return reference levels: the majority by the own metric, others by the headline."""
    own = comparison.claim.metric if comparison.claim is not None else comparison.metric
    rows = []
    for number, control in enumerate(comparison.controls):
        metric = comparison.metric if number else own
        if control.metrics.get(metric) is not None:
            level = fmt.level(metric, control.metrics[metric])
            view = f"{fmt.clean(control.name)}, {fmt.metric_name(metric)}"
            rows.append(
                Row(view=view, baseline=level, variant="", difference="", control=True)
            )
    return rows


def mean_difference(comparison: Comparison, metric: str) -> Interval:
    """Return variant minus baseline over the pairs, the headline with its interval."""
    if metric == comparison.metric and comparison.difference is not None:
        return comparison.difference
    baseline = _mean(comparison, comparison.baseline, metric)
    variant = _mean(comparison, comparison.variant, metric)
    if baseline is None or variant is None:
        return Interval()
    return Interval(estimate=variant - baseline)


def metric_rows(comparison: Comparison) -> list[tuple[str, list[str]]]:
    """Return each metric over the pairs: both fits, their difference, every control.

    The person's own metric comes first, then the headline.
    """
    own = comparison.claim.metric if comparison.claim is not None else None
    reported = [metric for levels in comparison.metrics.values() for metric in levels]
    metrics = dict.fromkeys(m for m in [own, comparison.metric, *reported] if m in reported)
    return [
        (
            metric,
            [
                fmt.level(metric, _mean(comparison, comparison.baseline, metric)),
                fmt.level(metric, _mean(comparison, comparison.variant, metric)),
                fmt.change(metric, mean_difference(comparison, metric)),
                *(fmt.level(metric, c.metrics.get(metric)) for c in comparison.controls),
            ],
        )
        for metric in metrics
        if metric is not None
    ]


def remarks(report: Report) -> list[str]:
    """Return what failed, what could not be replayed and why, and the report's notes."""
    said = []
    for fit in report.fits:
        if fit.failed:
            said.append(f"{fit.name} failed: {fit.failed}")
        if fit.replay_note:
            how = "" if fit.replayable else " cannot be retrained"
            said.append(f"{fit.name}{how}: {fit.replay_note}")
    for comparison in report.comparisons:
        of = f"{comparison.variant}: " if len(report.comparisons) > 1 else ""
        said += [of + remark for remark in comparison.remarks]
        lost = sum(run.failed is not None for run in comparison.runs)
        if lost:
            many = f"{fmt.counted(lost, 'run')} of {len(comparison.runs)}"
            said.append(
                f"{comparison.variant}: {many} failed and counted as the majority class."
            )
    return list(dict.fromkeys([*said, *report.notes]))


def once_more(comparison: Comparison) -> str:
    """Return the chance that the variant is worse if both are trained once more, in words.

    Empty below six pairs, where the interval says nothing.
    """
    chance = comparison.chance_worse
    if chance is None or chance.estimate is None or comparison.pairs < 6:
        return ""
    ends = ""
    if chance.low is not None and chance.high is not None:
        ends = f" [{100 * chance.low:.0f}, {100 * chance.high:.0f}]"
    return (
        f"If both are trained once more, {comparison.variant} is worse with a chance of "
        f"{100 * chance.estimate:.0f} %{ends}."
    )


def claim_view(claim: Claim) -> str:
    """Return what the person looked at: `accuracy, training, epoch 3`."""
    part = "training" if claim.split == "train" else "validation"
    return f"{fmt.metric_name(claim.metric)}, {part}, epoch {claim.epoch}"


def _view_row(view: View, comparison: Comparison) -> Row:
    claim = comparison.claim
    return Row(
        view=fmt.clean(view.view),
        baseline=fmt.level(view.metric, view.baseline),
        variant=fmt.level(view.metric, view.variant),
        difference=fmt.change(view.metric, view.difference),
        claimed=claim is not None and _same(view, claim),
        headline=_is_headline(view, comparison),
        lower_is_better=view.lower_is_better,
        runs=view.runs,
    )


def _same(view: View, claim: Claim) -> bool:
    split = "training" if claim.split == "train" else "validation"
    estimate = view.difference.estimate
    return (
        view.metric == claim.metric
        and view.runs == 1
        and split in view.view
        and estimate is not None
        and math.isclose(estimate, claim.difference, abs_tol=1e-6)
    )


def _claim_row(claim: Claim) -> Row:
    return Row(
        view=claim_view(claim),
        baseline=fmt.level(claim.metric, claim.baseline),
        variant=fmt.level(claim.metric, claim.variant),
        difference=fmt.change(claim.metric, Interval(estimate=claim.difference)),
        claimed=True,
        lower_is_better=fmt.lower_is_better(claim.metric),
    )


def _in_ladder(comparison: Comparison, metric: str) -> bool:
    """Whether a rung gives this metric over pairs; the headline, with its interval."""
    if metric == comparison.metric and comparison.difference is not None:
        return any(_is_headline(view, comparison) for view in comparison.ladder)
    return any(view.metric == metric and view.runs > 1 for view in comparison.ladder)


def _is_headline(view: View, comparison: Comparison) -> bool:
    return (
        view.metric == comparison.metric
        and view.runs > 1
        and comparison.difference is not None
        and _ends(view.difference) == _ends(comparison.difference)
    )


def _ends(interval: Interval) -> tuple[float | None, ...]:
    ends = (interval.low, interval.estimate, interval.high)
    return tuple(None if end is None else round(end, 9) for end in ends)


def _pairs_row(comparison: Comparison, metric: str) -> list[Row]:
    difference = mean_difference(comparison, metric)
    if difference.estimate is None:
        return []
    headline = metric == comparison.metric
    of = comparison.difference if headline else None
    return [
        Row(
            view=f"{fmt.metric_name(metric)}, " + (of.scope if of else "retrained"),
            baseline=fmt.level(metric, _mean(comparison, comparison.baseline, metric)),
            variant=fmt.level(metric, _mean(comparison, comparison.variant, metric)),
            difference=fmt.change(metric, difference),
            headline=headline,
            lower_is_better=fmt.lower_is_better(metric),
            runs=comparison.pairs,
        )
    ]


def _mean(comparison: Comparison, fit: str, metric: str) -> float | None:
    return comparison.metrics.get(fit, {}).get(metric)


def _time_row(comparison: Comparison, fits: tuple[Fit, ...]) -> list[Row]:
    times = {fit.name: fit.seconds_per_epoch for fit in fits}
    baseline, variant = times.get(comparison.baseline), times.get(comparison.variant)
    if not baseline or not variant:
        return []
    return [
        Row(
            view="seconds per epoch",
            baseline=fmt.seconds(baseline),
            variant=fmt.seconds(variant),
            difference=fmt.relative(baseline, variant),
        )
    ]
