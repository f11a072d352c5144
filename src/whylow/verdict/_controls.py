"""Reference levels: what a rule without any training would score on the same texts."""

from __future__ import annotations

import numpy as np

from whylow.lanes import HeldOut, Lane
from whylow.records import Control
from whylow.verdict._crossfit import crossfit
from whylow.verdict._halves import halves
from whylow.verdict._outcome import without_training
from whylow.verdict._scores import reported_metrics, score
from whylow.verdict._texts import scored_part


def control(
    name: str, probabilities: np.ndarray, held_out: HeldOut, *, seed: int = 0
) -> Control:
    """Return the metrics of fixed predictions, by the same rules as those of the lanes.

    Args:
        name: What the report calls it.
        probabilities: `(N,)` for two classes, probability of class 1; else `(N, K)`.
        held_out: The texts that are predicted.
        seed: Seed of the halves on which the threshold is chosen.
    """
    lane = Lane(
        pair=0, seed=seed, history={}, probabilities=np.asarray(probabilities)[None]
    )
    fitted = crossfit(lane, held_out, halves(held_out, seed=seed, pair=0))
    held_out = scored_part(held_out)
    return Control(
        name=name,
        metrics={
            metric: float(value) if np.isfinite(value) else None
            for metric in reported_metrics(held_out)
            for value in [score(metric, fitted, held_out)]
        },
    )


def majority_class(held_out: HeldOut) -> Control:
    """Return the metrics of always answering the most frequent class.

    For numbers that is their mean; for sets of labels each one's share.
    """
    name = "mean of the labels" if held_out.kind == "numbers" else "majority class"
    return control(name, without_training(held_out), held_out)
