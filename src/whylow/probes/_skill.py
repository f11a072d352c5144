"""How good answers are, from 0 (the best constant answer) to 1 (all right)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from whylow.records import ProbedLabels

_TINY = 1e-7
# Beyond this share of the larger class, good answers may all lie on one side of 0.5, and
# only their order tells them from constant ones.
RARE = 0.75
# Losses of numbers: whole labels under them are amounts and no classes.
NUMBER_LOSSES = frozenset(
    "mean_squared_error mean_absolute_error mean_absolute_percentage_error huber log_cosh "
    "mean_squared_logarithmic_error poisson cosine_similarity".split()
)


@dataclass(frozen=True)
class Target:
    """What rows should give, one entry a row (or a row and time step).

    Args:
        kind: `classes` has class numbers `(N,)`, `several` zeros and ones `(N, K)`,
            `numbers` values `(N, K)`.
        values: As `kind` says.
        classes: How many classes, 0 for others.
    """

    kind: Literal["classes", "several", "numbers"]
    values: np.ndarray
    classes: int = 0


@dataclass(frozen=True)
class Scored:
    """Accuracy, share of the largest class, and skill; None where there is none."""

    accuracy: float | None
    majority: float | None
    skill: float | None


def target_of(y: np.ndarray, facts: ProbedLabels, units: int, loss: str | None) -> Target:
    """Read labels as the loss means them.

    Args:
        y: Labels `(N,)`, `(N, 1)`, `(N, K)` or with further axes in the middle.
        facts: Of the whole training part.
        units: Length of the output's last axis.
        loss: Full name of the loss.
    """
    if facts.form in ("one-hot", "soft"):
        return Target("classes", y.reshape(-1, y.shape[-1]).argmax(axis=1), y.shape[-1])
    if facts.form == "multi-hot":
        return Target("several", y.reshape(-1, y.shape[-1]).astype("float64"))
    two = facts.distinct == 2
    amounts = loss in NUMBER_LOSSES and units == 1 and not two
    if facts.form == "numbers" or amounts:
        width = y.shape[-1] if y.ndim > 1 else 1
        return Target("numbers", y.reshape(-1, width).astype("float64"))
    flat = y.reshape(-1)
    if units == 1:
        values = np.unique(np.concatenate([flat, [facts.low, facts.high]]))
        if two:
            return Target("classes", (flat == facts.high).astype(int), 2)
        return Target("classes", np.searchsorted(values, flat), len(values))
    return Target("classes", flat.astype(int), max(units, int(facts.high) + 1))


def score(target: Target, output: np.ndarray) -> Scored:
    """Score outputs `(N, units)` that are probabilities where the target is classes."""
    if not np.isfinite(output).all():
        return Scored(None, None, None)
    if target.kind == "numbers":
        return Scored(None, None, _explained_variance(target.values, output))
    if target.kind == "several":
        return _several(target.values, output)
    return _classes(target, output)


def loss_constant(target: Target, loss: str | None) -> float | None:
    """Return the loss of the best constant answer, where it has a short formula."""
    values = target.values
    if target.kind == "numbers":
        if loss == "mean_squared_error":
            return float(values.var(axis=0).mean())
        if loss == "mean_absolute_error":
            return float(np.abs(values - np.median(values, axis=0)).mean())
        return None
    if target.kind == "several":
        share = values.mean(axis=0)
        return float(_entropies(share).mean()) if loss == "binary_crossentropy" else None
    share = np.bincount(values, minlength=target.classes) / len(values)
    if loss in ("categorical_crossentropy", "sparse_categorical_crossentropy"):
        return float(-(share * np.log(np.maximum(share, _TINY))).sum())
    if loss == "binary_crossentropy":
        return float(_entropies(share[1:] if target.classes == 2 else share).mean())
    return None


def _entropies(share: np.ndarray) -> np.ndarray:
    share = np.clip(share, _TINY, 1 - _TINY)
    return -(share * np.log(share) + (1 - share) * np.log(1 - share))


def _explained_variance(y: np.ndarray, output: np.ndarray) -> float | None:
    spread = ((y - y.mean(axis=0)) ** 2).sum()
    if output.shape != y.shape or spread == 0:
        return None
    return float(1 - ((y - output) ** 2).sum() / spread)


def _several(y: np.ndarray, output: np.ndarray) -> Scored:
    if output.shape != y.shape:
        return Scored(None, None, None)
    share = y.mean(axis=0)
    majority = float(np.maximum(share, 1 - share).mean())
    accuracy = float(((output > 0.5) == (y > 0.5)).mean())
    gains = [_gain(accuracy, majority)]
    if output.min() >= 0 and output.max() <= 1:
        p = np.clip(output, _TINY, 1 - _TINY)
        loss = -(y * np.log(p) + (1 - y) * np.log(1 - p)).mean()
        gains.append(1 - loss / max(_entropies(share).mean(), _TINY))
    return Scored(accuracy, majority, float(max(gains)))


def _classes(target: Target, output: np.ndarray) -> Scored:
    y = target.values
    share = np.bincount(y, minlength=target.classes) / len(y)
    majority = float(share.max())
    if output.shape[1] == 1:
        if target.classes != 2:  # one number cannot name more classes than two
            right = float((np.round(output[:, 0]) == y).mean())
            return Scored(right, majority, _gain(right, majority))
        p = output[:, 0]
        gains = [2 * _auc(y, p) - 1] if majority > RARE else []
        accuracy = float(((p > 0.5) == (y == 1)).mean())
        of_class = np.where(y == 1, p, 1 - p)
        proper = p.min() >= 0 and p.max() <= 1
    else:
        accuracy = float((output.argmax(axis=1) == y).mean())
        inside = (y >= 0) & (y < output.shape[1])
        of_class = np.where(
            inside, output[np.arange(len(y)), np.clip(y, 0, output.shape[1] - 1)], 0
        )
        proper = output.min() >= 0 and np.allclose(output.sum(axis=1), 1, atol=1e-3)
        ordered = target.classes == 2 and majority > RARE
        gains = [2 * _auc(y, output[:, 1]) - 1] if ordered else []
    gains.append(_gain(accuracy, majority))
    if proper:
        entropy = -(share * np.log(np.maximum(share, _TINY))).sum()
        loss = -np.log(np.clip(of_class, _TINY, 1)).mean()
        gains.append(1 - loss / max(entropy, _TINY))
    return Scored(accuracy, majority, float(max(gains)))


def _gain(accuracy: float, majority: float) -> float:
    return (accuracy - majority) / (1 - majority) if majority < 1 else 0.0


def _auc(y: np.ndarray, scores: np.ndarray) -> float:
    from scipy.stats import rankdata

    positive = y == 1
    pairs = positive.sum() * (~positive).sum()
    if not pairs:
        return 0.5
    above = rankdata(scores)[positive].sum() - positive.sum() * (positive.sum() + 1) / 2
    return float(above / pairs)
