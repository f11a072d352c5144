"""How much each text carries of a score: values whose mean over the texts is the score.

The infinitesimal jackknife (Efron 1982, "The jackknife, the bootstrap and other resampling
plans", chapter 6): the derivative of a metric with respect to the weight of one text. With
the score added, a metric of any shape becomes a mean over texts, and the crossed analysis
of variance in `_intervals` holds for it as it does for accuracy.
"""

from __future__ import annotations

import numpy as np

from whylow.lanes import HeldOut
from whylow.verdict._crossfit import CrossFitted
from whylow.verdict._metrics import confusion, decide, from_confusion
from whylow.verdict._numbers import of_numbers
from whylow.verdict._plan import METRICS
from whylow.verdict._scores import OF_LABELS, losses
from whylow.verdict._texts import positive_class, questions


def influence(metric: str, fitted: CrossFitted, held_out: HeldOut) -> np.ndarray:
    """Return each text's value for a metric of a cross-fitted lane, shape `(N,)`.

    Their mean is the score, their spread what other texts of the kind would change. Rank
    metrics, which are computed on each half, get their values on each half.
    """
    if held_out.kind == "numbers":
        value, around = of_numbers(metric, held_out.labels, fitted.probabilities)
        return value + around
    if held_out.kind == "sets":
        of_sets = [
            influence(OF_LABELS.get(metric, metric), fitted.labels[k][1], question)
            for k, (_, question) in enumerate(questions(held_out))
        ]
        return np.mean(of_sets, axis=0) if of_sets else np.full(len(fitted.half), np.nan)
    labels = held_out.labels.astype(np.int64)
    if METRICS[metric].per_half:
        values, scores = np.empty(len(labels)), []
        for part in fitted.parts:
            if len(np.unique(labels[part])) < 2:
                return np.full(len(labels), np.nan)
            score, around = _ranks(
                metric, labels[part], fitted.probabilities[part], held_out
            )
            # Each half is one half of the score and holds only its part of the texts.
            values[part] = around * len(labels) / (len(fitted.parts) * part.sum())
            scores.append(score)
        return values + np.mean(scores)
    if metric == "log_loss":
        return losses(fitted, labels)
    predicted = decide(fitted.probabilities) if metric == "accuracy" else fitted.predicted
    table = confusion(labels, predicted, len(held_out.class_names))
    around = len(labels) * gradient(metric, table)
    return from_confusion(metric, table) + around[labels, predicted]


def gradient(metric: str, table: np.ndarray) -> np.ndarray:
    """Return the derivative of a metric by each cell of its `(K, K)` confusion table.

    The metrics depend on shares alone, so the derivatives, weighted by the cells, add up
    to 0. Where a metric is constant near the table, as for a class never predicted, the
    one-sided derivative of the ratio's numerator is used.
    """
    hits, true, predicted = np.diag(table), table.sum(1), table.sum(0)
    total, diagonal = table.sum(), np.eye(len(table))
    match metric:
        case "accuracy":
            return (diagonal - hits.sum() / total) / total
        case "balanced_accuracy":
            present = true > 0
            recall = np.where(present, hits / np.maximum(true, 1), 0.0)
            of_class = (diagonal - recall[:, None]) / np.maximum(true, 1)[:, None]
            return np.where(present[:, None], of_class, 0.0) / present.sum()
        case "macro_f1" | "f1":
            size = np.maximum(true + predicted, 1)
            f1 = 2 * hits / size
            if metric == "f1":
                share = np.eye(len(table))[1]
            else:
                share = (true > 0) / (true > 0).sum()
            lost = share * f1 / size
            return 2 * diagonal * (share / size) - lost[:, None] - lost[None, :]
        case "mcc":
            by_predicted = total**2 - predicted @ predicted
            by_true = total**2 - true @ true
            if by_predicted <= 0 or by_true <= 0:
                return np.zeros_like(table)
            root = np.sqrt(by_predicted * by_true)
            value = (hits.sum() * total - predicted @ true) / root
            above = diagonal * total + hits.sum() - predicted[:, None] - true[None, :]
            below = (total - predicted)[None, :] / by_predicted + (total - true)[
                :, None
            ] / by_true
            return above / root - value * below
    raise KeyError(metric)


def _ranks(
    metric: str, labels: np.ndarray, probabilities: np.ndarray, held_out: HeldOut
) -> tuple[float, np.ndarray]:
    """Return score and influence values, mean 0, of a rank metric on one half."""
    if probabilities.ndim == 2:
        present = [
            k
            for k in range(probabilities.shape[1])
            if 0 < (labels == k).sum() < len(labels)
        ]
        parts = [area_influence(labels == k, probabilities[:, k]) for k in present]
        return (
            float(np.mean([score for score, _ in parts])),
            np.mean([values for _, values in parts], axis=0),
        )
    if metric == "roc_auc":
        return area_influence(labels == 1, probabilities)
    if positive_class(held_out) == 0:
        return precision_influence(labels == 0, -probabilities)
    return precision_influence(labels == 1, probabilities)


def precision_influence(
    positive: np.ndarray, scores: np.ndarray
) -> tuple[float, np.ndarray]:
    """Return average precision and its influence values, mean 0, shape `(N,)`.

    With k the number of texts at or above a text's score, TP that of positives among them
    and n⁺ all positives, the derivative by the weight of text i is
    N/n⁺ · [yᵢ (TPᵢ/kᵢ - AP) + Σⱼ (yᵢ/kⱼ - TPⱼ/kⱼ²)] over positives j at or below i. Ties
    share k and TP, as in scikit-learn.
    """
    order = np.argsort(-scores)
    y = positive[order].astype(float)
    first, last, tie = _ties(scores[order])
    k = last[tie] + 1.0
    hits = np.cumsum(y)[last][tie]
    total = y.sum()
    value = float((y * hits / k).sum() / total)
    one = _from_here_down(y / k)[first][tie]
    two = _from_here_down(y * hits / k**2)[first][tie]
    around = np.empty(len(y))
    around[order] = (y * (hits / k - value) + y * one - two) * len(y) / total
    return value, around


def area_influence(positive: np.ndarray, scores: np.ndarray) -> tuple[float, np.ndarray]:
    """Return ROC-AUC and its influence values, mean 0, shape `(N,)`.

    A positive's value is the share of negatives below it, a negative's the share of
    positives above it, ties counting half: the placement values of DeLong et al. (1988).
    """
    order = np.argsort(scores)
    y = positive[order].astype(float)
    first, last, tie = _ties(scores[order])
    positives = y.sum()
    negatives = len(y) - positives
    up_to = np.r_[0.0, np.cumsum(1 - y)]
    below = (up_to[first] + up_to[last + 1])[tie] / 2 / negatives
    up_to = np.r_[0.0, np.cumsum(y)]
    above = 1 - (up_to[first] + up_to[last + 1])[tie] / 2 / positives
    value = float((y * below).sum() / positives)
    around = np.empty(len(y))
    around[order] = len(y) * np.where(
        y == 1, (below - value) / positives, (above - value) / negatives
    )
    return value, around


def _ties(ranked: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return first and last position of each run of equal scores, and each text's run."""
    new = np.r_[True, ranked[1:] != ranked[:-1]]
    first = np.flatnonzero(new)
    return first, np.r_[first[1:], len(ranked)] - 1, np.cumsum(new) - 1


def _from_here_down(values: np.ndarray) -> np.ndarray:
    return np.cumsum(values[::-1])[::-1]
