"""Our metrics against scikit-learn's."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as reference
from sklearn.linear_model import LogisticRegression

from whylow.verdict import _calibration, _metrics


@given(st.integers(0, 10_000), st.integers(2, 60), st.integers(1, 12))
@settings(max_examples=100, deadline=None)
def test_rank_metrics_agree_with_scikit_learn_with_ties(seed, rows, levels):
    random = np.random.default_rng(seed)
    labels = random.integers(0, 2, rows)
    labels[:2] = 0, 1
    scores = random.integers(0, levels, rows) / levels
    ours = _metrics.rank_scores(labels, scores)
    assert ours[0] == pytest.approx(reference.average_precision_score(labels, scores))
    assert ours[1] == pytest.approx(reference.roc_auc_score(labels, scores))


def test_rank_metrics_of_one_class_are_unknown():
    assert np.isnan(_metrics.rank_scores(np.zeros(3, int), np.arange(3.0))).all()


@pytest.mark.parametrize("classes", [2, 5])
@pytest.mark.parametrize("constant", [False, True])
def test_metrics_of_decisions_agree_with_scikit_learn(classes, constant):
    random = np.random.default_rng(classes)
    labels = random.integers(0, classes, 211)
    predicted = np.zeros(211, int) if constant else random.integers(0, classes, 211)
    table = _metrics.confusion(labels, predicted, classes)
    expected = {
        "accuracy": reference.accuracy_score(labels, predicted),
        "balanced_accuracy": reference.balanced_accuracy_score(labels, predicted),
        "macro_f1": reference.f1_score(labels, predicted, average="macro"),
        "mcc": reference.matthews_corrcoef(labels, predicted),
    }
    if classes == 2:
        expected["f1"] = reference.f1_score(labels, predicted)
        expected["recall"] = reference.recall_score(labels, predicted)
        expected["precision"] = reference.precision_score(
            labels, predicted, zero_division=0
        )
    for name, value in expected.items():
        assert _metrics.from_confusion(name, table) == pytest.approx(value), name


def test_one_against_rest_agrees_with_scikit_learn():
    random = np.random.default_rng(3)
    labels = random.integers(0, 5, 211)
    probabilities = random.dirichlet(np.ones(5), 211)
    expected = reference.roc_auc_score(labels, probabilities, multi_class="ovr")
    assert _metrics.one_against_rest(labels, probabilities) == pytest.approx(expected)


@pytest.mark.parametrize("classes", [2, 5])
def test_log_loss_agrees_with_scikit_learn(classes):
    random = np.random.default_rng(4)
    labels = random.integers(0, classes, 211)
    probabilities = random.dirichlet(np.ones(classes), 211)
    ours = _metrics.log_losses(
        labels, probabilities[:, 1] if classes == 2 else probabilities
    )
    assert ours.mean() == pytest.approx(reference.log_loss(labels, probabilities))


def test_a_certain_mistake_costs_a_finite_loss():
    assert np.isfinite(_metrics.log_losses(np.array([1, 0]), np.array([0.0, 1.0]))).all()


def test_platt_agrees_with_a_logistic_regression_on_smoothed_targets():
    """Smoothed targets are two weighted copies of each text, one of either label."""
    random = np.random.default_rng(5)
    labels = (random.random(400) < 0.2).astype(int)
    scores = 3 * labels + random.normal(0, 2, 400) - 4
    slope, base = _calibration.platt(labels, scores)
    up, down = (labels.sum() + 1) / (labels.sum() + 2), 1 / ((1 - labels).sum() + 2)
    target = np.where(labels == 1, up, down)
    model = LogisticRegression(C=np.inf, tol=1e-8, max_iter=1000)
    model.fit(
        np.r_[scores, scores][:, None],
        np.r_[np.ones(400), np.zeros(400)],
        sample_weight=np.r_[target, 1 - target],
    )
    assert slope == pytest.approx(model.coef_[0, 0], rel=1e-3)
    assert base == pytest.approx(model.intercept_[0], rel=1e-3)


def test_platt_stays_finite_where_classes_are_apart_and_flat_where_ranks_are_reversed():
    labels = np.array([0] * 7 + [1] * 5)
    slope, base = _calibration.platt(labels, np.where(labels == 1, 16.0, -16.0))
    assert 0 < slope < 10
    assert np.isfinite(base)
    slope, base = _calibration.platt(labels, np.where(labels == 1, -1.0, 1.0))
    assert slope == 0
    assert _calibration.sigmoid(np.array(base)) == pytest.approx(5 / 12, abs=0.05)


@pytest.mark.parametrize("digits", [1, 9])
@pytest.mark.parametrize("seed", range(20))
def test_the_tuned_cut_is_the_best_of_all_cuts_of_the_expected_macro_f1(seed, digits):
    random = np.random.default_rng(seed)
    q = np.round(random.beta(0.5, 3, 11), digits)
    cut = _calibration.tuned_cut(q)

    def expected_macro_f1(at):
        marked = q > at
        hits, missed = q[marked].sum(), (1 - q[~marked]).sum()
        positive = 2 * hits / (marked.sum() + q.sum())
        return positive / 2 + missed / ((~marked).sum() + (1 - q).sum())

    best = max(expected_macro_f1(at) for at in [-1.0, *q])
    assert expected_macro_f1(cut) == pytest.approx(best)


def test_equal_probabilities_are_not_parted_by_the_cut():
    """All texts at 0.06: expected macro-F1 is best where all are called negative."""
    cut = _calibration.tuned_cut(np.full(50, 0.06))
    assert not (np.full(50, 0.06) > cut).any()


def test_temperature_undoes_overconfidence():
    random = np.random.default_rng(7)
    true = random.dirichlet(np.ones(3), 4000)
    labels = (true.cumsum(1) < random.random((4000, 1))).sum(1)
    sharp = true**2 / (true**2).sum(1, keepdims=True)
    factor = _calibration.temperature(labels, sharp)
    assert factor == pytest.approx(0.5, abs=0.04)
    assert _calibration.tempered(sharp, 0.5) == pytest.approx(true, abs=1e-3)
