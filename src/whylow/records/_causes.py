"""What was undone, trained again and measured."""

from __future__ import annotations

from typing import Literal

from whylow.records._base import Record
from whylow.records._intervals import Interval


class Cause(Record):
    """A remedy whose share of the difference was measured."""

    remedy: str
    code: str | None = None
    effect: Interval
    role: Literal["cause", "acquitted", "undecided"]
    pairs: int
