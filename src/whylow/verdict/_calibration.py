"""Calibration and thresholds, learnt on one half for use on the other."""

from __future__ import annotations

import numpy as np

from whylow.verdict._metrics import TINY

_ROWS_TIMES_CLASSES = 200_000  # more than this does not sharpen one temperature


def logits(probabilities: np.ndarray) -> np.ndarray:
    """Return the log odds of probabilities, kept finite."""
    inside = np.clip(probabilities.astype(float), TINY, 1 - TINY)
    return np.log(inside) - np.log1p(-inside)


def sigmoid(values: np.ndarray) -> np.ndarray:
    """Return the logistic function of `values`."""
    return 1 / (1 + np.exp(-values))


def platt(labels: np.ndarray, scores: np.ndarray) -> tuple[float, float]:
    """Return slope and intercept of the logistic curve from log odds to probability.

    Platt (1999), "Probabilistic outputs for support vector machines", with his smoothed
    targets, so that separable scores keep a finite slope. A negative slope, from scores
    that rank the wrong way round, becomes 0: such scores tell nothing.

    Args:
        labels: Array of shape `(N,)` of 0 and 1.
        scores: Log odds, shape `(N,)`.
    """
    positives = labels.sum()
    negatives = len(labels) - positives
    high, low = (positives + 1) / (positives + 2), 1 / (negatives + 2)
    target = np.where(labels == 1, high, low)
    base = float(np.log(target.mean()) - np.log1p(-target.mean()))
    centre, spread = float(scores.mean()), float(scores.std())
    if spread < 1e-9:
        return 0.0, base
    x = (scores - centre) / spread
    weights = np.array([0.0, base])
    for _ in range(30):
        fitted = sigmoid(weights[0] * x + weights[1])
        error, curve = fitted - target, fitted * (1 - fitted)
        down = error @ x, error.sum()
        bent = curve * x
        a, b, c = bent @ x + 1e-6, bent.sum(), curve.sum() + 1e-6
        step = np.array([c * down[0] - b * down[1], a * down[1] - b * down[0]])
        step /= a * c - b * b
        # A whole Newton step from far away can overshoot; four units of log odds cannot.
        weights = weights - np.clip(step, -4.0, 4.0)
        if np.abs(step).max() < 1e-6:
            break
    if weights[0] <= 0:
        return 0.0, base
    slope = float(weights[0] / spread)
    return slope, float(weights[1] - slope * centre)


def tuned_cut(calibrated: np.ndarray) -> float:
    """Return the calibrated probability above which to say class 1 for the best macro-F1.

    The best cut of the *expected* macro-F1, each text counting as its probability and not
    as its label: the curve is smooth, so that the cut does not chase single texts.

    Args:
        calibrated: Probabilities of class 1, shape `(N,)`.
    """
    q = np.sort(calibrated)[::-1]
    total, positives = len(q), q.sum()
    marked = np.arange(total + 1)
    hits = np.r_[0.0, np.cumsum(q)]
    missed = total - marked - (positives - hits)
    score = hits / np.maximum(marked + positives, TINY) + missed / np.maximum(
        2 * total - marked - positives, TINY
    )
    # A cut cannot part equal probabilities.
    score[1:-1][q[1:] == q[:-1]] = -np.inf
    best = int(score.argmax())
    if best == 0:
        return float(np.nextafter(q[0], 2.0))
    return float((q[best - 1] + q[best]) / 2) if best < total else -1.0


def temperature(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """Return the factor on log probabilities that fits the labels best.

    Temperature scaling (Guo et al. 2017, "On calibration of modern neural networks",
    section 4.2), by Newton's method in one dimension.

    Args:
        labels: Integer array of shape `(N,)`.
        probabilities: Array of shape `(N, K)`.
    """
    rows, classes = probabilities.shape
    stride = max(1, rows * classes // _ROWS_TIMES_CLASSES)
    z = np.log(np.clip(probabilities[::stride].astype(float), TINY, 1.0))
    own = z[np.arange(len(z)), labels[::stride]].mean()
    factor = 1.0
    for _ in range(20):
        weight = np.exp(factor * (z - z.max(1, keepdims=True)))
        weight /= weight.sum(1, keepdims=True)
        mean = (weight * z).sum(1)
        curve = ((weight * z * z).sum(1) - mean**2).mean()
        if curve < 1e-12:
            break
        step = np.clip((mean.mean() - own) / curve, -0.5, 0.5)
        factor = min(max(factor - step, 1e-3), 50.0)
        if abs(step) < 1e-6:
            break
    return factor


def tempered(probabilities: np.ndarray, factor: float) -> np.ndarray:
    """Return class probabilities `(N, K)` raised to `factor` and normalised."""
    z = factor * np.log(np.clip(probabilities.astype(float), TINY, 1.0))
    z = np.exp(z - z.max(1, keepdims=True))
    return z / z.sum(1, keepdims=True)
