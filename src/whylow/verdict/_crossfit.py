"""One lane, judged on texts that had no say in its epoch or its threshold."""

from __future__ import annotations

from dataclasses import dataclass, replace

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
from whylow.verdict._metrics import decide, rank_scores
from whylow.verdict._outcome import as_outcome
from whylow.verdict._plan import headline
from whylow.verdict._texts import (
    RARE,
    class_counts,
    positive_class,
    questions,
    scored_part,
)


@dataclass(frozen=True, kw_only=True)
class CrossFitted:
    """A lane's predictions, each made by the epoch and threshold of other texts.

    Args:
        half: Boolean array `(N,)`, which half a text is in; all False where the texts are
            a fixed test part.
        epochs: Epoch scored on the first and on the second half, from 0; one of a fixed
            part.
        probabilities: `(N,)` or `(N, K)`, as the model gave them; predicted numbers `(N,)`.
        calibrated: The same, calibrated on the other texts; None where not asked for.
        predicted: Classes `(N,)`: tuned threshold, or the largest of more than two; of
            sets `(N, L)`; empty for numbers.
        steps: Share of positive time steps `(N,)`, where the output has time.
        failed: Why the lane counts as always answering the majority class.
        labels: Of sets, each label as a question of two classes of its own, with its
            number.
    """

    half: np.ndarray
    epochs: tuple[int, ...]
    probabilities: np.ndarray
    calibrated: np.ndarray | None
    predicted: np.ndarray
    steps: np.ndarray | None
    failed: str | None
    labels: tuple[tuple[int, CrossFitted], ...] = ()

    @property
    def parts(self) -> list[np.ndarray]:
        """The halves, or the one fixed part, as boolean arrays `(N,)`."""
        return [part for part in (~self.half, self.half) if part.any()]


def choosing(held_out: HeldOut, half: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the texts to choose on with those to score: each half once, or fixed parts.

    A text that also stands in the fixed test part has no say in the choice.
    """
    if held_out.chosen_on is None:
        return [(half != side, half == side) for side in (False, True)]
    scored = ~held_out.chosen_on
    seen = np.isin(held_out.groups, held_out.groups[scored])
    return [(held_out.chosen_on & ~seen, scored)]


def crossfit(
    lane: Lane, held_out: HeldOut, half: np.ndarray, *, calibrate: bool = True
) -> CrossFitted:
    """Choose epoch, calibration and threshold on some texts and apply them to the others.

    The texts are two halves that take turns, or the two fixed parts of `chosen_on`. Epochs
    are compared by average precision where a class is rare, by ROC-AUC where one of two
    classes has most texts, by the squared error of the probabilities (Brier 1950) where
    accuracy is the headline, and by accuracy with more than two classes; never by raw log
    loss, which mistakes overconfidence for a worse ranking. Accuracy keeps the rule "above
    one half", and an epoch may rank well with all its answers on one side of it
    (`benchmarks/epoch_choice.py`).

    Args:
        lane: The lane; one that failed counts as always answering the class shares.
        held_out: The texts that it predicts.
        half: Which half each text is in, from `halves`.
        calibrate: Whether to calibrate and to tune the threshold, which costs more than
            all the rest; see `needs_calibration`.
    """
    lane = as_outcome(lane, held_out)
    if held_out.kind != "classes":
        return _crossfit_other(lane, held_out, half, calibrate)
    labels = held_out.labels.astype(np.int64)
    outputs = lane.probabilities
    shape = outputs.shape[1:]
    chosen = np.empty(shape, dtype=outputs.dtype)
    calibrated = np.empty(shape)
    predicted = np.empty(len(labels), dtype=np.int64)
    steps = None if lane.steps_positive is None else np.empty(len(labels))
    epochs = []
    scored = np.zeros(len(labels), dtype=bool)
    for choose, score in choosing(held_out, half):
        epoch = _best_epoch(labels[choose], outputs[:, choose], held_out)
        epochs.append(epoch)
        scored |= score
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
        half=half[scored],
        epochs=tuple(epochs),
        probabilities=chosen[scored],
        calibrated=calibrated[scored] if calibrate else None,
        predicted=predicted[scored],
        steps=None if steps is None else steps[scored],
        failed=lane.failed,
    )


def _crossfit_other(
    lane: Lane, held_out: HeldOut, half: np.ndarray, calibrate: bool
) -> CrossFitted:
    """Choose for numbers, or for each label of a set as a question of its own.

    All labels share the epoch: that of the lowest squared error of all, which asks for
    ranking and calibration at once.
    """
    outputs, target = lane.probabilities, held_out.labels.astype(float)
    chosen = np.empty(outputs.shape[1:])
    epochs = []
    scored = np.zeros(len(target), dtype=bool)
    for choose, score in choosing(held_out, half):
        errors = (outputs[:, choose] - target[choose]) ** 2
        epoch = int(errors.reshape(len(outputs), -1).mean(1).argmin())
        epochs.append(epoch)
        chosen[score] = outputs[epoch, score]
        if held_out.chosen_on is not None:
            chosen[choose] = outputs[epoch, choose]  # a threshold is yet to be chosen there
        scored |= score
    labels = []
    if held_out.kind == "sets":
        for number, question in questions(held_out):
            alone = replace(lane, probabilities=chosen[None, :, number], failed=None)
            labels.append((number, crossfit(alone, question, half, calibrate=calibrate)))
    return CrossFitted(
        half=half[scored],
        epochs=tuple(epochs),
        probabilities=chosen[scored],
        calibrated=None,
        predicted=np.stack([one.predicted for _, one in labels], axis=1)
        if labels
        else np.empty(0, dtype=np.int64),
        steps=None,
        failed=lane.failed,
        labels=tuple(labels),
    )


def _decided(probabilities: np.ndarray) -> bool:
    """Whether these are bare classes, 0 and 1, which leave no threshold to choose."""
    return bool(((probabilities == 0) | (probabilities == 1)).all())


def _best_epoch(labels: np.ndarray, outputs: np.ndarray, held_out: HeldOut) -> int:
    """Return the epoch that does best on these texts; the earliest of equals."""
    if len(outputs) == 1:
        return 0
    if outputs.ndim == 3:
        return int((outputs.argmax(2) == labels).mean(1).argmax())
    if headline(scored_part(held_out)) == "accuracy":
        return int(((outputs - labels) ** 2).mean(1).argmin())
    counts = class_counts(held_out)
    rare = counts.min() < RARE * counts.sum()
    if rare and positive_class(held_out) == 0:
        labels, outputs = 1 - labels, -outputs
    scores = [rank_scores(labels, output)[0 if rare else 1] for output in outputs]
    return int(np.argmax(np.nan_to_num(scores, nan=-1.0)))
