"""From per-text values of retrained cells to effects, interactions and roles.

A cell is the variant with a set of suspects undone, and, where the baseline has the same
faults, the baseline with them undone too. Values are `(pairs, texts)`; the mean of a row
is a score (`whylow.verdict.text_values`). All cells of a pair share seeds and order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import factorial
from typing import Literal

import numpy as np

from whylow.lanes import HeldOut
from whylow.verdict import Crossed, Plan, crossed, scored_part

Role = Literal["cause", "acquitted", "undecided"]
Cells = Mapping[frozenset[str], np.ndarray]

# A crossed variance of fewer pairs than this rests on next to nothing.
FEWEST_PAIRS = 4
ALPHA = 0.05


@dataclass(frozen=True, kw_only=True)
class Effect:
    """One measured effect.

    Args:
        low, estimate, high: In the metric's unit, above 0 where undoing helps.
        level: Level of the interval.
        p: Two-sided p, not yet corrected.
        pairs: Pairs behind it.
        spread: The variance behind it.
    """

    low: float
    estimate: float
    high: float
    level: float
    p: float
    pairs: int
    spread: Crossed


def effect(
    values: np.ndarray, held_out: HeldOut, plan: Plan, *, sharing: int = 1
) -> Effect:
    """Return an effect with its interval for new seeds and new texts at 1 - .05 / sharing.

    Args:
        values: Per-text values of the contrast, `(pairs, texts)`, two pairs at least.
        held_out: The texts.
        plan: The metric.
        sharing: Number of suspects that share the error.
    """
    spread = crossed(values, scored_part(held_out), plan.metric)
    level = 1 - ALPHA / sharing
    reach = spread.reach(level)
    return Effect(
        low=spread.mean - reach,
        estimate=spread.mean,
        high=spread.mean + reach,
        level=level,
        p=spread.p_value(),
        pairs=len(values),
        spread=spread,
    )


def shapley(cells: Cells, factors: Sequence[str]) -> dict[str, np.ndarray]:
    """Return each factor's Shapley contrast, `(pairs, texts)`, pair by pair.

    The mean, over all orders in which the factors can be undone, of what undoing this one
    adds (Shapley 1953). In each pair and text they add up to the cell with all undone
    minus the cell with none.

    Args:
        cells: Values of all 2^k sets of factors.
        factors: The `k` factors.
    """
    contrasts = {}
    for factor in factors:
        others = [other for other in factors if other != factor]
        total = np.zeros_like(next(iter(cells.values())), dtype=float)
        for size in range(len(others) + 1):
            orders = factorial(size) * factorial(len(others) - size)
            weight = orders / factorial(len(factors))
            for before in combinations(others, size):
                undone = frozenset(before)
                total += weight * (cells[undone | {factor}] - cells[undone])
        contrasts[factor] = total
    return contrasts


def interactions(cells: Cells, factors: Sequence[str]) -> dict[tuple[str, str], np.ndarray]:
    """Return what two factors undone together give beyond the sum of both.

    Averaged over whether the other factors are undone, `(pairs, texts)` for each two.
    """
    found = {}
    for one, two in combinations(factors, 2):
        others = [other for other in factors if other not in (one, two)]
        beyond = [
            cells[undone | {one, two}]
            - cells[undone | {one}]
            - cells[undone | {two}]
            + cells[undone]
            for size in range(len(others) + 1)
            for undone in map(frozenset, combinations(others, size))
        ]
        found[one, two] = np.mean(beyond, axis=0)
    return found


def holm(p_values: Mapping[str, float], screened: int) -> dict[str, float]:
    """Return p-values by the rule of Holm (1979), over all suspects that were screened.

    Those that went no further count as larger than any of these, which errs on the side
    of blaming nobody: choosing the strongest of eight is part of the procedure.

    Args:
        p_values: Suspect → p on fresh seeds.
        screened: How many suspects were screened in all.
    """
    adjusted: dict[str, float] = {}
    largest = 0.0
    for place, (name, p) in enumerate(sorted(p_values.items(), key=lambda item: item[1])):
        largest = max(largest, min(1.0, p * max(screened - place, 1)))
        adjusted[name] = largest
    return adjusted


def role_of(
    found: Effect, adjusted_p: float | None, smallest: float, *, either_way: bool
) -> Role:
    """Return what a suspect is.

    Acquitted where undoing it gives back less than the smallest meaningful difference,
    surely (one that takes more away is acquitted too, unless `either_way`); a cause where
    the effect is sure at the level shared by all that were screened; else undecided.

    Args:
        found: Its effect.
        adjusted_p: Its p on fresh seeds by Holm; `None` where only the screen saw it,
            which never names a cause.
        smallest: Smallest difference that matters.
        either_way: Whether an effect below 0 can be a cause as well: what carries a gain
            takes it away when undone.
    """
    if found.pairs < FEWEST_PAIRS:
        return "undecided"
    acquitted = found.high <= smallest and (not either_way or found.low >= -smallest)
    sure = adjusted_p is not None and adjusted_p < ALPHA
    if acquitted:
        return "acquitted"
    return "cause" if sure and (found.estimate > 0 or either_way) else "undecided"


def what_would_decide(found: Effect, smallest: float, *, confirmed: bool) -> str:
    """Say what would decide a suspect that is undecided."""
    target = max(smallest, 0.75 * abs(found.estimate))
    if found.pairs < FEWEST_PAIRS:
        return f"more time: {found.pairs} pairs are too few"
    if found.spread.reach_with(np.inf, found.level) >= target:
        return "more labelled texts: more pairs cannot decide it"
    pairs = found.pairs
    while found.spread.reach_with(pairs, found.level) > target and pairs < 999:
        pairs += 1
    if not confirmed and pairs <= found.pairs:
        return "fresh seeds: the screen alone names no cause"
    return f"about {pairs} pairs" if pairs < 999 else "more labelled texts and more pairs"
