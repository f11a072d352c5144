"""Per-text values of replays, for whoever compares more than two of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from whylow.lanes import HeldOut, Lane
from whylow.verdict._crossfit import crossfit
from whylow.verdict._halves import halves
from whylow.verdict._influence import influence
from whylow.verdict._plan import METRICS, Plan
from whylow.verdict._scores import needs_calibration
from whylow.verdict._texts import scored_part


def text_values(
    lanes: Sequence[Lane], held_out: HeldOut, plan: Plan, *, last_epoch: bool = False
) -> np.ndarray:
    """Return the headline metric of each lane spread over the texts, `(S, N)`.

    The mean of a row is the lane's score, cross-fitted as in a comparison; differences of
    rows of equal pair number go into `crossed`. Higher is better whatever the metric.

    Args:
        lanes: Replays of one fit.
        held_out: The `N` texts.
        plan: Metric, and the seed of the halves.
        last_epoch: Take the last epoch instead of choosing the best on the other half.
    """
    calibrate = needs_calibration(plan.metric, held_out)
    rows, scored = [], scored_part(held_out)
    for lane in lanes:
        half = halves(held_out, seed=plan.seed, pair=lane.pair)
        if last_epoch and len(lane.probabilities) > 1:
            lane = _only_last(lane)
        fitted = crossfit(lane, held_out, half, calibrate=calibrate)
        rows.append(influence(plan.metric, fitted, scored))
    values = np.array(rows).reshape(len(rows), len(scored.labels))
    return -values if METRICS[plan.metric].lower_is_better else values


def _only_last(lane: Lane) -> Lane:
    steps = lane.steps_positive
    return Lane(
        pair=lane.pair,
        seed=lane.seed,
        history=lane.history,
        probabilities=lane.probabilities[-1:],
        steps_positive=None if steps is None else steps[-1:],
        failed=lane.failed,
    )
