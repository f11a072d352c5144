"""Two simple models on the same rows: what there is to see in the inputs."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from whylow.live import Rows
from whylow.probes._facts import leaves
from whylow.probes._outputs import sample
from whylow.probes._skill import Target, score, target_of
from whylow.probes._state import CannotMeasure
from whylow.records import ProbedLabels, SimpleControl

_MOST_ROWS = 600
_MOST_FEATURES = 400
_WORDS = 1024
_FEWEST_ROWS = 20


def control(
    rows: Rows, facts: ProbedLabels, loss: str | None, words: bool
) -> SimpleControl:
    """Return the better of a linear model and a forest, out of fold.

    Args:
        rows: Training rows.
        facts: Of their labels.
        loss: The fit's loss, which tells amounts from classes.
        words: Whether the inputs are token ids, which are then counted.

    Raises:
        CannotMeasure: Too few rows, or labels that such models do not take.
    """
    inputs, y = sample(rows, _MOST_ROWS)
    if len(y) < _FEWEST_ROWS:
        raise CannotMeasure(f"fewer than {_FEWEST_ROWS} rows tell nothing out of fold")
    if y.ndim > 1 and y.shape[1] > 1 and facts.constant_over_time:
        y = y[:, 0]
    if y.ndim > 2 or (y.ndim == 2 and y.shape[1] > 1 and facts.form == "numbers"):
        raise CannotMeasure("the labels are not one answer a row")
    units = 1 if facts.form in ("numbers", "classes") else y.shape[-1]
    target = target_of(y, facts, units, loss)
    if target.kind == "several":
        raise CannotMeasure("several labels a row")
    x = np.concatenate([_features(leaf, words) for leaf in leaves(inputs)], axis=1)
    best = None
    for name, model in _models(target):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            output = _out_of_fold(model, x, target)
        scored = score(target, output)
        if scored.skill is not None and (best is None or scored.skill > best.skill):
            best = SimpleControl(
                name=name,
                rows=len(y),
                accuracy=scored.accuracy,
                majority=scored.majority,
                skill=scored.skill,
                noise=_noise(target),
            )
    if best is None:
        raise CannotMeasure("no simple model gave finite answers")
    return best


def _features(leaf: np.ndarray, words: bool) -> np.ndarray:
    if words and np.array_equal(leaf, np.round(leaf)):
        flat = leaf.reshape(len(leaf), -1).astype(int)
        counts = np.zeros((len(leaf), _WORDS))
        rows = np.repeat(np.arange(len(leaf)), flat.shape[1])
        np.add.at(counts, (rows, flat.reshape(-1) % _WORDS), 1)
        counts[:, 0] = 0  # padding
        return np.minimum(counts, 3)
    flat = np.nan_to_num(leaf.reshape(len(leaf), -1).astype("float64"))
    picked = np.unique(
        np.linspace(0, flat.shape[1] - 1, min(flat.shape[1], _MOST_FEATURES)).astype(int)
    )
    parts = [flat[:, picked]]
    if leaf.ndim == 3:  # a series: its mean and spread over time too
        parts += [leaf.mean(axis=1), leaf.std(axis=1)]
    return np.concatenate(parts, axis=1)


def _models(target: Target) -> list[tuple[str, Any]]:
    from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    if target.kind == "numbers":
        return [
            ("a linear model", make_pipeline(StandardScaler(), Ridge(1.0))),
            ("a forest", ExtraTreesRegressor(50, random_state=0)),
        ]
    linear = LogisticRegression(C=0.3, max_iter=200)
    return [
        ("a linear model", make_pipeline(StandardScaler(), linear)),
        ("a forest", ExtraTreesClassifier(50, min_samples_leaf=2, random_state=0)),
    ]


def _out_of_fold(model: Any, x: np.ndarray, target: Target) -> np.ndarray:
    y, numbers = target.values, target.kind == "numbers"
    fold = np.random.default_rng(0).permutation(len(x)) % 2
    width = y.shape[1] if numbers else (1 if target.classes == 2 else target.classes)
    output = np.zeros((len(x), width))
    for held_out in (0, 1):
        inside = fold == held_out
        # One column as a vector: scikit-learn warns of the other form.
        known = y[~inside, 0] if numbers and width == 1 else y[~inside]
        if not numbers and len(np.unique(known)) < 2:
            raise CannotMeasure("one class is too rare")
        model.fit(x[~inside], known)
        if numbers:
            output[inside] = model.predict(x[inside]).reshape(-1, width)
            continue
        chances = np.zeros((inside.sum(), target.classes))
        chances[:, model.classes_] = model.predict_proba(x[inside])
        output[inside] = chances[:, 1:] if target.classes == 2 else chances
    return output


def _noise(target: Target) -> float:
    """What the skill of chance answers stays below: three standard errors."""
    rows = len(target.values)
    if target.kind == "numbers":
        return 3 / np.sqrt(rows)
    share = np.bincount(target.values, minlength=target.classes) / rows
    majority = share.max()
    gain = np.sqrt(majority * (1 - majority) / rows) / max(1 - majority, 1e-9)
    if target.classes == 2:
        least = max(share.min() * rows, 1)
        pairs = 12 * least * (rows - least)
        gain = max(gain, 2 * np.sqrt((rows + 1) / pairs))
    return float(3 * gain)
