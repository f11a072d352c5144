"""What is declared before training, in words, and what a study of its size can see."""

from __future__ import annotations

import math
from collections.abc import Sequence

from whylow.lanes import HeldOut
from whylow.records import Claim, Fit
from whylow.verdict import _words
from whylow.verdict._claim import recorded
from whylow.verdict._plan import METRICS, Plan
from whylow.verdict._rerun import smallest_visible
from whylow.verdict._texts import scored_part


def declaration(
    plan: Plan, held_out: HeldOut, baseline: Fit, claims: Sequence[Claim | None] = ()
) -> str:
    """Return the plan in words, and what is too small to be seen by it.

    Args:
        plan: What is declared.
        held_out: The texts that will be predicted.
        baseline: The fit before the change, with what its script reported.
        claims: What the person saw of each variant.
    """
    held_out = scored_part(held_out)
    texts = len(held_out.labels)
    said = (
        f"declared before training ({plan.digest()}): {METRICS[plan.metric].label} on "
        f"{texts:,} texts; {_words.matters(plan)} matters; {_looks(plan)}."
    )
    visible = _visible(plan, held_out, baseline)
    if visible is not None:
        said += (
            f" A difference of accuracy under about {100 * visible:.1f} points is too "
            "small for a study of this size to see four times in five."
        )
    small = next((line for c in claims if (line := _words.small_claim(c, plan=plan))), "")
    hidden = visible is not None and any(
        claim is not None and claim.metric == "accuracy" and abs(claim.difference) < visible
        for claim in claims
    )
    if hidden and not small:
        small = "The claim is smaller than that: more held-out texts or pairs would help."
    return f"{said} {small}".rstrip()


def _visible(plan: Plan, held_out: HeldOut, baseline: Fit) -> float | None:
    """Return the smallest difference of accuracy to be seen; None where nobody can say."""
    known = [
        value
        for value in recorded(baseline, "accuracy", validation=True)
        if value is not None and math.isfinite(value) and value < 1
    ]
    if len(held_out.class_names) != 2 or not known:
        return None
    visible = smallest_visible(known[-1], len(held_out.labels), plan)
    return visible if math.isfinite(visible) else None


def _looks(plan: Plan) -> str:
    if plan.keep_going:
        return f"up to {plan.max_pairs} pairs, ended whenever it is decided"
    if plan.max_pairs < plan.looks[0]:
        return f"{plan.max_pairs} pairs, too few for a verdict"
    first = ", ".join(map(str, plan.looks[:-1]))
    return f"a look at {first}{' and ' if first else ''}{plan.looks[-1]} pairs"
