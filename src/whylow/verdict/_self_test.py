"""Checks of the study itself: the same must be the same, and luck must look like luck."""

from __future__ import annotations

from typing import Any

import numpy as np

from whylow.lanes import HeldOut, Lane
from whylow.verdict._crossed import crossed

LEVEL = 0.999


def same_seed_twice(first: Lane, second: Lane) -> dict[str, Any]:
    """Return whether lanes of one seed are equal to the last bit, and else what is not.

    Where they are not, something leaks into training that the seed does not set, and the
    pairs of a study share less than they seem to.

    Args:
        first: A lane.
        second: The same fit, trained again with the same seed and order.
    """
    for key in {**first.history, **second.history}:
        a, b = list(first.history.get(key, ())), list(second.history.get(key, ()))
        if len(a) != len(b):
            return {"passed": False, "differs": f"the number of epochs of {key}"}
        for epoch, (x, y) in enumerate(zip(a, b, strict=True), start=1):
            if not np.array_equal(float(x), float(y), equal_nan=True):
                return {"passed": False, "differs": f"{key} in epoch {epoch}"}
    one, two = np.asarray(first.probabilities), np.asarray(second.probabilities)
    if one.shape != two.shape or not np.array_equal(one, two, equal_nan=True):
        return {"passed": False, "differs": "the predictions"}
    return {"passed": True, "differs": None}


def against_itself(
    values: np.ndarray, held_out: HeldOut, metric: str
) -> dict[str, Any] | None:
    """Return the comparison of a fit with itself on disjoint seeds.

    Its interval, at 99.9 %, must hold zero; one study in a thousand fails by luck. None
    with fewer than four lanes, or without finite values.

    Args:
        values: Influence values of the lanes of one fit, shape `(S, N)`.
        held_out: The `N` texts.
        metric: Key of `METRICS`.
    """
    pairs = len(values) // 2
    if pairs < 2:
        return None
    table = values[: 2 * pairs]
    if not np.isfinite(table).all():
        return None
    spread = crossed(table[1::2] - table[::2], held_out, metric)
    reach = spread.reach(LEVEL)
    return {
        "pairs": pairs,
        "low": spread.mean - reach,
        "estimate": spread.mean,
        "high": spread.mean + reach,
        "level": LEVEL,
        "passed": bool(abs(spread.mean) <= reach),
    }
