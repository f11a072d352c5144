"""Several variants against one baseline, the chance of any false alarm still at 5 %."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from whylow.lanes import HeldOut, Lane
from whylow.records import Claim, Comparison, Control, Fit
from whylow.verdict._compare import compare
from whylow.verdict._levels import ANYTIME, level_for
from whylow.verdict._plan import Plan


def compare_all(
    baseline: Fit,
    variants: Sequence[tuple[Fit, Claim | None]],
    lanes: Mapping[str, Sequence[Lane]],
    *,
    held_out: HeldOut | None,
    plan: Plan,
    controls: Sequence[Control] = (),
) -> list[Comparison]:
    """Return the comparison of each variant with the baseline, by the rule of Holm (1979).

    With m variants the smallest p must reach the level for m that share the error, the
    next one that for m - 1, and so on until one does not. Each level is that of a study
    with all its looks, so that any set of identical variants, tested by its own levels,
    errs in at most 5 % of studies whichever look ends it; that makes the rule a closed test
    at every look (Ye, Li, Liu and Yao 2013, "Group sequential Holm and Hochberg
    procedures", Statistics in Medicine 32). A variant that is decided at a step is shown
    with the interval of that step. "No meaningful difference" is said at the level for m
    only: it is another kind of mistake, and Holm's argument does not reach it.

    Args:
        baseline: The fit before the change.
        variants: Each fit after a change, and what the person saw of it.
        lanes: Name of each fit → its replays.
        held_out: The texts that all lanes predict; None where there are none.
        plan: What was declared before training.
        controls: Reference levels on the same texts.
    """

    def compared(number: int, rules: Plan) -> Comparison:
        variant, claim = variants[number]
        return compare(
            baseline,
            variant,
            lanes.get(baseline.name, ()),
            lanes.get(variant.name, ()),
            held_out=held_out,
            plan=rules,
            claim=claim,
            controls=controls,
        )

    made = [compared(number, plan) for number in range(len(variants))]
    undecided = max(plan.variants, len(made))
    for number in sorted(range(len(made)), key=lambda number: _p(made[number])):
        if _differs(made[number]):
            undecided -= 1
            continue
        if undecided == plan.variants:
            break  # the smallest p is not small enough for the level of all
        level = _level(plan, undecided)
        again = compared(number, plan.model_copy(update={"level": level}))
        if again.verdict not in ("better", "worse"):
            break
        made[number] = again
        undecided -= 1
    return made


def _level(plan: Plan, sharing: int) -> float:
    if plan.keep_going:
        return 1 - ANYTIME / sharing
    return level_for(len(plan.looks), sharing)


def _p(comparison: Comparison) -> float:
    p = comparison.difference.p if comparison.difference is not None else None
    return 1.0 if p is None else p


def _differs(comparison: Comparison) -> bool:
    """Whether a look was reached, and its interval leaves out zero."""
    difference = comparison.difference
    if difference is None or difference.low is None or difference.high is None:
        return False
    if comparison.verdict in (None, "cannot-tell-yet"):
        return False
    return difference.low > 0 or difference.high < 0
