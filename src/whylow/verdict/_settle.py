"""What would settle an open question, and when to stop asking."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.special import ndtri

from whylow.records import Comparison
from whylow.verdict._crossed import Crossed
from whylow.verdict._levels import ANYTIME, LOOKS
from whylow.verdict._plan import Plan


@dataclass(frozen=True, kw_only=True)
class Settling:
    """How narrow the interval can get, and by what.

    Args:
        target: Half-width that would settle the question at the present estimate.
        from_texts: Half-width that stays however many pairs are trained.
        at_last: Half-width to expect at the last look that can be had (24 pairs, or the
            most that were planned).
        pairs: Pairs that reach the target on these texts; None where none do.
        texts: Texts in all that reach it at the last look; None where none do.
    """

    target: float
    from_texts: float
    at_last: float
    pairs: int | None
    texts: int | None

    @property
    def pairs_cannot_help(self) -> bool:
        """Whether the texts alone leave the question open."""
        return self.from_texts > self.target


def settling(spread: Crossed, plan: Plan, texts: int) -> Settling:
    """Return what would narrow an interval enough.

    The target is the smallest meaningful difference, or three quarters of the present
    estimate where that is more: an effect of that size then stands clear of zero.

    Args:
        spread: The variance and its parts.
        plan: Level and smallest meaningful difference.
        texts: Held-out texts behind it.
    """
    target = max(plan.smallest_meaningful_difference, 0.75 * abs(spread.mean))
    from_texts = spread.reach_with(math.inf, plan.level)
    pairs = None
    if from_texts < target:
        pairs = spread.pairs
        while _reach(spread, pairs, plan) > target and pairs < 10_000:
            pairs += max(1, pairs // 20)
    last = max(LOOKS[-1], plan.looks[-1])
    allowed = (target / float(ndtri((1 + plan.level) / 2))) ** 2
    shrink = spread.pairs / last
    from_both = max(spread.texts, 0.0) + max(spread.both, 0.0) * shrink
    left = allowed - max(spread.seeds, 0.0) * shrink
    return Settling(
        target=target,
        from_texts=from_texts,
        at_last=_reach(spread, last, plan),
        pairs=pairs,
        texts=math.ceil(texts * from_both / left) if left > 0 else None,
    )


def _reach(spread: Crossed, pairs: int, plan: Plan) -> float:
    """Return the half-width to expect; past 24 pairs of a study that may keep going."""
    if plan.keep_going:
        return spread.reach_with(pairs, plan.level, anytime=True)
    if pairs > LOOKS[-1]:
        return spread.reach_with(pairs, 1 - ANYTIME / plan.variants, anytime=True)
    return spread.reach_with(pairs, plan.level)


def next_look(plan: Plan, pairs_done: int, comparison: Comparison | None) -> int | None:
    """Return up to how many pairs to train next; None to stop.

    Stops at a verdict, at the last look, and where the texts alone leave the question open.
    Ask at each look, with the comparison made there; between looks the answer is the look
    that is under way.

    Args:
        plan: What was declared.
        pairs_done: Pairs that are finished.
        comparison: The comparison of those pairs; None before the first look.
    """
    ahead = [look for look in plan.looks if look > pairs_done and look <= plan.max_pairs]
    if not ahead:
        # Fewer pairs than the first look were asked for: no verdict, but a description.
        return plan.max_pairs if pairs_done < plan.max_pairs < plan.looks[0] else None
    if comparison is None or pairs_done not in plan.looks:
        return ahead[0]
    if comparison.verdict not in (None, "cannot-tell-yet"):
        return None
    spread = recalled(comparison, anytime=plan.keep_going)
    if spread is not None and settling(spread, plan, 1).pairs_cannot_help:
        return None
    return ahead[0]


def recalled(comparison: Comparison, *, anytime: bool = False) -> Crossed | None:
    """Return the variance behind a comparison from its interval and its noise shares.

    Degrees of freedom are those of the pairs' part; the texts' own, which are many, are
    left out.
    """
    difference, noise = comparison.difference, comparison.noise
    reached = [look for look in comparison.looks if look <= comparison.pairs]
    if difference is None or difference.level is None or not reached:
        return None
    if difference.low is None or difference.high is None or difference.estimate is None:
        return None
    if noise.seeds is None or noise.texts is None or noise.both is None:
        return None
    one = Crossed(
        mean=difference.estimate,
        pairs=reached[-1],
        seeds=noise.seeds,
        texts=noise.texts,
        both=noise.both,
        variance=1.0,
        degrees=1.0,
    )
    half_width = (difference.high - difference.low) / 2
    unit = one.reach_with(one.pairs, difference.level, anytime=anytime)
    variance = (half_width / max(unit, 1e-12)) ** 2
    return Crossed(
        mean=one.mean,
        pairs=one.pairs,
        seeds=one.seeds * variance,
        texts=one.texts * variance,
        both=one.both * variance,
        variance=variance,
        degrees=one.degrees,
    )
