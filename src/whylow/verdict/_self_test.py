"""Checks of the study itself: the same must be the same, and luck must look like luck."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from whylow.lanes import HeldOut, Lane
from whylow.records import Comparison
from whylow.verdict import _words
from whylow.verdict._crossed import crossed

LEVEL = 0.999


def same_seed_twice(
    first: Lane, second: Lane, *, epochs: int | None = None
) -> dict[str, Any]:
    """Return whether lanes of one seed are equal to the last bit, and else what is not.

    Where they are not, something leaks into training that the seed does not set, and the
    pairs of a study share less than they seem to.

    Args:
        first: A lane.
        second: The same fit, trained again with the same seed and order.
        epochs: Compare only so many epochs, where the second lane was ended early.
    """
    first, second = _first(first, epochs), _first(second, epochs)
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


def self_tested(
    comparison: Comparison,
    lanes: Mapping[str, Sequence[Lane]],
    repeated: Mapping[str, Lane],
) -> Comparison:
    """Return the comparison with what training an equal seed twice showed of both its fits.

    Args:
        comparison: What the pairs gave.
        lanes: Name of each fit → its lanes.
        repeated: Name of each fit → its first lane again, ended early.
    """
    found = {}
    for name in (comparison.baseline, comparison.variant):
        again, own = repeated.get(name), lanes.get(name)
        if again is not None and own:
            epochs = max(map(len, again.history.values()), default=0)
            made = same_seed_twice(own[0], again, epochs=epochs)
            found[name] = made | {"epochs": epochs}
    if not found:
        return comparison
    leaks = [
        _words.leaks(name, test["differs"])
        for name, test in found.items()
        if not test["passed"]
    ]
    twice = {"passed": not leaks, "fits": found}
    return comparison.model_copy(
        update={
            "self_test": {"same_seed_twice": twice, **comparison.self_test},
            "remarks": (*leaks, *comparison.remarks),
        }
    )


def _first(lane: Lane, epochs: int | None) -> Lane:
    if epochs is None:
        return lane
    history = {key: tuple(values)[:epochs] for key, values in lane.history.items()}
    return replace(lane, history=history, probabilities=lane.probabilities[:epochs])


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
