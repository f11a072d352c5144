"""The causes in words, alike in the terminal, in Markdown and on the page."""

from __future__ import annotations

from dataclasses import dataclass

from whylow.records import Cause, Comparison, Interval, Report
from whylow.report import _format as fmt

_ROLES = {"cause": 0, "helps": 1, "undecided": 2, "not a cause": 3}
_SAID = {
    "cause": "",
    "helps": "helps, though the two do not differ in it: ",
    "undecided": "undecided: ",
    "not a cause": "not a cause: ",
}


@dataclass(frozen=True)
class Told:
    """One measured suspect, ready to print.

    Args:
        name: The remedy.
        code: The check that proposed it; empty where none did.
        said: What was found, one sentence without the full stop.
        plain: The same without the role in front.
        role: Cause, helps, undecided, not a cause.
        effect: The effect with its interval.
        pairs: What it was measured on.
    """

    name: str
    code: str
    said: str
    plain: str
    role: str
    effect: str
    pairs: str


def metric_of_causes(report: Report) -> str:
    """Return the metric in which effects are measured."""
    comparison = _taken_apart(report)
    return comparison.metric if comparison is not None else ""


def told(report: Report) -> list[Told]:
    """Return what was measured: causes, then the undecided, then what is no cause."""
    metric = metric_of_causes(report)
    gap = _gap(report)
    ordered = sorted(report.causes, key=lambda cause: _ROLES[_role(cause)])
    plain = {id(cause): _sentence(cause, metric, gap) for cause in ordered}
    return [
        Told(
            name=cause.remedy,
            code=cause.code or "",
            said=f"{_SAID[_role(cause)]}{plain[id(cause)]}",
            plain=plain[id(cause)],
            role=_role(cause),
            effect=fmt.change(metric, cause.effect),
            pairs=_pairs(cause),
        )
        for cause in ordered
    ]


def _role(cause: Cause) -> str:
    """Return the role in words.

    A setting that was tried either way was no change and no fault: what it gives back
    helps, and explains nothing.
    """
    if cause.role == "acquitted":
        return "not a cause"
    return "helps" if cause.role == "cause" and cause.kind == "try" else cause.role


def remainder(report: Report) -> str:
    """Return what is left with all confirmed remedies at once; empty if not measured."""
    if report.remainder is None or report.causes_difference is None:
        return ""
    metric = metric_of_causes(report)
    names = [
        cause.remedy
        for cause in report.causes
        if cause.stage == "confirmed" and not cause.apart
    ]
    of = fmt.change(metric, report.causes_difference)
    if not names:
        return f"Nothing that was examined stands out: all of {of} is unexplained"
    return (
        f"With {' and '.join(names)} at once {fmt.change(metric, report.remainder)} is "
        f"left of {of}, on the same fresh pairs"
    )


def joint(report: Report) -> list[str]:
    """Return what two remedies give together beyond their sum, one line each."""
    metric = metric_of_causes(report)
    return [
        f"{' and '.join(one.remedies)} together, beyond their sum: "
        f"{fmt.change(metric, one.effect)}"
        for one in report.interactions
    ]


def to_do(report: Report) -> list[str]:
    """Return what to do now: code to change, the largest measured gain first.

    Of remedies that gain as much, the one that trains faster comes first.
    """
    metric = metric_of_causes(report)
    useful = [
        cause
        for cause in report.causes
        if cause.role == "cause" and (cause.effect.estimate or 0.0) > 0
    ]
    useful.sort(key=lambda one: (-round(_gain(one), 3), one.time_ratio or 1.0))
    said = []
    for cause in useful:
        gain = fmt.change(metric, Interval(estimate=_gain(cause)))
        unit = f" {fmt.unit(metric)}".rstrip()
        where = f" in `{cause.fit}`" if cause.fit else ""
        cost = (
            f"; training takes {cause.time_ratio:.1f} times as long"
            if cause.time_ratio is not None and abs(cause.time_ratio - 1) >= 0.1
            else ""
        )
        said.append(f"{cause.code_change}{where} ({gain}{unit}{cost})")
    return said


def _gain(cause: Cause) -> float:
    """Return what a remedy gives the variant, what it gives the baseline too included."""
    shared = cause.for_baseline.estimate if cause.for_baseline is not None else None
    return (cause.effect.estimate or 0.0) + (shared or 0.0)


def _taken_apart(report: Report) -> Comparison | None:
    named = {cause.fit for cause in report.causes}
    for comparison in report.comparisons:
        if comparison.variant in named:
            return comparison
    return report.comparisons[0] if report.comparisons else None


def _gap(report: Report) -> float | None:
    if report.causes_difference is not None:
        return report.causes_difference.estimate
    comparison = _taken_apart(report)
    difference = comparison.difference if comparison is not None else None
    return difference.estimate if difference is not None else None


def _sentence(cause: Cause, metric: str, gap: float | None) -> str:
    does = fmt.clean(cause.does or cause.remedy)
    ends = fmt.change(metric, cause.effect).partition(" ")[2]
    if cause.role == "acquitted":
        if cause.effect.high is not None and cause.effect.high < 0:
            return f"{does} gives nothing back, {fmt.change(metric, cause.effect)}"
        return f"{does} {ends or fmt.change(metric, cause.effect)}"
    if cause.role == "undecided":
        would = f"; {cause.would_decide} would decide it" if cause.would_decide else ""
        if ":" in cause.would_decide:  # a sentence of its own: what cannot decide it
            would = f"; {cause.would_decide}"
        return f"{does} {fmt.change(metric, cause.effect)}{would}{_alone(cause, metric)}"
    effect = cause.effect.estimate or 0.0
    size = _size(metric, effect)
    unit = f" {fmt.unit(metric)}".rstrip()
    if cause.kind == "view":
        return f"{does} gives {size}{unit} more than it gives the baseline {ends}".rstrip()
    beyond = ""
    shared = cause.for_baseline.estimate if cause.for_baseline is not None else None
    if shared is not None and abs(shared) >= 0.05 * abs(effect):
        also = fmt.change(metric, Interval(estimate=shared))
        beyond = f", beyond the {also} that it gives the baseline"
    beyond += _alone(cause, metric)
    if gap is not None and effect * gap < 0:
        verb, was = ("gives back", "lost") if effect > 0 else ("takes away", "gained")
        whole = _size(metric, gap)
        if abs(effect) <= abs(gap):
            return f"{does} {verb} {size} of {whole}{unit} {ends}{beyond}"
        return f"{does} {verb} {size}{unit} {ends}, more than the {whole} {was}{beyond}"
    verb = "gives" if effect > 0 else "takes away"
    return f"{does} {verb} {size}{unit} {ends}{beyond}"


def _alone(cause: Cause, metric: str) -> str:
    """Say what the same difference does where nothing else is changed."""
    if cause.planted is None:
        return ""
    return f"; alone in the baseline it makes {fmt.change(metric, cause.planted)}"


def _size(metric: str, value: float) -> str:
    text = fmt.change(metric, Interval(estimate=abs(value), low=-1.0, high=1.0))
    return text.partition(" ")[0].lstrip("+")


def _pairs(cause: Cause) -> str:
    on = {"confirmed": "fresh pairs", "screened": "pairs, screened"}
    return f"{cause.pairs} {on.get(cause.stage, 'pairs, not retrained')}"
