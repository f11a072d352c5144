"""Two halves of the held-out texts: choose on one, score on the other."""

from __future__ import annotations

import numpy as np

from whylow.lanes import HeldOut


def strata(held_out: HeldOut) -> np.ndarray:
    """Return what is shared out evenly over halves, integers `(N,)`.

    The class; the tenth that a number lies in; of a set its rarest label, or `L` of none.
    """
    labels = held_out.labels
    if held_out.kind == "numbers":
        return np.digitize(labels, np.quantile(labels, np.arange(0.1, 0.95, 0.1)))
    if held_out.kind == "sets":
        carried = np.where(labels > 0, labels.sum(0), np.inf)
        return np.where((labels > 0).any(1), carried.argmin(1), labels.shape[1])
    return labels.astype(np.int64)


def halves(held_out: HeldOut, *, seed: int, pair: int) -> np.ndarray:
    """Return which half each text belongs to, a boolean array of shape `(N,)`.

    Each class is shared out evenly, rows of one group stay together, and each pair draws
    its own halves, so that no conclusion hangs on one cut.

    Args:
        held_out: The texts; rows with equal input share a group.
        seed: Seed of the plan.
        pair: Number of the pair; both lanes of a pair get the same halves.

    Returns:
        Which half; all False where the texts to choose on are a fixed part of their own.
    """
    if held_out.chosen_on is not None:
        return np.zeros(len(held_out.labels), dtype=bool)
    random = np.random.default_rng([seed, pair, 7919])
    labels = strata(held_out)
    _, group = np.unique(held_out.groups, return_inverse=True)
    sizes = np.bincount(group)
    # A group of mixed labels counts towards its rarest class, of which there is least.
    rarity = np.argsort(np.argsort(np.bincount(labels), kind="stable"), kind="stable")
    by_rarity = np.full(len(sizes), len(rarity))
    np.minimum.at(by_rarity, group, rarity[labels])

    order = np.lexsort((random.random(len(sizes)), by_rarity))
    stratum, rows = by_rarity[order], sizes[order]
    starts = np.flatnonzero(np.r_[True, stratum[1:] != stratum[:-1]])
    totals = np.add.reduceat(rows, starts)
    lengths = np.diff(np.r_[starts, len(order)])
    before = np.cumsum(rows) - np.repeat(np.cumsum(totals) - totals, lengths)
    middle = before - rows / 2
    # Which half gets the odd text is tossed for each class, or one would be the larger.
    second = middle > np.repeat(totals, lengths) / 2
    second ^= np.repeat(random.random(len(starts)) < 0.5, lengths)
    of_group = np.empty(len(sizes), dtype=bool)
    of_group[order] = second
    return of_group[group]
