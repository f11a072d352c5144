"""The table of remedies."""

from __future__ import annotations

from whylow.remedies._remedy import Remedy
from whylow.remedies._text import correct_attention, mask_padding, pool_mean

_TABLE: tuple[Remedy, ...] = (
    mask_padding.REMEDY,
    pool_mean.REMEDY,
    correct_attention.REMEDY,
)


def table() -> tuple[Remedy, ...]:
    """Return every remedy, those that undo a fault first."""
    return _TABLE


def for_code(code: str) -> tuple[Remedy, ...]:
    """Return the remedies that a check proposes, the most telling first.

    Args:
        code: A check's code, `"WL202"`.
    """
    found = [remedy for remedy in _TABLE if code in remedy.codes]
    return tuple(sorted(found, key=lambda remedy: remedy.codes.index(code)))
