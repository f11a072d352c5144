"""Everything whylow has to say: the JSON report."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field

from whylow.records._base import Record
from whylow.records._causes import Cause, Interaction
from whylow.records._comparisons import Comparison
from whylow.records._findings import CheckNotRun, Finding
from whylow.records._fits import Fit
from whylow.records._intervals import Interval

SCHEMA = "whylow.report/1"


class Script(Record):
    """The training script and how it ended."""

    path: str
    exit_status: int


class Report(Record):
    """Everything whylow has to say: the JSON report."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    schema_: Literal["whylow.report/1"] = Field(default=SCHEMA, alias="schema")
    command: str
    script: Script | None = None
    fits: tuple[Fit, ...] = ()
    findings: tuple[Finding, ...] = ()
    checks_not_run: tuple[CheckNotRun, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    causes: tuple[Cause, ...] = ()
    remainder: Interval | None = Field(
        default=None,
        description="What is left of the difference with all confirmed remedies at once.",
    )
    causes_difference: Interval | None = Field(
        default=None,
        description="The difference on the fresh pairs: plus the effects of the confirmed "
        "remedies it is the remainder.",
    )
    interactions: tuple[Interaction, ...] = ()
    causes_not_examined: tuple[str, ...] = ()
    notes: tuple[str, ...] = Field(
        default=(), description="What was stood in for, left out or assumed."
    )
    protocol: dict[str, Any] = Field(default={})
    versions: dict[str, str] = Field(default={})

    def to_json(self) -> str:
        """Return the report as one JSON document."""
        return self.model_dump_json(by_alias=True, indent=2)
