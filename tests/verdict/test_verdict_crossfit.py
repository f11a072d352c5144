"""Choosing on one half and scoring on the other."""

import dataclasses

import numpy as np
import pytest
from made_lanes import held_out, lanes

from whylow.lanes import HeldOut, Lane
from whylow.verdict import _crossfit, _scores, control, declare, majority_class
from whylow.verdict._halves import halves


def test_halves_share_out_each_class_and_differ_between_pairs():
    texts = held_out(rows=1009, share=0.06)
    one, two = halves(texts, seed=0, pair=0), halves(texts, seed=0, pair=1)
    for half in (one, two):
        for label in (0, 1):
            inside = half[texts.labels == label]
            assert abs(inside.sum() - (~inside).sum()) <= 1
    assert 0.4 < (one == two).mean() < 0.6
    assert np.array_equal(one, halves(texts, seed=0, pair=0))
    assert not np.array_equal(one, halves(texts, seed=1, pair=0))


def test_texts_of_one_group_stay_on_one_side():
    random = np.random.default_rng(0)
    groups = random.integers(0, 101, 509) * 7
    texts = HeldOut(
        labels=random.integers(0, 3, 509), class_names=("a", "b", "c"), groups=groups
    )
    half = halves(texts, seed=0, pair=0)
    for group in np.unique(groups):
        assert len(set(half[groups == group])) == 1
    assert 0.4 < half.mean() < 0.6


def test_epoch_and_threshold_come_from_the_other_half():
    """The first half is ranked well in epoch 2 only, the second in epoch 1 only.

    So the first half is scored with epoch 1, where its ranking is reversed, and the second
    with epoch 2: a selection that saw the scored texts would give 1.0 and not 0.0.
    """
    labels = np.tile([0, 1], 20)
    texts = HeldOut(labels=labels, class_names=("a", "b"), groups=np.arange(40))
    half = np.repeat([False, True], 20)
    good, bad = 0.2 + 0.6 * labels, 0.8 - 0.6 * labels
    lane = Lane(
        pair=0,
        seed=0,
        history={},
        probabilities=np.stack([np.where(half, good, bad), np.where(half, bad, good)]),
    )
    fitted = _crossfit.crossfit(lane, texts, half)
    assert fitted.epochs == (0, 1)
    assert _scores.score("roc_auc", fitted, texts) == 0.0
    assert _scores.score("accuracy", fitted, texts) == 0.0


def test_an_epoch_with_all_answers_on_one_side_is_not_the_best_for_accuracy():
    """Epoch 1 ranks all texts right and calls each one positive; epoch 2 errs in a tenth.

    By squared error and by accuracy at one half the second is better. Where one class has
    most texts the headline is macro-F1 at a tuned threshold, which the first is best for.
    """
    for share, chosen in ((0.5, (1, 1)), (0.3, (0, 0))):
        labels = (np.arange(200) < 200 * share).astype(int)
        texts = HeldOut(labels=labels, class_names=("a", "b"), groups=np.arange(200))
        wrong = np.arange(200) % 10 == 0
        ranked = 0.8 + 0.1 * labels
        centred = np.where(wrong, 0.7 - 0.4 * labels, 0.3 + 0.4 * labels)
        lane = Lane(pair=0, seed=0, history={}, probabilities=np.stack([ranked, centred]))
        half = halves(texts, seed=0, pair=0)
        fitted = _crossfit.crossfit(lane, texts, half)
        assert fitted.epochs == chosen


def test_a_rescaled_probability_changes_accuracy_but_no_tuned_metric():
    texts = held_out(rows=1009, share=0.1)
    lane = lanes(texts, pairs=1)[0]
    shrunk = dataclasses.replace(lane, probabilities=lane.probabilities / 4)
    half = halves(texts, seed=0, pair=0)
    one, two = (_crossfit.crossfit(x, texts, half) for x in (lane, shrunk))
    for metric in ("roc_auc", "average_precision"):
        assert _scores.score(metric, one, texts) == pytest.approx(
            _scores.score(metric, two, texts), abs=1e-6
        )
    assert _scores.score("macro_f1", two, texts) == pytest.approx(
        _scores.score("macro_f1", one, texts), abs=0.02
    )
    majority = (texts.labels == 0).mean()
    assert _scores.score("accuracy", two, texts) == pytest.approx(majority, abs=1e-3)


@pytest.mark.parametrize("classes", [2, 5])
@pytest.mark.parametrize("how", ["failed", "nan", "no epoch"])
def test_a_lane_that_failed_scores_as_the_majority_class(classes, how):
    texts = held_out(rows=503, share=0.3, classes=classes)
    lane = lanes(texts, pairs=1)[0]
    if how == "failed":
        lane = dataclasses.replace(lane, failed="loss is nan in epoch 2")
    elif how == "nan":
        lane = dataclasses.replace(lane, probabilities=lane.probabilities * np.nan)
    else:
        lane = dataclasses.replace(lane, probabilities=lane.probabilities[:0])
    fitted = _crossfit.crossfit(lane, texts, halves(texts, seed=0, pair=0))
    assert fitted.failed
    expected = majority_class(texts).metrics
    for name, value in expected.items():
        assert _scores.score(name, fitted, texts) == pytest.approx(value, abs=1e-9), name
    most = np.bincount(texts.labels).max() / 503
    assert expected["accuracy"] == pytest.approx(most)
    assert expected["roc_auc"] == 0.5


def test_average_precision_ranks_the_rare_class_whichever_it_is():
    texts = held_out(rows=2003, share=0.06)
    turned = HeldOut(
        labels=1 - texts.labels, class_names=texts.class_names, groups=texts.groups
    )
    assert declare(texts).metric == declare(turned).metric == "average_precision"
    lane = lanes(texts, pairs=1, epochs=9)[0]
    mirrored = dataclasses.replace(lane, probabilities=1 - lane.probabilities)
    half = halves(texts, seed=0, pair=0)
    chosen = _crossfit.crossfit(lane, texts, half).epochs
    assert _crossfit.crossfit(mirrored, turned, half).epochs == chosen
    probabilities = lane.probabilities[0]
    one = control("c", probabilities, texts).metrics["average_precision"]
    two = control("c", 1 - probabilities, turned).metrics["average_precision"]
    assert one == pytest.approx(two, abs=1e-4)
    assert 0.1 < one < 0.95


def test_calibrated_log_loss_forgives_overconfidence():
    texts = held_out(rows=4001, share=0.3)
    p = lanes(texts, pairs=1)[0].probabilities[0].astype(float)
    sharp = p**3 / (p**3 + (1 - p) ** 3)
    one, two = (control("c", x, texts).metrics["log_loss"] for x in (p, sharp))
    assert one == pytest.approx(two, abs=1e-3)
