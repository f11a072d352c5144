"""The report as Markdown, for an issue or a note: short, tables and no drawings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from whylow.records import Comparison, Finding, Report
from whylow.report import _format as fmt
from whylow.report._causes import joint, remainder, to_do, told
from whylow.report._rows import ladder_rows, metric_rows, once_more, remarks

_SPECIAL = re.compile(r"([\\`*_\[\]<>|~&])")


def markdown(report: Report) -> str:
    """Return the report as Markdown (GitHub's flavour, for its tables).

    Names and messages from the person's script are escaped: they show as they are.

    Args:
        report: The report of a study.
    """
    parts: list[str] = []
    script = report.script
    parts.append(
        f"# whylow {report.command}" + (f": {_escaped(script.path)}" if script else "")
    )
    if script is not None and script.exit_status:
        parts.append(f"The script ended with exit status {script.exit_status}.")
    for comparison in report.comparisons:
        parts += _comparison(comparison, report)
    parts += _causes(report)
    parts += _findings(report)
    parts += _notes(report)
    if report.versions:
        parts.append(_escaped(", ".join(f"{k} {v}" for k, v in report.versions.items())))
    return "\n\n".join(parts) + "\n"


def _comparison(comparison: Comparison, report: Report) -> Iterable[str]:
    baseline, variant = _escaped(comparison.baseline), _escaped(comparison.variant)
    yield f"## {variant} against {baseline}"
    marks = fmt.verdict_marks(comparison)
    verdict = f"**{fmt.verdict_name(comparison.verdict)}**" + (
        f" ({marks})" if marks else ""
    )
    yield f"{verdict} {_escaped(comparison.sentence)}".strip()
    if once_more(comparison):
        yield _escaped(once_more(comparison))
    if comparison.next_step:
        yield f"Next: {_escaped(comparison.next_step)}"
    rows = ladder_rows(comparison, report.fits)
    if rows:
        yield _table(
            ["looked at", baseline, variant, "difference"],
            [
                [
                    _escaped(row.view) + (" (your claim)" if row.claimed else ""),
                    row.baseline,
                    row.variant,
                    row.difference,
                ]
                for row in rows
            ],
        )
    metrics = metric_rows(comparison)
    if metrics:
        over = f"mean of {fmt.counted(comparison.pairs, 'pair')}"
        controls = [_escaped(control.name) for control in comparison.controls]
        yield _table(
            [over, baseline, variant, "difference", *controls],
            [[_escaped(fmt.metric_name(metric)), *cells] for metric, cells in metrics],
        )


def _causes(report: Report) -> Iterable[str]:
    if not report.causes and not report.causes_not_examined:
        return
    yield "## Causes"
    causes = told(report)
    if causes:
        yield _table(
            ["suspect", "found to be", "effect", "measured on"],
            [
                [
                    _escaped(one.name + (f" ({one.code})" if one.code else "")),
                    one.role,
                    one.effect,
                    one.pairs,
                ]
                for one in causes
            ],
        )
        said = [one.said for one in causes] + [remainder(report)] + joint(report)
        yield "\n".join(
            f"- {_escaped(f'{one[0].upper()}{one[1:]}.')}" for one in said if one
        )
    else:
        yield "No cause was measured, so none is named."
    steps = to_do(report)
    if steps:
        yield "What to do now:"
        yield "\n".join(f"{n}. {_escaped(step)}" for n, step in enumerate(steps, 1))
    if report.causes_not_examined:
        yield f"Not examined: {_escaped('; '.join(report.causes_not_examined))}."


def _findings(report: Report) -> Iterable[str]:
    if not report.findings and not report.fits:
        return
    yield "## Findings"
    lines = []
    for finding in fmt.by_severity(report.findings):
        whose = f"{_escaped(finding.fit)}: " if finding.fit else ""
        lines.append(
            f"- **{_escaped(finding.code)}** {finding.severity}, {_escaped(finding.name)}. "
            f"{whose}{_escaped(finding.message)} {_step(finding)}"
        )
    yield "\n".join(lines) or "No check found a fault."
    if report.checks_not_run:
        said = "; ".join(f"{check.code} ({check.why})" for check in report.checks_not_run)
        yield f"Could not run: {_escaped(said)}."


def _step(finding: Finding) -> str:
    if finding.allowed is None:
        return f"*Fix:* {_escaped(finding.fix)}"
    return f"*Allowed:* {_escaped(finding.allowed)}"


def _notes(report: Report) -> Iterable[str]:
    notes = remarks(report)
    if notes:
        yield "## Notes"
        yield "\n".join(f"- {_escaped(note)}" for note in notes)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", fmt.clean(text))
