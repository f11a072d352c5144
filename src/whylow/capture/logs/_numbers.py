"""Numbers as logs print them, with the digits that were printed."""

from __future__ import annotations

import math
import re
from typing import NamedTuple

NUMBER = (
    r"[-+]?(?:\d{1,40}(?:\.\d{0,40})?(?:[eE][-+]?\d{1,4})?|\.\d{1,40}(?:[eE][-+]?\d{1,4})?)"
)
"""A finite number."""

VALUE = rf"(?:{NUMBER}|[-+]?(?:[nN][aA][nN]|[iI]nf(?:inity)?|Infinity|INF))"
"""A number, nan or infinity."""

_PARTS = re.compile(r"[-+]?\d*(?:\.(\d*))?(?:[eE]([-+]?\d+))?")


class Value(NamedTuple):
    """A printed number and how many digits stood after the decimal point.

    Args:
        number: The number; nan for nan and for infinity, which a history cannot hold.
        decimals: `0.9392` has 4, `1.2e-04` has 5, nan has none (-1).
    """

    number: float
    decimals: int


def value(text: str) -> Value:
    """Return the number that `text`, a match of `VALUE`, stands for."""
    number = float(text)
    if not math.isfinite(number):
        return Value(math.nan, -1)
    match = _PARTS.fullmatch(text)
    if match is None:
        return Value(number, 0)
    fraction, exponent = match.groups()
    return Value(number, max(0, len(fraction or "") - int(exponent or 0)))
