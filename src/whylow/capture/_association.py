"""How well labels can be told from inputs by simple means: two quick probes.

A ridge regression and the nearest rows, each fitted on one half of at most `_MOST_ROWS`
rows and judged on the other. The regression is also tried with the labels shifted against
the inputs: where a shift does what no shift cannot, the two have slipped.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from threadpoolctl import threadpool_limits

from whylow.records import Association

_MOST_ROWS = 2000
# Fewer rows tell a correlation of 0.2 from none only now and then.
_FEWEST_ROWS = 200
_WIDTH = 128
_MOST_CLASSES = 10
_NEIGHBOURS = 10
_SHIFTS = (-3, -2, -1, 1, 2, 3)
_MOST_CELLS = 2_000_000


def association(
    inputs: Sequence[np.ndarray], labels: np.ndarray, *, classes: bool
) -> Association | None:
    """Probe inputs `(N, …)` and labels `(N, L)`.

    Returns:
        The correlations; None with few rows, or where inputs or labels do not vary.
    """
    total = len(labels)
    cells = sum(leaf[0].size for leaf in inputs) if total else 0
    most = min(_MOST_ROWS, _MOST_CELLS // max(cells, 1))
    if total < _FEWEST_ROWS or most < _FEWEST_ROWS:
        return None
    random = np.random.default_rng(0)
    # Within the edges, so that every shift finds a label.
    rows = random.permutation(np.arange(3, total - 3))[:most]
    half = len(rows) // 2
    x = _features(inputs, rows, random)
    targets = {
        shift: _targets(labels, rows, rows + shift, classes=classes)
        for shift in (0, *_SHIFTS)
    }
    y = targets[0]
    if x.shape[1] == 0 or y.shape[1] == 0:
        return None
    # Several threads on matrices this small cost three times what one does.
    with threadpool_limits(1):
        fitted = _ridge(x[:half], x[half:], [targets[shift][:half] for shift in targets])
        near = _nearest(x[:half], x[half:], y[:half])
    best = {
        shift: _best(prediction, targets[shift][half:])
        for shift, prediction in zip(targets, fitted, strict=True)
    }
    shift = max(_SHIFTS, key=lambda one: best[one])
    return Association(
        rows=len(rows) - half,
        linear=round(best[0], 4),
        neighbours=round(_best(near, y[half:]), 4),
        shift=shift,
        shifted=round(best[shift], 4),
    )


def _features(
    inputs: Sequence[np.ndarray], rows: np.ndarray, random: np.random.Generator
) -> np.ndarray:
    """Return standardised features `(rows, ≤ _WIDTH)`; ids become counts of words."""
    parts = []
    for leaf in inputs:
        table = leaf[rows].reshape(len(rows), -1)
        if np.issubdtype(leaf.dtype, np.integer) and leaf.ndim == 2 and table.shape[1] > 1:
            parts.append(_bag(table))
        if np.issubdtype(leaf.dtype, np.floating) or table.shape[1] <= _WIDTH:
            parts.append(_projected(_standard(table.astype("float32")), random))
    return _standard(np.concatenate(parts, axis=1)) if parts else np.zeros((len(rows), 0))


def _bag(ids: np.ndarray) -> np.ndarray:
    """Count the ids of each row in `_WIDTH` columns: frequent ones first."""
    values, inverse, counts = np.unique(ids, return_inverse=True, return_counts=True)
    column = np.empty(len(values), dtype="int64")
    column[counts.argsort()[::-1]] = np.arange(len(values)) % _WIDTH
    place = column[inverse.reshape(ids.shape)] + _WIDTH * np.arange(len(ids))[:, None]
    return np.bincount(place.reshape(-1), minlength=_WIDTH * len(ids)).reshape(
        len(ids), _WIDTH
    )


def _projected(table: np.ndarray, random: np.random.Generator) -> np.ndarray:
    if table.shape[1] <= _WIDTH:
        return table
    signs = random.integers(0, 2, (table.shape[1], _WIDTH)).astype("float32") * 2 - 1
    return table @ signs


def _standard(table: np.ndarray) -> np.ndarray:
    """Standardise columns; leave out those that do not vary or hold nan."""
    with np.errstate(all="ignore"):
        std = table.std(axis=0)
        kept = np.isfinite(std) & (std > 0)
        return ((table - table.mean(axis=0)) / std)[:, kept].astype("float32")


def _targets(
    labels: np.ndarray, rows: np.ndarray, moved: np.ndarray, *, classes: bool
) -> np.ndarray:
    """Return standardised label columns of the `moved` rows, classes one-hot."""
    chosen = labels[moved].astype("float64")
    if classes and chosen.shape[1] == 1:
        # Those of the rows in place, so that every shift has the same columns.
        values, counts = np.unique(labels[rows], return_counts=True)
        values = values[counts.argsort()[::-1]][:_MOST_CLASSES]
        chosen = (chosen == values[None, :]).astype("float64")
    chosen = chosen[:, :_MOST_CLASSES]
    with np.errstate(all="ignore"):
        standard = (chosen - chosen.mean(axis=0)) / chosen.std(axis=0)
        return np.nan_to_num(standard).astype("float32")


def _ridge(
    x: np.ndarray, asked: np.ndarray, targets: Sequence[np.ndarray]
) -> Sequence[np.ndarray]:
    """Fit every target at once; a penalty of a tenth of the rows keeps noise small."""
    gram = x.T @ x + np.float32(0.1 * len(x)) * np.eye(x.shape[1], dtype="float32")
    widths = np.cumsum([target.shape[1] for target in targets])[:-1]
    weights = np.linalg.solve(gram, x.T @ np.concatenate(targets, axis=1))
    return np.split(asked @ weights, widths, axis=1)


def _nearest(x: np.ndarray, asked: np.ndarray, y: np.ndarray) -> np.ndarray:
    distances = (x**2).sum(axis=1)[None, :] - 2 * asked @ x.T
    near = np.argpartition(distances, _NEIGHBOURS, axis=1)[:, :_NEIGHBOURS]
    return y[near].mean(axis=1)


def _best(predicted: np.ndarray, true: np.ndarray) -> float:
    """Return the highest correlation of a predicted column with its true one."""
    with np.errstate(all="ignore"):
        p = (predicted - predicted.mean(axis=0)) / predicted.std(axis=0)
        t = (true - true.mean(axis=0)) / true.std(axis=0)
        correlations = np.nan_to_num((p * t).mean(axis=0), posinf=0.0, neginf=0.0)
    return float(max(correlations.max(initial=0.0), 0.0))
