"""The table of checks: code → finding and rule.

A code is never reused. `WL1xx` data, `WL2xx` model, `WL3xx` training, `WL4xx` evaluation
and comparison.
"""

from __future__ import annotations

from whylow.checks._check import ComparisonCheck, FitCheck
from whylow.checks._rules import data, evaluation, model, training

_TABLE: tuple[FitCheck | ComparisonCheck, ...] = (
    *data.CHECKS,
    *model.CHECKS,
    *training.CHECKS,
    *evaluation.CHECKS,
)


def table() -> tuple[FitCheck | ComparisonCheck, ...]:
    """Return every check, sorted by code."""
    return _TABLE
