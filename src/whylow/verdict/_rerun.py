"""What one more run would show, and which runs stand out."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy.special import betaincinv, stdtrit

from whylow.records import Comparison, Interval, Run
from whylow.verdict._levels import anytime_reach
from whylow.verdict._plan import METRICS, Plan

# Robust standard deviations: of fits with six normal scores 2 % hold one so far, of fits
# with twelve 0.3 %.
_FAR = 8.0
# The median distance of six runs is a rough measure: at eight times it, one fit in fifty
# would have a run named by luck alone; at sixteen one in 350.
_FAR_OF_FEW, _FEW = 16.0, 12
_SEEN = 0.8  # the usual power: four studies of five


def chance_worse(comparison: Comparison, *, level: float = 0.95) -> Interval | None:
    """Return the chance that the variant scores worse if both are trained once more.

    The share of pairs in which it did, ties counting half, with the exact interval of
    Clopper and Pearson (1934, "The use of confidence or fiducial limits"). It says nothing
    of the size of the difference. None without pairs.

    Args:
        comparison: A comparison with its runs.
        level: Level of the interval.
    """
    sides: dict[int, dict[str, float]] = {}
    for run in comparison.runs:
        if run.score is not None:
            sides.setdefault(run.pair, {})[run.fit] = run.score
    gaps = [
        pair[comparison.variant] - pair[comparison.baseline]
        for pair in sides.values()
        if len(pair) == 2
    ]
    if not gaps:
        return None
    down = -1 if METRICS[comparison.metric].lower_is_better else 1
    count, lost = len(gaps), sum(0.5 if gap == 0 else float(down * gap < 0) for gap in gaps)
    tail = (1 - level) / 2
    low = (
        float(betaincinv(np.floor(lost), count - np.floor(lost) + 1, tail))
        if lost >= 1
        else 0.0
    )
    up = np.ceil(lost)
    high = float(betaincinv(up + 1, count - up, 1 - tail)) if up < count else 1.0
    return Interval(low=low, estimate=lost / count, high=high)


def luck_of_one_run(accuracy: float, texts: int) -> float:
    """Return by how much the accuracies of two single runs of one model differ by luck.

    A standard deviation, sqrt(wrong / texts), for two classes and calibrated outputs: the
    variance of one run's accuracy is half the share of wrong answers over the number of
    texts (after Jordan 2024, arXiv:2304.01910). Runs that differ in more than luck with
    single texts differ more, so a smaller gap than this is no surprise, and a larger one
    is no proof.

    Args:
        accuracy: Share of texts that one run gets right.
        texts: Number of held-out texts.
    """
    return math.sqrt((1 - accuracy) / texts)


def smallest_visible(accuracy: float, texts: int, plan: Plan) -> float:
    """Return the smallest difference of accuracy that a study could see, at best.

    The difference that two runs' luck with single texts alone would hide in one study of
    five: no study of so many pairs on so many texts sees smaller ones more often than that,
    and one whose runs also differ in strength, or whose texts suit one side better, needs
    larger ones. From the non-central t distribution at the last look that is planned.

    Args:
        accuracy: Share of texts that one run gets right, as the script reported it.
        texts: Number of held-out texts.
        plan: Looks and their level.
    """
    from scipy.stats import nct

    pairs, tail = plan.looks[-1], (1 - plan.level) / 2
    if plan.max_pairs < plan.looks[0]:
        return math.inf
    if plan.keep_going:
        bound = anytime_reach(pairs, plan.level) * math.sqrt(pairs)
    else:
        bound = float(stdtrit(pairs - 1, 1 - tail))
    low, high = 0.0, 50.0
    for _ in range(50):
        middle = (low + high) / 2
        seen = float(nct.sf(bound, pairs - 1, middle))
        low, high = (middle, high) if seen < _SEEN else (low, middle)
    return high / math.sqrt(pairs) * luck_of_one_run(accuracy, texts)


def outliers(runs: Sequence[Run]) -> tuple[Run, ...]:
    """Return the runs that failed or lie far from the others of their fit.

    Far is more than eight robust standard deviations (1.4826 times the median distance from
    the median), of fewer than twelve runs sixteen; judged for fits of at least six runs.
    Such runs are named and still count.
    """
    far = []
    for fit in dict.fromkeys(run.fit for run in runs):
        own = [run for run in runs if run.fit == fit]
        known = np.array(
            [run.score for run in own if run.score is not None and not run.failed]
        )
        middle = float(np.median(known)) if len(known) else 0.0
        scale = 1.4826 * float(np.median(np.abs(known - middle))) if len(known) else 0.0
        far_is = _FAR if len(known) >= _FEW else _FAR_OF_FEW
        for run in own:
            distance = abs(run.score - middle) if run.score is not None else 0.0
            if run.failed or (len(known) >= 6 and scale > 0 and distance > far_is * scale):
                far.append(run)
    return tuple(far)
