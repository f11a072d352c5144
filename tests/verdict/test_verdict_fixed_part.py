"""Thresholds chosen on validation texts, and a test part that is only scored."""

import csv
import dataclasses

import numpy as np
import pytest
from made_lanes import BASELINE, VARIANT, held_out, lanes
from sklearn import metrics as sklearn_metrics

from whylow.exceptions import InputError
from whylow.lanes import HeldOut, Lane
from whylow.verdict import (
    compare,
    compare_predictions,
    declare,
    running_difference,
    text_values,
)
from whylow.verdict._crossed import crossed
from whylow.verdict._crossfit import choosing, crossfit
from whylow.verdict._halves import halves
from whylow.verdict._influence import influence
from whylow.verdict._scores import score
from whylow.verdict._texts import scored_part

ROWS, SEEDS = 901, 6
WHOLE = held_out(rows=ROWS, share=0.3)
CHOSEN_ON = np.random.default_rng(5).random(ROWS) < 0.4
TEXTS = dataclasses.replace(WHOLE, chosen_on=CHOSEN_ON)


def write(path, rows):
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def arrays(**of_variant):
    a = [x.probabilities[0] for x in lanes(WHOLE, SEEDS, side=1, epochs=1)]
    b = [x.probabilities[0] for x in lanes(WHOLE, SEEDS, side=2, epochs=1, **of_variant)]
    return np.stack(a).astype(float), np.stack(b).astype(float)


def fitted_lane(lane, texts=TEXTS):
    return crossfit(lane, texts, halves(texts, seed=0, pair=0))


def test_ranks_are_those_of_the_whole_test_part_as_in_scikit_learn():
    lane = lanes(WHOLE, 1, epochs=1)[0]
    fitted, test = fitted_lane(lane), scored_part(TEXTS)
    assert len(test.labels) == (~CHOSEN_ON).sum()
    outputs = lane.probabilities[0, ~CHOSEN_ON]
    assert score("roc_auc", fitted, test) == pytest.approx(
        sklearn_metrics.roc_auc_score(test.labels, outputs)
    )
    assert score("average_precision", fitted, test) == pytest.approx(
        sklearn_metrics.average_precision_score(test.labels, outputs)
    )
    assert score("accuracy", fitted, test) == pytest.approx(
        sklearn_metrics.accuracy_score(test.labels, outputs > 0.5)
    )
    values = influence("roc_auc", fitted, test)
    assert values.mean() == pytest.approx(score("roc_auc", fitted, test))


def test_the_test_part_has_no_say_in_epoch_and_threshold():
    """Turned round on the test part, every choice is as before."""
    lane = lanes(WHOLE, 1, epochs=5)[0]
    turned = lane.probabilities.copy()
    turned[:, ~CHOSEN_ON] = turned[::-1][:, ~CHOSEN_ON]
    other = dataclasses.replace(lane, probabilities=turned)
    one, two = fitted_lane(lane), fitted_lane(other)
    assert one.epochs == two.epochs
    assert len(one.epochs) == 1

    def cut(fitted):
        marked = fitted.calibrated[fitted.predicted == 1]
        return marked.min()

    assert cut(one) == pytest.approx(cut(two), abs=0.02)


def test_validation_texts_that_are_also_test_texts_do_not_choose():
    groups = np.arange(ROWS)
    test_row, chosen_row = np.flatnonzero(~CHOSEN_ON)[0], np.flatnonzero(CHOSEN_ON)[0]
    groups[chosen_row] = groups[test_row]
    texts = dataclasses.replace(TEXTS, groups=groups)
    ((choose, scored),) = choosing(texts, np.zeros(ROWS, dtype=bool))
    assert not choose[chosen_row]
    assert choose.sum() == CHOSEN_ON.sum() - 1
    assert np.array_equal(scored, ~CHOSEN_ON)


def test_a_fixed_part_of_rank_metrics_is_widened_once_and_not_twice():
    """n / (n - 1) of a part computed whole, where halves give n / (n - 2)."""
    random = np.random.default_rng(0)
    test = scored_part(TEXTS)
    values = random.normal(size=(6, len(test.labels)))
    n = test.labels.sum()
    fixed = crossed(values, test, "roc_auc")
    in_turns = crossed(values, dataclasses.replace(test, chosen_on=None), "roc_auc")
    assert (fixed.texts + fixed.both) * (n - 1) == pytest.approx(
        (in_turns.texts + in_turns.both) * (n - 2)
    )


def test_a_comparison_on_a_fixed_part_counts_its_texts_only():
    a, b = lanes(WHOLE, SEEDS, side=1), lanes(WHOLE, SEEDS, side=2, gain=-0.9)
    b[1] = dataclasses.replace(b[1], failed="loss is nan in epoch 1")
    b[2] = dataclasses.replace(b[2], probabilities=b[2].probabilities[:0])
    plan = declare(TEXTS)
    made = compare(BASELINE, VARIANT, a, b, held_out=TEXTS, plan=plan, claim=None)
    assert made.verdict == "worse"
    assert made.difference is not None
    assert len(made.runs[0].epochs_chosen) == 1
    running = running_difference(a, b, held_out=TEXTS, plan=plan)
    assert running == pytest.approx(made.difference.estimate)
    assert plan.texts == declare(TEXTS).texts


def test_curves_show_the_texts_to_choose_on_and_the_ladder_names_the_test_part():
    """What is scored is looked at once, so no curve may show it epoch by epoch."""
    a, b = lanes(WHOLE, SEEDS, side=1), lanes(WHOLE, SEEDS, side=2)
    plan = declare(TEXTS)
    made = compare(BASELINE, VARIANT, a, b, held_out=TEXTS, plan=plan, claim=None)
    there = (a[0].probabilities[:, CHOSEN_ON] > 0.5) == WHOLE.labels[CHOSEN_ON]
    assert made.runs[0].history["val_accuracy"] == pytest.approx(there.mean(1))
    views = [view.view for view in made.ladder]
    assert "accuracy, test, best epoch" in views
    assert not any("validation" in view for view in views)


def test_the_kind_of_epoch_choice_follows_from_the_scored_texts():
    """Even classes on the test part alone: the headline there is accuracy."""
    labels = np.r_[np.arange(300) < 60, np.arange(300) % 2].astype(int)
    chosen_on = np.arange(600) < 300
    texts = HeldOut(
        labels=labels, class_names=("a", "b"), groups=np.arange(600), chosen_on=chosen_on
    )
    one_sided = 0.8 + 0.1 * labels
    centred = np.where(np.arange(600) % 10 == 0, 0.7 - 0.4 * labels, 0.3 + 0.4 * labels)
    lane = Lane(pair=0, seed=0, history={}, probabilities=np.stack([one_sided, centred]))
    assert crossfit(lane, texts, halves(texts, seed=0, pair=0)).epochs == (1,)


def test_arrays_say_which_texts_are_for_validation():
    a, b = arrays(gain=-0.9)
    got = compare_predictions(a, b, WHOLE.labels, validation=CHOSEN_ON, metric="roc_auc")
    area = [
        sklearn_metrics.roc_auc_score(WHOLE.labels[~CHOSEN_ON], row[~CHOSEN_ON])
        for row in a
    ]
    assert got.metrics["baseline"]["roc_auc"] == pytest.approx(np.mean(area))
    assert got.verdict == "worse"
    for wrong in (np.ones(ROWS, bool), np.zeros(ROWS, bool)):
        with pytest.raises(InputError, match="texts to choose on"):
            compare_predictions(a, b, WHOLE.labels, validation=wrong)
    with pytest.raises(InputError, match="`validation` must say one thing of each"):
        compare_predictions(a, b, WHOLE.labels, validation=CHOSEN_ON[:5])


def test_a_column_split_says_so_in_a_file(tmp_path):
    a, b = arrays()
    parts = np.where(CHOSEN_ON, "validation", "test")
    truth = [["label", "split"], *zip(WHOLE.labels, parts, strict=True)]
    labels = write(tmp_path / "labels.csv", truth)
    header = [f"seed {s}" for s in range(SEEDS)]
    sides = [
        write(tmp_path / f"{name}.csv", [header, *x.T]) for name, x in (("a", a), ("b", b))
    ]
    expected = compare_predictions(a, b, WHOLE.labels, validation=CHOSEN_ON)
    assert compare_predictions(*sides, labels) == expected
    strange = write(tmp_path / "strange.csv", [truth[0], (0, "train"), *truth[2:]])
    with pytest.raises(
        InputError, match=r"must say validation or test\. Received: 'train'"
    ):
        compare_predictions(*sides, strange)


def test_predicted_numbers_are_compared_as_such(tmp_path):
    random = np.random.default_rng(0)
    truth = random.normal(10, 3, 301)
    a = truth + random.normal(0, 2, (6, 301))
    b = truth + random.normal(0, 1, (6, 301))
    got = compare_predictions(a, b, truth)
    assert (got.metric, got.verdict) == ("r2", "better")
    expected = np.mean([sklearn_metrics.r2_score(truth, row) for row in a])
    assert got.metrics["baseline"]["r2"] == pytest.approx(expected)
    whole = np.round(truth)
    assert compare_predictions(a, b, whole, metric="mae").metric == "mae"
    labels = write(tmp_path / "y.csv", [["label"], *([y] for y in truth)])
    sides = [
        write(tmp_path / f"{name}.csv", [list(range(6)), *x.T])
        for name, x in (("a", a), ("b", b))
    ]
    assert compare_predictions(*sides, labels) == got
    with pytest.raises(InputError, match=r"labels that are numbers\. Received: 'cat'"):
        compare_predictions(a[:, :2], b[:, :2], ["cat", "1"], metric="mae")
    with pytest.raises(InputError, match="must be numbers, as the labels are"):
        compare_predictions(a.astype(str), b, truth)
    lost = a.copy()
    lost[0] = np.nan
    failed = compare_predictions(lost, b, truth)
    assert failed.runs[0].failed == "its predictions are not finite"


def test_sets_of_labels_are_compared_as_such():
    random = np.random.default_rng(0)
    truth = (random.random((301, 3)) < 0.3).astype(int)
    z = 2 * truth + random.normal(size=(2, 6, 301, 3))
    z[1] += truth
    a, b = 1 / (1 + np.exp(1 - z))
    got = compare_predictions(a, b, truth)
    assert (got.metric, got.verdict) == ("macro_f1", "better")
    with pytest.raises(InputError, match="a probability of each of 3 labels"):
        compare_predictions(a[:, :, 0], b, truth)
    with pytest.raises(InputError, match="must lie between 0 and 1"):
        compare_predictions(a + 1, b, truth)


def test_numbers_and_sets_have_fixed_parts_too():
    """Everything is scored on the test part alone, as scikit-learn scores it."""
    random = np.random.default_rng(0)
    aside = np.arange(301) % 3 == 0
    truth = random.normal(10, 3, 301)
    a = truth + random.normal(0, 2, (6, 301))
    got = compare_predictions(a, a + 0.1, truth, validation=aside)
    expected = [sklearn_metrics.r2_score(truth[~aside], row[~aside]) for row in a]
    assert got.metrics["baseline"]["r2"] == pytest.approx(np.mean(expected))
    labels = (random.random((301, 3)) < (0.0, 0.4, 0.3)).astype(int)
    # Twenty texts of the first label in all, and 13 among those that are scored.
    labels[:20, 0] = 1
    assert labels[~aside, 0].sum() == 13
    z = 2 * labels + random.normal(size=(6, 301, 3))
    outputs = 1 / (1 + np.exp(1 - z))
    sets = compare_predictions(outputs, outputs / 2, labels, validation=aside)
    area = [sklearn_metrics.roc_auc_score(labels[~aside, 1:], row[~aside, 1:]) for row in z]
    assert sets.metrics["baseline"]["roc_auc"] == pytest.approx(np.mean(area))
    made = [
        Lane(pair=k, seed=k, history={}, probabilities=row[None]) for k, row in enumerate(a)
    ]
    texts = HeldOut(
        labels=truth,
        class_names=(),
        groups=np.arange(301),
        kind="numbers",
        chosen_on=aside,
    )
    values = text_values(made, texts, declare(texts))
    assert values.shape == (6, (~aside).sum())
    assert values.mean(1) == pytest.approx(expected)
