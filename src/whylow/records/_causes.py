"""What was undone, trained again and measured."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from whylow.records._base import Record
from whylow.records._intervals import Interval


class Cause(Record):
    """A remedy whose share of the difference was measured."""

    remedy: str
    code: str | None = Field(default=None, description="The check that proposed it.")
    effect: Interval = Field(
        description="What the remedy changes in the variant's headline metric, above 0 "
        "where it helps: what undoing gives back. Where the baseline has the same fault, "
        "what it gives the variant beyond what it gives the baseline."
    )
    role: Literal["cause", "acquitted", "undecided"]
    pairs: int
    fit: str | None = Field(default=None, description="The fit that was changed.")
    kind: Literal["fix", "try", "control", "difference", "view"] = "fix"
    does: str = Field(default="", description="What the remedy does, in words.")
    stage: Literal["confirmed", "screened", "view"] = Field(
        default="screened",
        description="Measured on fresh seeds; on those of the comparison, which never "
        "name a cause; or on the same runs, nothing retrained.",
    )
    apart: bool = Field(
        default=False,
        description="Confirmed by itself, as it cannot be undone together with a stronger "
        "one; no part of the sum of parts and remainder.",
    )
    level: float | None = Field(default=None, description="Level of the interval.")
    p: float | None = Field(
        default=None, description="Two-sided p by Holm over all that were screened."
    )
    for_baseline: Interval | None = Field(
        default=None, description="What the same remedy changes in the baseline."
    )
    planted: Interval | None = Field(
        default=None,
        description="What the same difference changes in the baseline when it alone is "
        "put there.",
    )
    code_change: str = Field(default="", description="What to change in the code.")
    time_ratio: float | None = Field(
        default=None, description="Seconds of training with it over those without."
    )
    would_decide: str = Field(
        default="", description="Where undecided: what would decide it."
    )


class Changed(Record):
    """One thing in which two fits differ."""

    part: Literal["layers", "compile", "settings", "data"]
    what: str
    baseline: str | None = None
    variant: str | None = None


class Interaction(Record):
    """What two remedies together give beyond the sum of both."""

    remedies: tuple[str, str]
    effect: Interval
