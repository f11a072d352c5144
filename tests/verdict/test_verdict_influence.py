"""Influence values against the delete-one jackknife, and the crossed interval by hand."""

import dataclasses

import numpy as np
import pytest
from made_lanes import held_out, lanes

from whylow.lanes import HeldOut
from whylow.verdict import _scores
from whylow.verdict._crossed import crossed
from whylow.verdict._crossfit import crossfit
from whylow.verdict._halves import halves
from whylow.verdict._influence import area_influence, influence, precision_influence
from whylow.verdict._metrics import rank_scores
from whylow.verdict._scores import score

MANY = ("accuracy", "balanced_accuracy", "log_loss", "macro_f1", "mcc", "roc_auc")
BINARY = (*MANY, "average_precision", "f1")


def without(fitted, texts, row):
    """The same predictions with one text left out."""
    keep = np.arange(len(texts.labels)) != row
    fewer = HeldOut(
        labels=texts.labels[keep], class_names=texts.class_names, groups=texts.groups[keep]
    )
    kept = {
        field.name: getattr(fitted, field.name)[keep]
        for field in dataclasses.fields(fitted)
        if isinstance(getattr(fitted, field.name), np.ndarray)
    }
    return dataclasses.replace(fitted, **kept), fewer


@pytest.mark.parametrize(
    ("classes", "metric"), [(2, m) for m in BINARY] + [(5, m) for m in MANY]
)
def test_influence_values_agree_with_the_delete_one_jackknife(classes, metric):
    texts = held_out(rows=601, share=0.2, classes=classes)
    lane = lanes(texts, pairs=1)[0]
    # Rounded, so that there are ties.
    lane = dataclasses.replace(lane, probabilities=np.round(lane.probabilities, 2))
    fitted = crossfit(lane, texts, halves(texts, seed=0, pair=0))
    value = score(metric, fitted, texts)
    ours = influence(metric, fitted, texts)
    assert ours.mean() == pytest.approx(value)
    rows = np.r_[0:600:7]
    deleted = np.array([score(metric, *without(fitted, texts, row)) for row in rows])
    jackknife = value + (601 - 1) * (value - deleted)
    assert np.abs(ours[rows] - jackknife).max() < 0.04 * np.abs(ours).max()
    assert np.corrcoef(ours[rows], jackknife)[0, 1] > 0.999


@pytest.mark.parametrize("metric", ["average_precision", "roc_auc"])
def test_halves_of_unequal_size_weigh_the_same(metric):
    """A text of the smaller half, here a quarter, carries more of the average of both."""
    texts = held_out(rows=602, share=0.3)
    half = np.arange(602) % 4 == 0
    fitted = crossfit(lanes(texts, pairs=1)[0], texts, half)
    value = score(metric, fitted, texts)
    ours = influence(metric, fitted, texts)
    rows = np.r_[0:600:7]
    deleted = np.array([score(metric, *without(fitted, texts, row)) for row in rows])
    jackknife = value + (602 - 1) * (value - deleted)
    assert np.abs(ours[rows] - jackknife).max() < 0.04 * np.abs(ours).max()


@pytest.mark.parametrize("levels", [3, 1000])
def test_rank_influence_values_center_on_the_score_of_the_metric(levels):
    random = np.random.default_rng(levels)
    labels = random.random(307) < 0.1
    scores = random.integers(0, levels, 307) / levels
    precision, area = rank_scores(labels, scores)
    for (value, around), expected in (
        (precision_influence(labels, scores), precision),
        (area_influence(labels, scores), area),
    ):
        assert value == pytest.approx(expected)
        assert around.mean() == pytest.approx(0, abs=1e-9)


def test_a_half_without_a_class_has_no_rank_influence():
    texts = held_out(rows=40, share=0.02)
    assert texts.labels.sum() == 1
    lane = lanes(texts, pairs=1)[0]
    fitted = crossfit(lane, texts, halves(texts, seed=0, pair=0))
    assert np.isnan(influence("roc_auc", fitted, texts)).all()
    assert np.isnan(_scores.score("roc_auc", fitted, texts))


def texts_of(labels, groups=None):
    labels = np.asarray(labels)
    names = tuple(str(k) for k in range(labels.max() + 1))
    return HeldOut(
        labels=labels,
        class_names=names,
        groups=np.arange(len(labels)) if groups is None else np.asarray(groups),
    )


def test_the_crossed_variance_of_a_table_worked_by_hand():
    """Two pairs, four texts; d = [[1, 0, 0, 1], [0, 0, -1, 1]], grand mean 1/4.

    Pair means 1/2 and 0: MS_seeds = 4 (1/16 + 1/16) / 1 = 1/2.
    Text means 1/2, 0, -1/2, 1: sum of squares about 1/4 is (1 + 1 + 9 + 9)/16 = 5/4, so
    MS_texts = 2 * 5/4 / 3 = 5/6, widened by n/(n - h) = 2/1 to 5/3.
    The rest is +1/4 or -1/4 in every cell: MS_both = 8/16 / 3 = 1/6.
    Variance = (1/2 + 5/3 - 1/6) / 8 = 1/4.
    """
    made = crossed(
        np.array([[1.0, 0, 0, 1], [0, 0, -1, 1]]), texts_of([0, 1, 0, 1]), "accuracy"
    )
    assert made.mean == pytest.approx(1 / 4)
    assert made.variance == pytest.approx(1 / 4)
    assert made.seeds == pytest.approx((1 / 2 - 1 / 6) / 8)
    assert made.texts == pytest.approx((5 / 3 - 1 / 6) / 8)
    assert made.both == pytest.approx(1 / 48)
    terms = (1 / 16) ** 2 / 1 + (5 / 24) ** 2 / 1 + (1 / 48) ** 2 / 3
    assert made.degrees == pytest.approx(max(1 / 16 / terms, 1))


def test_degrees_of_freedom_never_fall_below_those_of_the_pairs():
    random = np.random.default_rng(4)
    texts = texts_of(np.arange(40) % 2)
    found = [crossed(random.normal(size=(6, 40)), texts, "accuracy") for _ in range(100)]
    assert min(made.degrees for made in found) == 5.0
    assert max(made.degrees for made in found) > 5.0


def test_a_variance_below_zero_gives_way_to_the_larger_mean_square():
    """Text means are all 0 and pair means nearly, so that the rest is more than both."""
    values = np.tile([[1.0, -1.0], [-1.0, 1.0]], (1, 10))
    values[0] += 0.1
    made = crossed(values, texts_of(np.arange(20) % 2), "accuracy")
    seeds = 20 * (0.05**2 + 0.05**2) / 1
    assert made.variance == pytest.approx(seeds / 40)


def test_equal_texts_count_as_one():
    random = np.random.default_rng(0)
    values = random.normal(0, 1, (6, 100))
    labels = random.integers(0, 2, 100)
    once = crossed(values, texts_of(labels), "accuracy")
    twice = crossed(
        np.tile(values, 3),
        texts_of(np.tile(labels, 3), np.tile(np.arange(100), 3)),
        "accuracy",
    )
    assert twice.mean == pytest.approx(once.mean)
    assert twice.variance == pytest.approx(once.variance)
    assert twice.degrees == pytest.approx(once.degrees)


def test_a_rare_class_widens_the_text_part():
    random = np.random.default_rng(1)
    values = random.normal(0, 1, (6, 1000)) + 3 * random.normal(0, 1, 1000)
    labels = np.arange(1000) < 20
    rare = crossed(values, texts_of(labels.astype(int)), "average_precision")
    even = crossed(values, texts_of(np.arange(1000) % 2), "average_precision")
    raw = even.texts + even.both
    assert (rare.texts + rare.both) / raw == pytest.approx(
        (20 / 18) / (500 / 498), rel=1e-6
    )
    assert rare.degrees < even.degrees


def test_identical_sides_leave_no_doubt():
    made = crossed(np.zeros((6, 50)), texts_of(np.arange(50) % 2), "accuracy")
    assert made.reach(0.95) == 0.0


def test_many_classes_are_widened_class_by_class():
    random = np.random.default_rng(2)
    values = random.normal(0, 1, (6, 1000))
    seven = np.arange(1000) % 7
    made = crossed(values, texts_of(seven), "accuracy")
    rarest = seven.copy()
    rarest[rarest == 6] = 0
    rarest[:2] = 6
    one_rare = crossed(values, texts_of(rarest), "accuracy")
    assert made.degrees < 1000
    # Two texts of one class matter for their own small share only.
    assert one_rare.variance < 1.1 * made.variance


def test_more_pairs_help_until_the_texts_are_what_is_left():
    random = np.random.default_rng(3)
    values = random.normal(0, 1, (6, 400)) + random.normal(0, 1, 400)
    made = crossed(values, texts_of(np.arange(400) % 2), "accuracy")
    reach = [made.reach_with(pairs, 0.95) for pairs in (6, 12, 24, 1000, np.inf)]
    assert reach == sorted(reach, reverse=True)
    assert reach[0] == pytest.approx(made.reach(0.95), rel=0.05)
    assert reach[-2] == pytest.approx(reach[-1], rel=0.05)
    assert reach[-1] > 0.5 * reach[0]


def multi_bootstrap(lanes_of_both, texts, metric, rounds, random):
    """The two-way bootstrap of Sellam et al. 2022 (arXiv:2106.16163), section 3.

    Draws seeds and texts with replacement, the same of both for either side, and computes
    the metric anew. Nothing is shared with the influence values. Each class keeps its
    number of texts, as halves without one could not be scored.
    """
    pairs, rows = len(lanes_of_both), len(texts.labels)
    half = lanes_of_both[0][0].half
    strata = [
        np.flatnonzero((texts.labels == label) & (half == side))
        for label in (0, 1)
        for side in (False, True)
    ]
    found = []
    for _ in range(rounds):
        drawn = np.concatenate([random.choice(stratum, len(stratum)) for stratum in strata])
        assert len(drawn) == rows
        some = HeldOut(
            labels=texts.labels[drawn],
            class_names=texts.class_names,
            groups=np.arange(rows),
        )
        gaps = []
        for pair in random.integers(0, pairs, pairs):
            a, b = (
                dataclasses.replace(
                    x,
                    half=x.half[drawn],
                    probabilities=x.probabilities[drawn],
                    predicted=x.predicted[drawn],
                )
                for x in lanes_of_both[pair]
            )
            gaps.append(score(metric, b, some) - score(metric, a, some))
        found.append(np.mean(gaps))
    return float(np.std(found))


@pytest.mark.parametrize("metric", ["average_precision", "macro_f1", "roc_auc"])
def test_the_crossed_error_agrees_with_a_two_way_bootstrap(metric):
    """The bootstrap counts luck of one seed with one text twice, so it is the wider one."""
    texts = held_out(rows=800, share=0.15)
    half = halves(texts, seed=0, pair=0)
    pairs = [
        [crossfit(x, texts, half) for x in both]
        for both in zip(
            lanes(texts, 12, own=0.8, epochs=1, run=0.1, side=1),
            lanes(texts, 12, own=0.8, epochs=1, run=0.1, side=2),
            strict=True,
        )
    ]
    values = np.stack(
        [influence(metric, b, texts) - influence(metric, a, texts) for a, b in pairs]
    )
    ours = np.sqrt(crossed(values, texts, metric).variance)
    theirs = multi_bootstrap(pairs, texts, metric, 200, np.random.default_rng(0))
    assert 0.95 < theirs / ours < 1.35
