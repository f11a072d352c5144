"""Findings of `whylow read` in a line or two, the same one in several fits told once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from whylow.records import Finding, Report
from whylow.report import _format as fmt


def brief_of(group: list[Finding], report: Report) -> str:
    """Return what findings of one code say, shorter than their messages where it can be.

    Args:
        group: Findings with the same code, of one fit each or of a comparison each.
        report: Where they stand.
    """
    make = _BRIEF.get(group[0].code)
    if make is not None:
        return make(group, report)
    first = group[0]
    whose = _whose(group, report)
    message = first.message.replace(" (seen in the code, not measured)", "")
    return f"{whose}: {message}" if whose else message


def _whose(group: list[Finding], report: Report) -> str:
    names = list(dict.fromkeys(finding.fit for finding in group if finding.fit))
    if not names or len(report.fits) == 1:
        return ""
    if len(names) == len(report.fits):
        return "both" if len(names) == 2 else "all"
    return ", ".join(names)


def _of(group: list[Finding], report: Report) -> str:
    whose = _whose(group, report)
    return f", {whose}" if whose else ""


def _overfitting(group: list[Finding], report: Report) -> str:
    epochs = list(dict.fromkeys(f"{f.evidence['best_epoch']}" for f in group))
    rises = [
        f.evidence["last_validation_loss"] / f.evidence["best_validation_loss"] - 1
        for f in group[:3]
    ]
    by = " and ".join(f"{100 * rise:+.0f} %" for rise in rises)
    return (
        f"Overfitting since epoch {' and '.join(epochs)}{_of(group, report)}"
        f" (validation loss {by})."
    )


def _majority(group: list[Finding], report: Report) -> str:
    evidence = group[0].evidence
    share = fmt.level("accuracy", evidence["majority_share"])
    assumed = ", assumed" if evidence.get("assumed") else ""
    lead = {"": "The model ends", "both": "Both end", "all": "All end"}
    whose = _whose(group, report)
    start = lead.get(whose, f"{whose} ends")
    return (
        f'{start} at or below always answering "{evidence["majority_class"]}"'
        f" ({share}{assumed})."
    )


def _noise(group: list[Finding], report: Report) -> str:
    evidence = group[0].evidence
    if len(group) > 1:
        return f"{len(group)} differences are no larger than two runs of one model have."
    points = f"{100 * evidence['difference']:+.2f} points at the best epochs"
    if evidence["noise_floor"] is None:
        if evidence["rows_to_stand_out"] is None:
            return "No difference at the best epochs; one run each."
        return (
            f"{points} would be noise with fewer than"
            f" {evidence['rows_to_stand_out']:,} validation texts."
        )
    return (
        f"{points} is within noise: two runs of one model differ by"
        f" {100 * evidence['noise_floor']:.2f} (sd) on {_about(evidence)} texts."
    )


def _single(group: list[Finding], report: Report) -> str:
    evidence = group[0].evidence
    return (
        f"One run each; two runs of one model differ by {100 * evidence['noise_floor']:.2f}"
        f" points (sd) on {_about(evidence)} texts."
    )


def _about(evidence: dict[str, Any]) -> str:
    rows = f"{evidence['rows']:,}"
    return f"about {rows}" if evidence.get("rows_assumed") else rows


def _masks(group: list[Finding], report: Report) -> str:
    whose = _whose(group, report)
    return (f"{whose}: " if whose else "") + (
        "no `mask_zero=True`, so padding is read as words."
    )


def _still(group: list[Finding], report: Report) -> str:
    falls = " and ".join(f"{100 * f.evidence['fall_per_epoch']:.0f} %" for f in group[:3])
    return (
        f"Still improving at the end{_of(group, report)}: validation loss falls by {falls}"
        " an epoch."
    )


_BRIEF: dict[str, Callable[[list[Finding], Report], str]] = {
    "WL202": _masks,
    "WL301": _overfitting,
    "WL302": _still,
    "WL401": _majority,
    "WL403": _single,
    "WL405": _noise,
}
