"""The ladder: what was claimed at its foot, what holds at its top, nothing retrained."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from whylow.lanes import HeldOut, Lane
from whylow.records import Fit, Interval, View
from whylow.verdict._claim import canonical, find, recorded
from whylow.verdict._crossfit import CrossFitted
from whylow.verdict._intervals import t_interval
from whylow.verdict._metrics import (
    confusion,
    decide,
    from_confusion,
    log_losses,
    one_against_rest,
    rank_scores,
)
from whylow.verdict._outcome import as_outcome
from whylow.verdict._scores import reported_metrics, score
from whylow.verdict._texts import RARE, class_counts

_LABELS = {  # names that are not themselves in a sentence
    "auc": "ROC-AUC", "f1": "F1", "macro_f1": "macro-F1", "mae": "MAE", "mse": "MSE",
    "r2": "R²", "rmse": "RMSE", "roc_auc": "ROC-AUC",
}  # fmt: skip
_TWO_CLASSES_ONLY = {"f1", "precision", "recall"}
_LOWER = {"loss", "mae", "mse", "rmse"}
_OF_LABELS = {"accuracy", "f1", "precision", "recall"}

Values = tuple[np.ndarray, np.ndarray]


def ladder_of_pairs(
    claimed: str,
    lanes: Sequence[tuple[Lane, Lane]],
    fitted: Sequence[tuple[CrossFitted, CrossFitted]],
    held_out: HeldOut,
    level: float,
) -> tuple[View, ...]:
    """Return the views of matched lanes, from the script's own number to the fitting one.

    Args:
        claimed: The metric that the person saw, by its canonical name.
        lanes: Baseline and variant of each pair.
        fitted: The same, cross-fitted.
        held_out: The texts they predict.
        level: Level of the intervals over pairs.
    """
    if held_out.kind != "classes":
        return _ladder_of_others(claimed, lanes, fitted, held_out, level)
    rows: list[View] = []
    training = _both(lanes, lambda lane: _last(find(lane.history, claimed)))
    rows += _row(f"{_name(claimed)}, training, last epoch", claimed, training, level)
    if not _computable(claimed, held_out):
        claimed = "accuracy"
    name = _name(claimed)
    part = "validation" if held_out.chosen_on is None else "test"
    timed = any(f.steps is not None for pair in fitted for f in pair)
    by_step = timed and claimed == "accuracy"

    outcomes = [(as_outcome(a, held_out), as_outcome(b, held_out)) for a, b in lanes]
    if by_step:
        last = _both(
            outcomes, lambda x: _steps(x.steps_positive, x.probabilities, held_out)
        )
        rows += _row(f"{name}, {part}, last epoch", claimed, last, level)
        best = _both(
            fitted,
            lambda f: _steps(
                None if f.steps is None else f.steps[None], f.probabilities[None], held_out
            ),
        )
        rows += _row(f"{name}, {part}, best epoch", claimed, best, level)
    last = _both(outcomes, lambda x: fixed(claimed, x.probabilities[-1], held_out))
    best = _both(fitted, lambda f: _best(claimed, f, held_out))
    of = f"{name} per text" if by_step else f"{name}, {part}"
    rows += _row(f"{of}, last epoch", claimed, last, level)
    rows += _row(f"{of}, best epoch", claimed, best, level)
    for view, metric in _fitting(held_out):
        if view == "macro-F1, fixed threshold":
            values = _both(fitted, lambda f: _macro_f1(decide(f.probabilities), held_out))
        else:
            values = _both(fitted, lambda f, m=metric: score(m, f, held_out))
        rows += _row(view, metric, values, level)
    return tuple(rows)


def _ladder_of_others(
    claimed: str,
    lanes: Sequence[tuple[Lane, Lane]],
    fitted: Sequence[tuple[CrossFitted, CrossFitted]],
    held_out: HeldOut,
    level: float,
) -> tuple[View, ...]:
    """Return the views of numbers or of sets of labels: what was seen, then what holds."""
    training = _both(lanes, lambda lane: _last(find(lane.history, claimed)))
    rows = _row(f"{_name(claimed)}, training, last epoch", claimed, training, level)
    for metric in reported_metrics(held_out):
        values = _both(fitted, lambda f, m=metric: score(m, f, held_out))
        rows += _row(_LABELS.get(metric, metric.replace("_", " ")), metric, values, level)
    return tuple(rows)


def ladder_of_histories(claimed: str, baseline: Fit, variant: Fit) -> tuple[View, ...]:
    """Return the views that two recorded histories alone can give: one run each."""
    rows: list[View] = []
    for metric in dict.fromkeys((claimed, "loss")):
        train = [recorded(fit, metric) for fit in (baseline, variant)]
        valid = [recorded(fit, metric, validation=True) for fit in (baseline, variant)]
        name, chooser = _name(metric), min if metric in _LOWER else max
        views = []
        if metric == claimed:
            views.append((f"{name}, training, last epoch", _common_last(*train)))
            views.append((f"{name}, validation, last epoch", _common_last(*valid)))
        finite = [[v for v in series if v is not None] for series in valid]
        best = (chooser(finite[0]), chooser(finite[1])) if all(finite) else None
        views.append((f"{name}, validation, best epoch", best))
        for view, values in views:
            if values is not None:
                both = (np.array([values[0]]), np.array([values[1]]))
                rows += _row(view, metric, both, 0.95)
    return tuple(rows)


def held_out_history(lane: Lane, held_out: HeldOut) -> dict[str, list[float]]:
    """Return a lane's validation accuracy as Keras would have reported it, by epoch.

    Of a fixed test part nothing is shown by epoch: then it is that of the other texts.
    """
    if held_out.kind != "classes":
        return {}
    steps, outputs = lane.steps_positive, np.asarray(lane.probabilities)
    if held_out.chosen_on is not None and len(outputs):
        kept = held_out.chosen_on
        steps = None if steps is None else steps[:, kept]
        outputs = outputs[:, kept]
        held_out = replace(held_out, labels=held_out.labels[kept])
    return {
        f"val_{key}": [
            _steps(
                None if steps is None else steps[epoch : epoch + 1],
                outputs[epoch : epoch + 1],
                held_out,
            )
            for epoch in range(len(outputs))
        ]
        for key in lane.history
        if canonical(key) == "accuracy"
    }


def fixed(metric: str, probabilities: np.ndarray, held_out: HeldOut) -> float:
    """Return a metric that scripts report, at the fixed rule, as Keras computes it."""
    labels = held_out.labels.astype(np.int64)
    if metric == "loss":
        return float(log_losses(labels, probabilities).mean())
    if metric in _OF_LABELS:
        table = confusion(labels, decide(probabilities), len(held_out.class_names))
        return from_confusion(metric, table)
    if probabilities.ndim == 2:
        return one_against_rest(labels, probabilities)
    return rank_scores(labels, probabilities)[1]


def _computable(metric: str, held_out: HeldOut) -> bool:
    if metric in _TWO_CLASSES_ONLY:
        return len(held_out.class_names) == 2
    return metric in {"accuracy", "auc", "loss"}


def _fitting(held_out: HeldOut) -> Iterator[tuple[str, str]]:
    """Yield the views that fit the data whatever was claimed, the last one fitting best."""
    counts = class_counts(held_out)
    if len(counts) > 2:
        yield "macro-F1", "macro_f1"
        yield "ROC-AUC, one against rest", "roc_auc"
        return
    yield "macro-F1, fixed threshold", "macro_f1"
    yield "macro-F1, tuned threshold", "macro_f1"
    if counts.min() < RARE * counts.sum():
        yield "average precision", "average_precision"
    else:
        yield "ROC-AUC", "roc_auc"


def _macro_f1(predicted: np.ndarray, held_out: HeldOut) -> float:
    labels = held_out.labels.astype(np.int64)
    return from_confusion(
        "macro_f1", confusion(labels, predicted, len(held_out.class_names))
    )


def _best(metric: str, fitted: CrossFitted, held_out: HeldOut) -> float:
    if metric == "auc":
        return score("roc_auc", fitted, held_out)
    return fixed(metric, fitted.probabilities, held_out)


def _steps(steps: np.ndarray | None, probabilities: np.ndarray, held_out: HeldOut) -> float:
    """Return accuracy over all time steps of the last epoch given, as Keras reports it."""
    if steps is None:
        return fixed("accuracy", probabilities[-1], held_out)
    return float(np.where(held_out.labels == 1, steps[-1], 1 - steps[-1]).mean())


def _name(metric: str) -> str:
    name = _LABELS.get(metric, metric.replace("_", " "))
    return name if len(name) <= 10 else f"{name[:9]}…"


def _last(values: Sequence[float]) -> float:
    return float(values[-1]) if len(values) and values[-1] is not None else float("nan")


def _common_last(a: Sequence[float | None], b: Sequence[float | None]):
    for epoch in range(min(len(a), len(b)), 0, -1):
        x, y = a[epoch - 1], b[epoch - 1]
        if x is not None and y is not None:
            return x, y
    return None


def _both(pairs, value) -> Values:
    return (
        np.array([value(a) for a, _ in pairs], dtype=float),
        np.array([value(b) for _, b in pairs], dtype=float),
    )


def _row(view: str, metric: str, values: Values, level: float) -> list[View]:
    """Return the view as a list of one; of none where no pair has both numbers."""
    a, b = values
    known = np.isfinite(a) & np.isfinite(b)
    if not known.any():
        return []
    low, mean, high = t_interval(b[known] - a[known], level)
    return [
        View(
            view=view,
            metric=metric,
            baseline=float(a[known].mean()),
            variant=float(b[known].mean()),
            difference=Interval(low=low, estimate=mean, high=high),
            lower_is_better=metric in _LOWER,
            runs=int(known.sum()),
        )
    ]
