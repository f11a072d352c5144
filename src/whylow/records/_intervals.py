"""An estimate with what surrounds it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from whylow.records._base import Record


class Interval(Record):
    """An estimate and, once there are pairs, the interval around it."""

    low: float | None = None
    estimate: float | None = None
    high: float | None = None


class Difference(Interval):
    """Variant minus baseline."""

    level: float | None = None
    p: float | None = Field(
        default=None, description="Two-sided p at the look that decides, of one look."
    )
    scope: Literal["new texts", "these texts"] = "these texts"


class DifferenceTheseTexts(Interval):
    """Variant minus baseline on the held-out texts at hand, averaged over training luck."""

    sign_flip_p: float | None = None
