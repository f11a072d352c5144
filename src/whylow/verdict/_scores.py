"""Metrics of one cross-fitted lane."""

from __future__ import annotations

import numpy as np

from whylow.lanes import HeldOut
from whylow.verdict._crossfit import CrossFitted
from whylow.verdict._metrics import (
    confusion,
    decide,
    from_confusion,
    log_losses,
    one_against_rest,
    rank_scores,
)
from whylow.verdict._numbers import of_numbers
from whylow.verdict._plan import METRICS
from whylow.verdict._texts import positive_class, questions

OF_LABELS = {"macro_f1": "f1"}  # over labels the mean of each label's own F1


def score(metric: str, fitted: CrossFitted, held_out: HeldOut) -> float:
    """Return a metric of one cross-fitted lane; nan where the texts cannot give it.

    Metrics of decisions are pooled over the halves; rank metrics are computed on each half
    and averaged, as scores of two epochs cannot be ranked together.
    """
    if held_out.kind == "numbers":
        return of_numbers(metric, held_out.labels, fitted.probabilities)[0]
    if held_out.kind == "sets":
        of_sets = [
            score(OF_LABELS.get(metric, metric), fitted.labels[k][1], question)
            for k, (_, question) in enumerate(questions(held_out))
        ]
        return float(np.mean(of_sets)) if of_sets else float("nan")
    labels = held_out.labels.astype(np.int64)
    if METRICS[metric].per_half:
        parts = [
            _rank(metric, labels[part], fitted.probabilities[part], held_out)
            for part in fitted.parts
        ]
        return float(np.mean(parts))
    if metric == "log_loss":
        return float(losses(fitted, labels).mean())
    # Accuracy keeps its own rule: at a cut tuned for macro-F1 its interval would be wrong.
    predicted = decide(fitted.probabilities) if metric == "accuracy" else fitted.predicted
    return from_confusion(metric, confusion(labels, predicted, len(held_out.class_names)))


def needs_calibration(metric: str, held_out: HeldOut) -> bool:
    """Whether a metric rests on calibrated probabilities or on the tuned threshold."""
    if held_out.kind == "numbers":
        return False
    tuned = len(held_out.class_names) == 2 or held_out.kind == "sets"
    tuned = tuned and metric != "accuracy"
    return metric == "log_loss" or (tuned and not METRICS[metric].per_half)


def losses(fitted: CrossFitted, labels: np.ndarray) -> np.ndarray:
    """Return each text's calibrated log loss, shape `(N,)`."""
    if fitted.calibrated is None:
        raise ValueError("Log loss needs `crossfit(..., calibrate=True)`.")
    return log_losses(labels, fitted.calibrated)


def _rank(
    metric: str, labels: np.ndarray, probabilities: np.ndarray, held_out: HeldOut
) -> float:
    if probabilities.ndim == 2:
        return one_against_rest(labels, probabilities)
    if metric == "average_precision" and positive_class(held_out) == 0:
        return rank_scores(1 - labels, -probabilities)[0]
    return rank_scores(labels, probabilities)[0 if metric == "average_precision" else 1]


def reported_metrics(held_out: HeldOut) -> tuple[str, ...]:
    """Return the metrics that every comparison on these texts reports."""
    if held_out.kind == "numbers":
        return ("r2", "mae", "rmse")
    if held_out.kind == "sets":
        return ("accuracy", "macro_f1", "average_precision", "roc_auc")
    if len(held_out.class_names) == 2:
        return ("accuracy", "macro_f1", "average_precision", "roc_auc", "mcc", "log_loss")
    return ("accuracy", "macro_f1", "roc_auc", "log_loss")
