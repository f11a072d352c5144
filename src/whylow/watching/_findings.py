"""What was found, in a form that a console and a notebook show well."""

from __future__ import annotations

from collections.abc import Sequence
from typing import overload

from whylow import report as render
from whylow.records import Finding, Report


class Findings(Sequence[Finding]):
    """Findings, the gravest first; shows itself as text, in a notebook as a page.

    Args:
        report: The report that they stand in; `report.to_json()` is what
            `whylow run --format json` would print.
    """

    def __init__(self, report: Report) -> None:
        self.report = report

    @overload
    def __getitem__(self, place: int) -> Finding: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Finding, ...]: ...
    def __getitem__(self, place: int | slice) -> Finding | tuple[Finding, ...]:
        return self.report.findings[place]

    def __len__(self) -> int:
        return len(self.report.findings)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes, in order."""
        return tuple(finding.code for finding in self)

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Those of severity error that nobody allowed."""
        return tuple(one for one in self if one.severity == "error" and one.allowed is None)

    def __repr__(self) -> str:
        return render.text(self.report).rstrip("\n")

    def _repr_html_(self) -> str:
        return render.embedded(self.report)
