"""The first screen: at most 30 lines of 80 columns, whatever was found."""

from __future__ import annotations

from collections.abc import Iterable

from whylow.records import Comparison, Finding, Report
from whylow.report import _format as fmt
from whylow.report._causes import metric_of_causes, remainder, to_do, told
from whylow.report._read_text import read_text
from whylow.report._rows import once_more, remarks
from whylow.report._screen import Block, Item, brief, fit_screen, wrap
from whylow.report._tables import claims_block

LINES = 30
_WIDEST = 80
_NARROWEST = 48


def text(report: Report, *, width: int = _WIDEST) -> str:
    """Return the first screen of a study, or of a log that was read, as plain text.

    In this order: what was claimed and what holds, the verdict of each comparison, the
    causes that were measured and those nobody looked at, the findings, what could not
    be done, what to do next. What does not fit is counted, never silently dropped.

    Args:
        report: The report of a study.
        width: Columns of the terminal; taken as 48 at least and 80 at most.

    Returns:
        At most 30 lines of at most `width` columns, with a line end after the last.
    """
    if report.command == "read":
        return read_text(report)
    width = min(max(width, _NARROWEST), _WIDEST)
    script = _script_block(report, width)
    blocks = [
        script,
        claims_block(report, width),
        _verdicts_block(report, width),
        _causes_block(report, width),
        _findings_block(report, width),
        _notes_block(report, width),
        _next_block(report, width),
    ]
    return fit_screen([block for block in blocks if block is not None], LINES)


def _script_block(report: Report, width: int) -> Block | None:
    if report.script is not None and report.script.exit_status:
        said = (
            f"{report.script.path} ended with exit status {report.script.exit_status}; "
            "this is about what it had trained by then."
        )
    elif not report.fits and not report.comparisons and not report.findings:
        said = "No training was recorded, so there is nothing to judge."
    else:
        return None
    return Block(head=brief(wrap(said, width), 2, width))


def _verdicts_block(report: Report, width: int) -> Block | None:
    comparisons = report.comparisons
    items = [
        _verdict_item(
            comparison, width, alone=len(comparisons) == 1, many=len(comparisons) > 2
        )
        for comparison in comparisons
    ]
    comfort = 4 if report.causes else 7
    return Block(items=tuple(items), comfort=comfort, rank=1) if items else None


def _verdict_item(comparison: Comparison, width: int, *, alone: bool, many: bool) -> Item:
    of = "" if alone else f" on {comparison.variant}"
    marks = fmt.verdict_marks(comparison)
    title = f"Verdict{of}"
    if comparison.verdict is None:
        title = f"No verdict{of}"
    elif not comparison.sentence.lower().startswith(fmt.verdict_name(comparison.verdict)):
        title += f": {fmt.verdict_name(comparison.verdict)}"
    title += f" ({marks})" if marks else ""
    head = brief(wrap(title, width), 1, width)
    if not fmt.clean(comparison.sentence):
        return Item(full=head, brief=head)
    said = wrap(comparison.sentence, width, first="  ", rest="  ")
    short = head + brief(said, 1, width)
    if many:  # the table above has each verdict already
        named = comparison.variant in comparison.sentence
        short = (
            comparison.sentence if named else f"{comparison.variant}: {comparison.sentence}"
        )
        short = brief(wrap(short, width), 1, width)
    chance = once_more(comparison)
    last = brief(wrap(chance, width, first="  ", rest="  "), 2, width) if chance else ()
    return Item(full=head + brief(said, 4, width) + last, brief=short)


def _causes_block(report: Report, width: int) -> Block | None:
    metric = metric_of_causes(report)
    head: tuple[str, ...] = ()
    items = []
    if report.causes:
        unit = f"{fmt.unit(metric)} of {fmt.metric_name(metric)}".removeprefix(" of ")
        head = brief(wrap(f"Causes, measured by retraining ({unit})", width), 1, width)
    for cause in told(report):
        said = f"{cause.said[:1].upper()}{cause.said[1:]}."
        lines = wrap(said, width, first="  ", rest="    ")
        items.append(Item(full=brief(lines, 2, width), brief=brief(lines, 1, width)))
    if remainder(report):
        lines = wrap(f"{remainder(report)}.", width, first="  ", rest="    ")
        items.append(Item(full=brief(lines, 2, width), brief=brief(lines, 2, width)))
    if report.causes_not_examined:
        rest = (
            "Not examined: " if report.causes else "No cause was measured. Not examined: "
        )
        lines = wrap(rest + "; ".join(report.causes_not_examined) + ".", width, rest="  ")
        items.append(Item(full=brief(lines, 3, width), brief=brief(lines, 1, width)))
    # Measured causes are what nobody else can tell: before findings and notes.
    rank, comfort = (1, 7) if report.causes else (5, 5)
    return (
        Block(head=head, items=tuple(items), comfort=comfort, rank=rank) if items else None
    )


def _findings_block(report: Report, width: int) -> Block | None:
    skipped = ""
    if report.checks_not_run:
        skipped = f"{fmt.counted(len(report.checks_not_run), 'check')} could not run"
    if not report.findings:
        if not skipped and not report.fits:
            return None
        said = "No check found a fault" + (f"; {skipped}." if skipped else ".")
        return Block(head=brief(wrap(said, width), 1, width))
    counts = fmt.severity_counts(report.findings)
    heading = f"Findings: {counts}" + (f"; {skipped}" if skipped else "")
    items = [_finding_item(group, width) for group in _grouped(report.findings)]
    return Block(
        head=brief(wrap(heading, width), 1, width), items=tuple(items), comfort=8, rank=3
    )


def _grouped(findings: tuple[Finding, ...]) -> Iterable[list[Finding]]:
    """Group the same fault in several fits: one thing to read, one thing to mend."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in fmt.by_severity(findings):
        step = finding.allowed or finding.fix
        groups.setdefault((finding.code, step), []).append(finding)
    return groups.values()


def _finding_item(group: list[Finding], width: int) -> Item:
    finding = group[0]
    marks = "" if finding.confirmed == "not-tried" else f", {finding.confirmed}"
    step = f"Fix: {finding.fix}"
    if finding.allowed is not None:
        marks, step = ", allowed", f"Allowed: {finding.allowed}"
    start = fmt.clean(f"{finding.code} {finding.severity}{marks}")
    message = finding.message
    if finding.fit and finding.fit not in message:
        message = f"{finding.fit}: {message}"
    others = [other.fit for other in group[1:] if other.fit and other.fit != finding.fit]
    if others:
        message += f" (Also: {', '.join(dict.fromkeys(others))}.)"
    lead = "    "
    said = wrap(f"{start}: {message}", width, first="  ", rest=lead)
    fix = wrap(step, width, first=lead, rest=lead)
    return Item(
        full=brief(said, 3, width) + brief(fix, 3, width),
        brief=brief(said, 1, width) + brief(fix, 1, width),
    )


def _notes_block(report: Report, width: int) -> Block | None:
    items = []
    for note in remarks(report):
        lines = wrap(note, width, first="- ", rest="  ")
        items.append(Item(full=brief(lines, 3, width), brief=brief(lines, 1, width)))
    return Block(items=tuple(items), comfort=4, rank=4, indent="") if items else None


def _next_block(report: Report, width: int) -> Block | None:
    steps: dict[str, list[str]] = {}
    for comparison in report.comparisons:
        if fmt.clean(comparison.next_step):
            steps.setdefault(comparison.next_step, []).append(comparison.variant)
    if not steps:
        return _mend_block(report, width)
    items = []
    for number, step in enumerate(to_do(report)[:2]):
        lead = "Do now: " if not number else "Then:   "
        lines = wrap(lead + step, width, rest="  ")
        items.append(Item(full=brief(lines, 3, width), brief=brief(lines, 1, width)))
    for step, variants in steps.items():
        whose = f" for {', '.join(variants)}" if len(steps) > 1 else ""
        lines = wrap(f"Next{whose}: {step}", width, rest="  ")
        items.append(Item(full=brief(lines, 4, width), brief=brief(lines, 2, width)))
    return Block(items=tuple(items), comfort=5, rank=0, indent="")


def _mend_block(report: Report, width: int) -> Block | None:
    """No comparison asks for anything: the gravest finding does."""
    open_ones = tuple(f for f in report.findings if f.allowed is None)
    grave = [f for f in fmt.by_severity(open_ones) if f.severity != "info"]
    if not grave:
        return None
    said = f"Next: mend {grave[0].code} ({grave[0].name}) first, then run whylow again."
    return Block(head=brief(wrap(said, width, rest="  "), 2, width))
