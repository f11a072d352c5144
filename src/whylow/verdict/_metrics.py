"""Metrics of one set of predictions, fast enough for hundreds of lanes.

Each agrees with scikit-learn; written anew because a study computes them some thousand
times and shares one sort among the rank metrics.
"""

from __future__ import annotations

import numpy as np

TINY = 1e-7  # probabilities are kept this far from 0 and 1, as Keras does


def confusion(labels: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    """Return the `(K, K)` table of true class by predicted class."""
    cells = np.bincount(labels * classes + predicted, minlength=classes * classes)
    return cells.reshape(classes, classes).astype(float)


def from_confusion(name: str, table: np.ndarray) -> float:
    """Return a metric of hard predictions from its `(K, K)` confusion table.

    Averages over classes leave out classes without a text. `f1`, `precision` and `recall`
    are those of class 1. A ratio without a denominator is 0.
    """
    hits, true, predicted = np.diag(table), table.sum(1), table.sum(0)
    total = table.sum()
    match name:
        case "accuracy":
            return float(hits.sum() / total)
        case "balanced_accuracy":
            return float((hits[true > 0] / true[true > 0]).mean())
        case "macro_f1":
            return float((2 * hits / np.maximum(true + predicted, 1))[true > 0].mean())
        case "f1":
            return float(2 * hits[1] / max(true[1] + predicted[1], 1))
        case "precision":
            return float(hits[1] / max(predicted[1], 1))
        case "recall":
            return float(hits[1] / max(true[1], 1))
        case "mcc":
            spread = (total**2 - predicted @ predicted) * (total**2 - true @ true)
            return float(
                (hits.sum() * total - predicted @ true) / np.sqrt(spread or np.inf)
            )
    raise KeyError(name)


def rank_scores(labels: np.ndarray, scores: np.ndarray) -> tuple[float, float]:
    """Return average precision and ROC-AUC of class 1; nan where a class has no text.

    Tied scores count as one threshold, as in scikit-learn.

    Args:
        labels: Array of shape `(N,)` of 0 and 1.
        scores: Float array of shape `(N,)`, higher for class 1.
    """
    positives = int(labels.sum())
    negatives = len(labels) - positives
    if not positives or not negatives:
        return float("nan"), float("nan")
    order = np.argsort(-scores)
    ranked = scores[order]
    ends = np.append(np.flatnonzero(ranked[1:] != ranked[:-1]), len(ranked) - 1)
    hits = np.cumsum(labels[order], dtype=float)[ends]
    false = ends + 1 - hits
    gained = np.diff(hits, prepend=0.0)
    precision = float((gained * hits / (ends + 1)).sum() / positives)
    wider = np.diff(false, prepend=0.0)
    area = float((wider * (hits - gained / 2)).sum() / (positives * negatives))
    return precision, area


def one_against_rest(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """Return the mean ROC-AUC of each class against the rest, classes `(N, K)`.

    Classes without a text are left out.
    """
    areas = [
        rank_scores(labels == k, probabilities[:, k])[1]
        for k in range(probabilities.shape[1])
    ]
    seen = [area for area in areas if not np.isnan(area)]
    return float(np.mean(seen)) if seen else float("nan")


def log_losses(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Return each text's log loss, shape `(N,)`; probabilities `(N,)` or `(N, K)`."""
    if probabilities.ndim == 1:
        true = np.where(labels == 1, probabilities, 1 - probabilities.astype(float))
    else:
        true = probabilities[np.arange(len(labels)), labels]
    return -np.log(np.clip(true, TINY, 1.0))


def decide(probabilities: np.ndarray) -> np.ndarray:
    """Return predicted classes at the fixed rule: above one half, or the largest."""
    if probabilities.ndim == 1:
        return (probabilities > 0.5).astype(np.int64)
    return probabilities.argmax(1)
