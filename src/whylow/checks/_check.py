"""What the table holds: a code, the finding, the rule that looks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from whylow.checks._base import Detected, Status
from whylow.records import Comparison, Fit, Severity


@dataclass(frozen=True)
class Check:
    """An entry of the table.

    Args:
        code: `WL` and three digits.
        finding: The class of what it finds; its docstring is the page.

    """

    code: str
    finding: type[Detected]

    @property
    def name(self) -> str:
        """The fault in words joined by hyphens."""
        return self.finding.name()

    @property
    def severity(self) -> Severity:
        """`error`, `warning` or `info`."""
        return self.finding.severity

    @property
    def status(self) -> Status:
        """`preview`, where every check starts, or `stable`."""
        return self.finding.status

    @property
    def since(self) -> str:
        """The version that first had it."""
        return self.finding.since

    @property
    def summary(self) -> str:
        """The first line of the page."""
        return (self.finding.__doc__ or "").strip().partition("\n")[0]


@dataclass(frozen=True)
class FitCheck(Check):
    """A check that reads one fit."""

    rule: Callable[[Fit], Iterator[Detected]]


@dataclass(frozen=True)
class ComparisonCheck(Check):
    """A check that reads a comparison with its baseline and its variant."""

    rule: Callable[[Comparison, Fit, Fit], Iterator[Detected]]
