"""What a lane counts as: itself, or where it failed the answer that needs no training."""

from __future__ import annotations

import numpy as np

from whylow.lanes import HeldOut, Lane
from whylow.verdict._texts import class_counts


def as_outcome(lane: Lane, held_out: HeldOut) -> Lane:
    """Return the lane, or where it failed one that always answers the class shares.

    For numbers that is their mean, for sets of labels the share of each.

    Training that diverges is an outcome of the configuration, and dropping it would flatter
    the configuration that fails.
    """
    failed = lane.failed
    if failed is None and len(lane.probabilities) == 0:
        failed = "it finished no epoch"
    if failed is None and not np.isfinite(lane.probabilities).all():
        failed = "its predictions are not finite"
    if failed is None:
        return lane
    flat = without_training(held_out)[None]
    steps = None if lane.steps_positive is None else (flat > 0.5).astype(float)
    return Lane(
        pair=lane.pair,
        seed=lane.seed,
        history=lane.history,
        probabilities=flat,
        steps_positive=steps,
        failed=failed,
    )


def without_training(held_out: HeldOut) -> np.ndarray:
    """Return what a rule without any training predicts: the shares of the classes.

    Shape `(N,)` for two classes and for numbers (their mean), else `(N, K)`.
    """
    rows = len(held_out.labels)
    if held_out.kind == "numbers":
        return np.full(rows, float(np.mean(held_out.labels)))
    if held_out.kind == "sets":
        return np.tile(held_out.labels.mean(0), (rows, 1))
    shares = class_counts(held_out) / rows
    return np.full(rows, shares[1]) if len(shares) == 2 else np.tile(shares, (rows, 1))
