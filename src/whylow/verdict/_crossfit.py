"""One lane, judged on texts that had no say in its epoch or its threshold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from whylow.lanes import HeldOut, Lane
from whylow.verdict._calibration import (
    logits,
    platt,
    sigmoid,
    temperature,
    tempered,
    tuned_cut,
)
from whylow.verdict._metrics import (
    confusion,
    decide,
    from_confusion,
    log_losses,
    one_against_rest,
    rank_scores,
)
from whylow.verdict._plan import METRICS, RARE, class_counts, positive_class


@dataclass(frozen=True, kw_only=True)
class CrossFitted:
    """A lane's predictions, each made by the epoch and threshold of the other half.

    Args:
        half: Boolean array `(N,)`, which half a text is in.
        epochs: Epoch scored on the first and on the second half, from 0.
        probabilities: `(N,)` or `(N, K)`, as the model gave them.
        calibrated: The same, calibrated on the other half; None where not asked for.
        predicted: Classes `(N,)`: tuned threshold, or the largest of more than two.
        steps: Share of positive time steps `(N,)`, where the output has time.
        failed: Why the lane counts as always answering the majority class.
    """

    half: np.ndarray
    epochs: tuple[int, int]
    probabilities: np.ndarray
    calibrated: np.ndarray | None
    predicted: np.ndarray
    steps: np.ndarray | None
    failed: str | None


def as_outcome(lane: Lane, held_out: HeldOut) -> Lane:
    """Return the lane, or where it failed one that always answers the class shares.

    Training that diverges is an outcome of the configuration, and dropping it would flatter
    the configuration that fails.
    """
    failed = lane.failed
    if failed is None and len(lane.probabilities) == 0:
        failed = "it finished no epoch"
    if failed is None and not np.isfinite(lane.probabilities).all():
        failed = "its predictions are not finite"
    if failed is None:
        return lane
    shares = class_counts(held_out) / len(held_out.labels)
    if len(shares) == 2:
        flat = np.full((1, len(held_out.labels)), shares[1])
    else:
        flat = np.tile(shares, (1, len(held_out.labels), 1))
    steps = None if lane.steps_positive is None else (flat > 0.5).astype(float)
    return Lane(
        pair=lane.pair,
        seed=lane.seed,
        history=lane.history,
        probabilities=flat,
        steps_positive=steps,
        failed=failed,
    )


def crossfit(
    lane: Lane, held_out: HeldOut, half: np.ndarray, *, calibrate: bool = True
) -> CrossFitted:
    """Choose epoch, calibration and threshold on each half and apply them to the other.

    Epochs are compared by average precision where a class is rare, else by ROC-AUC, and by
    accuracy with more than two classes; never by raw log loss, which mistakes
    overconfidence for a worse ranking.

    Args:
        lane: The lane; one that failed counts as always answering the class shares.
        held_out: The texts that it predicts.
        half: Which half each text is in, from `halves`.
        calibrate: Whether to calibrate and to tune the threshold, which costs more than
            all the rest; see `needs_calibration`.
    """
    lane = as_outcome(lane, held_out)
    labels = held_out.labels.astype(np.int64)
    outputs = lane.probabilities
    shape = outputs.shape[1:]
    chosen = np.empty(shape, dtype=outputs.dtype)
    calibrated = np.empty(shape)
    predicted = np.empty(len(labels), dtype=np.int64)
    steps = None if lane.steps_positive is None else np.empty(len(labels))
    epochs = [0, 0]
    for side in (False, True):
        choose, score = half != side, half == side
        epoch = _best_epoch(labels[choose], outputs[:, choose], held_out)
        epochs[int(side)] = epoch
        known, new = outputs[epoch, choose], outputs[epoch, score]
        chosen[score] = new
        if steps is not None and lane.steps_positive is not None:
            steps[score] = lane.steps_positive[epoch, score]
        predicted[score] = decide(new)
        if calibrate and outputs.ndim == 3:
            calibrated[score] = tempered(new, temperature(labels[choose], known))
        elif calibrate:
            slope, base = platt(labels[choose], logits(known))
            calibrated[score] = sigmoid(slope * logits(new) + base)
            if not _decided(outputs[epoch]):
                cut = tuned_cut(sigmoid(slope * logits(known) + base))
                predicted[score] = calibrated[score] > cut
    return CrossFitted(
        half=half,
        epochs=(epochs[0], epochs[1]),
        probabilities=chosen,
        calibrated=calibrated if calibrate else None,
        predicted=predicted,
        steps=steps,
        failed=lane.failed,
    )


def _decided(probabilities: np.ndarray) -> bool:
    """Whether these are bare classes, 0 and 1, which leave no threshold to choose."""
    return bool(((probabilities == 0) | (probabilities == 1)).all())


def _best_epoch(labels: np.ndarray, outputs: np.ndarray, held_out: HeldOut) -> int:
    """Return the epoch that ranks these texts best; the earliest of equals."""
    if len(outputs) == 1:
        return 0
    if outputs.ndim == 3:
        return int((outputs.argmax(2) == labels).mean(1).argmax())
    counts = class_counts(held_out)
    rare = counts.min() < RARE * counts.sum()
    if rare and positive_class(held_out) == 0:
        labels, outputs = 1 - labels, -outputs
    scores = [rank_scores(labels, output)[0 if rare else 1] for output in outputs]
    return int(np.argmax(np.nan_to_num(scores, nan=-1.0)))


def score(metric: str, fitted: CrossFitted, held_out: HeldOut) -> float:
    """Return a metric of one cross-fitted lane; nan where the texts cannot give it.

    Metrics of decisions are pooled over the halves; rank metrics are computed on each half
    and averaged, as scores of two epochs cannot be ranked together.
    """
    labels = held_out.labels.astype(np.int64)
    if METRICS[metric].per_half:
        parts = [
            _rank(metric, labels[part], fitted.probabilities[part], held_out)
            for part in (~fitted.half, fitted.half)
        ]
        return float(np.mean(parts))
    if metric == "log_loss":
        return float(losses(fitted, labels).mean())
    # Accuracy keeps its own rule: at a cut tuned for macro-F1 its interval would be wrong.
    predicted = decide(fitted.probabilities) if metric == "accuracy" else fitted.predicted
    return from_confusion(metric, confusion(labels, predicted, len(held_out.class_names)))


def needs_calibration(metric: str, held_out: HeldOut) -> bool:
    """Whether a metric rests on calibrated probabilities or on the tuned threshold."""
    tuned = len(held_out.class_names) == 2 and metric != "accuracy"
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
    if len(held_out.class_names) == 2:
        return ("accuracy", "macro_f1", "average_precision", "roc_auc", "mcc", "log_loss")
    return ("accuracy", "macro_f1", "roc_auc", "log_loss")
