"""What a command answers: the report on standard output and in files, and the exit code."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from whylow.cli._options import Format

if TYPE_CHECKING:
    from whylow.records import Report


def checked_paths(files: list[Path] | None) -> list[Path]:
    """Refuse a report's path before the work, not after it."""
    from whylow.report import check_path

    return [check_path(file) for file in files or ()]


def give(
    report: Report,
    format: Format,  # noqa: A002  the option's name
    files: list[Path],
    *,
    exit_zero: bool,
) -> None:
    from whylow import report as render

    for file in files:
        render.write(report, file)
    say(report.to_json() if format is Format.json else render.text(report).rstrip("\n"))
    if not exit_zero and _something_is_wrong(report):
        raise typer.Exit(1)


def with_excuses(report: Report, reasons: dict[str, str]) -> Report:
    from whylow.checks import allow

    return report.model_copy(update={"findings": allow(report.findings, reasons)})


def _something_is_wrong(report: Report) -> bool:
    return any(
        finding.severity == "error" and finding.allowed is None
        for finding in report.findings
    ) or any(comparison.verdict == "worse" for comparison in report.comparisons)


def say(text: str) -> None:
    print(text)  # noqa: T201
