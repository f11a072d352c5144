"""Facts about the rows: how labels are written, how large inputs are. NumPy alone."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from whylow.live import Rows
from whylow.records import ProbedInput, ProbedLabels

# Rows that facts are drawn from: evenly spaced, so that sorted data show all they hold.
_MOST_ROWS = 5000
_MOST_DISTINCT = 1000
# Padding as filling up leaves it: nearly all zeros of a row at one end of it.
_AT_ONE_END = 0.9
_ROWS_PADDED = 0.2
_FEWEST_STEPS = 4


def leaves(nest: Any) -> list[np.ndarray]:
    """Return the arrays of a nest, those of a dict by sorted key."""
    if nest is None:
        return []
    if isinstance(nest, dict):
        return [leaf for key in sorted(nest) for leaf in leaves(nest[key])]
    if isinstance(nest, (list, tuple)):
        return [leaf for part in nest for leaf in leaves(part)]
    return [np.asarray(nest)]


def spaced(rows: int, most: int) -> np.ndarray:
    """Return at most `most` row numbers, evenly spaced over all rows."""
    return np.unique(np.linspace(0, rows - 1, min(rows, most)).astype(int))


def label_facts(rows: Rows) -> ProbedLabels | None:
    """Return how the labels are written; None where there are several or none."""
    labels = leaves(rows.y)
    if len(labels) != 1 or not labels[0].size:
        return None
    y = labels[0][spaced(len(labels[0]), _MOST_ROWS)].astype("float64")
    values = np.unique(y)
    if not np.isfinite(values).all():
        return None
    return ProbedLabels(
        form=_form(y, values),
        low=float(values[0]),
        high=float(values[-1]),
        mean=float(y.mean()),
        std=float(y.std()),
        distinct=min(len(values), _MOST_DISTINCT + 1),
        constant_over_time=(
            bool((y == y[:, :1]).all()) if y.ndim > 1 and y.shape[1] > 1 else None
        ),
    )


def _form(
    y: np.ndarray, values: np.ndarray
) -> Literal["classes", "one-hot", "multi-hot", "soft", "numbers"]:
    whole = bool((values == np.round(values)).all())
    if y.ndim > 1 and y.shape[-1] > 1:
        inside = values[0] >= 0 and values[-1] <= 1
        if whole and inside:
            return "one-hot" if (y.sum(axis=-1) == 1).all() else "multi-hot"
        sums_up = inside and np.allclose(y.sum(axis=-1), 1, atol=1e-3)
        return "soft" if sums_up else "numbers"
    return "classes" if whole and len(values) <= _MOST_DISTINCT else "numbers"


def input_facts(rows: Rows) -> tuple[ProbedInput, ...]:
    """Return the size and the shape of each input."""
    return tuple(_one_input(leaf) for leaf in leaves(rows.x) if leaf.size)


def _one_input(leaf: np.ndarray) -> ProbedInput:
    x = leaf[spaced(len(leaf), _MOST_ROWS)].astype("float64")
    # A feature is the last axis: the same one at every time step and pixel.
    flat = x.reshape(-1, x.shape[-1]) if x.ndim > 1 else x.reshape(-1, 1)
    finite = flat[np.isfinite(flat).all(axis=1)]
    if not len(finite):
        finite = np.zeros((1, flat.shape[1]))
    means, stds = finite.mean(axis=0), finite.std(axis=0)
    varying = stds > 1e-12 * (1 + np.abs(means))
    whole = bool((finite == np.round(finite)).all())
    side, share = _padding(x) if whole else (None, 0.0)
    return ProbedInput(
        rows=len(leaf),
        shape=tuple(leaf.shape[1:]),
        whole=whole,
        low=float(finite.min()),
        high=float(finite.max()),
        mean=float(finite.mean()),
        std=float(finite.std()),
        largest_offset=float((np.abs(means) / np.where(varying, stds, np.inf)).max()),
        largest_std=float(stds.max()),
        smallest_std=float(stds[varying].min()) if varying.any() else 0.0,
        padded=side,
        padding_share=share,
    )


def _padding(x: np.ndarray) -> tuple[Literal["left", "right"] | None, float]:
    """Tell on which side rows of numbers `(N, T)` or `(N, T, 1)` are filled up."""
    if x.ndim == 3 and x.shape[2] == 1:
        x = x[..., 0]
    if x.ndim != 2 or x.shape[1] < _FEWEST_STEPS or x.min() < 0:
        return None, 0.0
    zero = x == 0
    total = zero.sum(axis=1)
    some = (total > 0) & (total < x.shape[1])
    if some.mean() < _ROWS_PADDED or len(np.unique(total[some])) < 3:
        return None, 0.0
    right = np.cumprod(zero[:, ::-1], axis=1).sum(axis=1)
    left = np.cumprod(zero, axis=1).sum(axis=1)
    for side, run in (("right", right), ("left", left)):
        if (run[some] >= _AT_ONE_END * total[some]).mean() >= _AT_ONE_END:
            return ("right" if side == "right" else "left"), float(zero.mean())
    return None, 0.0
