"""An interval that holds for new seeds and new texts at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri, stdtr, stdtrit

from whylow.lanes import HeldOut
from whylow.verdict._halves import strata
from whylow.verdict._levels import anytime_reach
from whylow.verdict._plan import METRICS


@dataclass(frozen=True, kw_only=True)
class Crossed:
    """A mean over seeds and texts, and the variance of that mean.

    Args:
        mean: Mean difference.
        pairs: Number of pairs `S`.
        seeds: Part of the variance that more pairs take away, from seeds alone.
        texts: Part that more texts take away.
        both: Part from each seed's own luck with each text; either takes it away.
        variance: Variance of the mean.
        degrees: Degrees of freedom of that variance, by Satterthwaite.
    """

    mean: float
    pairs: int
    seeds: float
    texts: float
    both: float
    variance: float
    degrees: float

    def reach(self, level: float, *, anytime: bool = False) -> float:
        """Return half the width of the interval at a level.

        `anytime` widens the part of the pairs, so that it holds at all numbers of pairs at
        once; the part of the texts is the same however often one looks.
        """
        variance = self.variance
        if anytime:
            texts = min(max(self.texts, 0.0), variance)
            variance = texts + (variance - texts) * _wider(self.pairs, level)
        return float(stdtrit(self.degrees, (1 + level) / 2) * np.sqrt(variance))

    def p_value(self) -> float:
        """Return the two-sided p: 1 - the highest level whose interval leaves out 0."""
        if self.variance <= 0:
            return 1.0 if self.mean == 0 else 0.0
        return float(2 * stdtr(self.degrees, -abs(self.mean) / np.sqrt(self.variance)))

    def reach_with(self, pairs: float, level: float, *, anytime: bool = False) -> float:
        """Return the half-width to expect from so many pairs on the same texts."""
        parts = max(self.seeds, 0.0), max(self.texts, 0.0), max(self.both, 0.0)
        if np.isinf(pairs):
            return float(ndtri((1 + level) / 2) * np.sqrt(parts[1]))
        variance = parts[1] + (parts[0] + parts[2]) * self.pairs / pairs
        # The part from pairs is known from `pairs - 1` differences only.
        shaky = ((parts[0] + parts[2]) * self.pairs / pairs) ** 2 / (pairs - 1)
        degrees = variance**2 / shaky if shaky > 0 else 1e6
        if anytime:
            variance = parts[1] + (variance - parts[1]) * _wider(int(pairs), level)
        return float(stdtrit(degrees, (1 + level) / 2) * np.sqrt(variance))


def _wider(pairs: int, level: float) -> float:
    """Return by how much looking at any time widens the variance of a mean over pairs."""
    if pairs < 2:
        return float("inf")
    fixed = stdtrit(pairs - 1, (1 + level) / 2) / np.sqrt(pairs)
    return float((anytime_reach(pairs, level) / fixed) ** 2)


def crossed(values: np.ndarray, held_out: HeldOut, metric: str) -> Crossed:
    """Return the two-way analysis of variance of per-text differences.

    Var(mean) = (MS_seeds + MS_texts - MS_both) / (S N), as seeds and texts are both drawn
    from more of their kind; degrees of freedom by Satterthwaite (1946), at least S - 1. A
    variance that is not positive falls back on the larger of the two mean squares. Texts
    with equal input count as one.

    The text part rests on few texts where a class is rare: influence values are far from
    normal there, and carry about as much information as the rarest class has texts. Its
    mean square is widened by n / (n - h) and has n - h degrees of freedom: n texts of the
    rarest class, h = 2 for metrics computed on each half and 1 for the others. With more
    than two classes this is done class by class, weighted by what each contributes.

    Args:
        values: Influence values of the variant minus those of the baseline, `(S, N)`.
        held_out: The `N` texts.
        metric: Key of `METRICS`.
    """
    values = _by_group(values, held_out)
    pairs, texts = values.shape
    grand = float(values.mean())
    by_pair, by_text = values.mean(1) - grand, values.mean(0) - grand
    seeds = texts * (by_pair @ by_pair) / max(pairs - 1, 1)
    rest = values - by_pair[:, None] - by_text[None, :] - grand
    both = float((rest * rest).sum()) / max((pairs - 1) * (texts - 1), 1)
    across, degrees_across = _text_square(by_text, held_out, metric)
    across *= pairs
    size = pairs * texts
    variance = (seeds + across - both) / size
    if variance <= 0:
        variance = max(seeds, across) / size
    terms = (
        (seeds / size) ** 2 / max(pairs - 1, 1)
        + (across / size) ** 2 / degrees_across
        + (both / size) ** 2 / max((pairs - 1) * (texts - 1), 1)
    )
    degrees = variance**2 / terms if terms > 0 else pairs - 1
    return Crossed(
        mean=grand,
        pairs=pairs,
        seeds=(seeds - both) / size,
        texts=(across - both) / size,
        both=both / size,
        variance=float(variance),
        degrees=float(max(degrees, pairs - 1, 1)),
    )


def _by_group(values: np.ndarray, held_out: HeldOut) -> np.ndarray:
    """Return values with one column a group of equal texts, the row means unchanged."""
    _, group = np.unique(held_out.groups, return_inverse=True)
    groups = int(group.max()) + 1
    if groups == values.shape[1]:
        return values
    summed = np.zeros((len(values), groups))
    for row, of_pair in zip(summed, values, strict=True):
        row[:] = np.bincount(group, weights=of_pair, minlength=groups)
    return summed * (groups / values.shape[1])


def _text_square(
    by_text: np.ndarray, held_out: HeldOut, metric: str
) -> tuple[float, float]:
    """Return the widened mean square of texts for one pair, and its freedom."""
    halves = 2 if METRICS[metric].per_half and held_out.chosen_on is None else 1
    square = float(by_text @ by_text) / (len(by_text) - 1)
    if held_out.kind == "numbers":
        return square, float(len(by_text) - 1)
    labels = group_labels(held_out)
    counts = np.bincount(labels, minlength=len(held_out.class_names)).astype(float)
    if held_out.kind == "classes" and len(counts) == 2:
        rarest = counts.min()
        free = max(rarest - halves, 1.0)
        return square * rarest / free, free
    shares = np.bincount(labels, weights=by_text**2, minlength=len(counts))
    free = np.maximum(counts - halves, 1.0)
    widened = shares * np.where(counts > 0, counts / free, 0.0)
    if not widened.sum() > 0:
        return 0.0, float(len(by_text) - 1)
    square *= float(widened.sum() / shares.sum())
    return square, float(widened.sum() ** 2 / (widened**2 / free).sum())


def group_labels(held_out: HeldOut) -> np.ndarray:
    """Return one class for each group of equal texts: the rarest of its labels."""
    groups, group = np.unique(held_out.groups, return_inverse=True)
    labels = strata(held_out)
    if len(groups) == len(labels):
        # Groups are numbered in any order; the values of texts are not reordered.
        return labels
    rarity = np.argsort(np.argsort(np.bincount(labels), kind="stable"), kind="stable")
    rarest = np.full(len(groups), len(rarity))
    np.minimum.at(rarest, group, rarity[labels])
    return np.argsort(rarity)[rarest]
