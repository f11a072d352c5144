"""From screened and confirmed cells to the causes that the report shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from whylow.causes._effects import (
    Cells,
    Effect,
    effect,
    holm,
    interactions,
    role_of,
    shapley,
    what_would_decide,
)
from whylow.causes._strongest import Screened, counts_either_way
from whylow.lanes import HeldOut
from whylow.records import Cause, Interaction, Interval
from whylow.verdict import Plan


@dataclass(frozen=True)
class Attributed:
    """The causes, and what they leave.

    Args:
        causes: Confirmed ones first, by size; then the acquitted and the undecided.
        difference: The difference on the fresh pairs; `None` without any.
        remainder: What is left of it with all confirmed remedies at once.
        interactions: What two remedies give beyond the sum of both.
    """

    causes: tuple[Cause, ...] = ()
    difference: Interval | None = None
    remainder: Interval | None = None
    interactions: tuple[Interaction, ...] = field(default=())


def attribute(
    screened: Sequence[Screened],
    cells: Cells,
    factors: Sequence[str],
    *,
    held_out: HeldOut,
    plan: Plan,
    fit: str,
    worse: bool,
    apart: Sequence[str] = (),
    gap: np.ndarray | None = None,
) -> Attributed:
    """Return what each suspect carries.

    Args:
        screened: All that were screened, on the pairs of the comparison.
        cells: Set of suspects undone → difference from the baseline, per-text values on
            fresh pairs; empty where nothing was confirmed.
        factors: The suspects in the cells.
        held_out: The texts.
        plan: Metric and smallest meaningful difference.
        fit: Name of the variant.
        worse: Whether the verdict on it was "worse": then only what gives back counts.
        apart: Suspects in the cells by themselves, as they cannot be undone together with
            a factor: what undoing each alone gives, no part of the sum.
        gap: The difference from the baseline on the pairs of the comparison: all of it is
            the remainder where nothing screened was worth fresh seeds.
    """
    if not screened:
        return Attributed()
    number = len(screened)
    contrasts = shapley(cells, factors) if cells else {}
    if cells:
        contrasts |= {name: cells[frozenset([name])] - cells[frozenset()] for name in apart}
    fresh = {
        name: effect(values, held_out, plan, sharing=number)
        for name, values in contrasts.items()
    }
    p_values = holm({name: one.p for name, one in fresh.items()}, number)
    causes = []
    for one in screened:
        name = one.remedy.name
        found = fresh.get(name) or effect(one.values, held_out, plan, sharing=number)
        cause = _cause(one, found, p_values.get(name), held_out, plan, fit, worse)
        causes.append(cause.model_copy(update={"apart": name in apart}))
    order = {"cause": 0, "undecided": 1, "acquitted": 2}
    causes.sort(
        key=lambda cause: (
            order[cause.role],
            cause.kind == "try",  # helps, and is no change that could be a cause
            -abs(cause.effect.estimate or 0.0),
        )
    )
    if not cells:
        whole = None if gap is None else _interval(effect(gap, held_out, plan))
        return Attributed(tuple(causes), difference=whole, remainder=whole)
    return Attributed(
        causes=tuple(causes),
        difference=_interval(effect(cells[frozenset()], held_out, plan)),
        remainder=_interval(effect(cells[frozenset(factors)], held_out, plan)),
        interactions=tuple(
            Interaction(remedies=names, effect=_interval(effect(values, held_out, plan)))
            for names, values in interactions(cells, factors).items()
        ),
    )


def best_epoch(
    best: tuple[np.ndarray, np.ndarray],
    last: tuple[np.ndarray, np.ndarray],
    *,
    held_out: HeldOut,
    plan: Plan,
    fit: str,
) -> Cause | None:
    """Return what the best epoch instead of the last gives, on the same runs.

    The comparison's own difference is at the best epoch already; this says how much of
    the difference at the last epoch was overfitting. None where the epoch that is
    chosen surely costs one of the fits: then it is not the best by this metric.

    Args:
        best: Values of baseline and variant at the epoch chosen on the other half.
        last: The same at the last epoch.
        held_out: The texts.
        plan: Metric and smallest meaningful difference.
        fit: Name of the variant.
    """
    gains = [chosen - end for chosen, end in zip(best, last, strict=True)]
    if any(effect(gain, held_out, plan).high < 0 for gain in gains):
        return None
    found = effect(gains[1] - gains[0], held_out, plan)
    smallest = plan.smallest_meaningful_difference
    role = role_of(found, found.p, smallest, either_way=False)
    return Cause(
        remedy="best-epoch",
        effect=_interval(found),
        role=role,
        pairs=found.pairs,
        fit=fit,
        kind="view",
        does="stopping at the best epoch instead of the last",
        stage="view",
        level=found.level,
        p=found.p,
        for_baseline=_interval(effect(gains[0], held_out, plan)),
        code_change="EarlyStopping(restore_best_weights=True)",
        would_decide=what_would_decide(found, smallest, confirmed=True)
        if role == "undecided"
        else "",
    )


def _cause(
    one: Screened,
    found: Effect,
    adjusted: float | None,
    held_out: HeldOut,
    plan: Plan,
    fit: str,
    worse: bool,
) -> Cause:
    smallest = plan.smallest_meaningful_difference
    either_way = counts_either_way(one.remedy) and not worse
    role = role_of(found, adjusted, smallest, either_way=either_way)
    return Cause(
        remedy=one.remedy.name,
        code=one.code,
        effect=_interval(found),
        role=role,
        pairs=found.pairs,
        fit=fit,
        kind=one.remedy.kind,
        does=one.remedy.does,
        stage="screened" if adjusted is None else "confirmed",
        level=found.level,
        p=adjusted,
        for_baseline=None
        if one.for_baseline is None
        else _interval(effect(one.for_baseline, held_out, plan)),
        planted=None
        if one.planted is None
        else _interval(effect(one.planted, held_out, plan)),
        code_change=one.remedy.code,
        time_ratio=one.time_ratio,
        would_decide=what_would_decide(found, smallest, confirmed=adjusted is not None)
        if role == "undecided"
        else "",
    )


def _interval(found: Effect) -> Interval:
    return Interval(low=found.low, estimate=found.estimate, high=found.high)


def gap_cells(
    variant: Mapping[frozenset[str], np.ndarray],
    baseline: Mapping[frozenset[str], np.ndarray],
    shared: frozenset[str],
) -> dict[frozenset[str], np.ndarray]:
    """Return the difference from the baseline with each set of suspects undone.

    Args:
        variant: Set of suspects undone in the variant → values.
        baseline: Set of shared suspects undone in the baseline → values.
        shared: The suspects that the baseline has too.
    """
    return {
        undone: values - baseline[undone & shared] for undone, values in variant.items()
    }
