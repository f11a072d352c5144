"""Several labels a text."""

import dataclasses

import numpy as np
import pytest
from made_lanes import BASELINE, VARIANT
from sklearn import metrics as sklearn_metrics

from whylow.exceptions import InputError
from whylow.lanes import HeldOut, Lane
from whylow.records import Comparison
from whylow.verdict import compare, declare, majority_class
from whylow.verdict._crossfit import crossfit
from whylow.verdict._halves import halves, strata
from whylow.verdict._influence import influence
from whylow.verdict._scores import score

ROWS, SHARES = 601, (0.4, 0.15, 0.06)


def texts_of(shares=SHARES, seed=0):
    random = np.random.default_rng([seed, 1])
    labels = (random.random((ROWS, len(shares))) < shares).astype(np.int64)
    names = tuple(f"label {k}" for k in range(len(shares)))
    return HeldOut(labels=labels, class_names=names, groups=np.arange(ROWS), kind="sets")


def lanes(texts, pairs=6, *, gain=0.0, side=1, epochs=2):
    made = []
    for pair in range(pairs):
        random = np.random.default_rng([3, side, pair])
        z = (2.0 + gain) * (texts.labels - 0.5) + random.normal(
            0, 1, (epochs, *texts.labels.shape)
        )
        made.append(
            Lane(pair=pair, seed=pair, history={}, probabilities=1 / (1 + np.exp(-z)))
        )
    return made


TEXTS = texts_of()


def studied(a, b, texts=TEXTS, **options):
    plan = declare(texts, **options)
    return compare(BASELINE, VARIANT, a, b, held_out=texts, plan=plan, claim=None)


def test_scores_are_means_over_labels_as_in_scikit_learn():
    lane = lanes(TEXTS, 1, epochs=1)[0]
    half = np.zeros(ROWS, dtype=bool)
    fitted = crossfit(lane, TEXTS, halves(TEXTS, seed=0, pair=0))
    # Ranks are of each half; a made half of everything gives those of all texts.
    labels = tuple((k, dataclasses.replace(one, half=half)) for k, one in fitted.labels)
    whole = dataclasses.replace(fitted, half=half, labels=labels)
    outputs = lane.probabilities[0]
    assert score("roc_auc", whole, TEXTS) == pytest.approx(
        sklearn_metrics.roc_auc_score(TEXTS.labels, outputs, average="macro")
    )
    rare = TEXTS.labels.copy()
    assert score("average_precision", whole, TEXTS) == pytest.approx(
        sklearn_metrics.average_precision_score(rare, outputs, average="macro")
    )
    assert score("accuracy", fitted, TEXTS) == pytest.approx(
        ((outputs > 0.5) == TEXTS.labels).mean()
    )
    assert score("macro_f1", fitted, TEXTS) == pytest.approx(
        sklearn_metrics.f1_score(TEXTS.labels, fitted.predicted, average="macro")
    )


@pytest.mark.parametrize("metric", ["accuracy", "average_precision", "macro_f1", "roc_auc"])
def test_influence_values_have_the_score_as_their_mean(metric):
    lane = lanes(TEXTS, 1)[0]
    fitted = crossfit(lane, TEXTS, halves(TEXTS, seed=0, pair=0))
    values = influence(metric, fitted, TEXTS)
    assert values.shape == (ROWS,)
    assert values.mean() == pytest.approx(score(metric, fitted, TEXTS))


def test_a_clear_gain_is_better_and_oneself_no_different():
    a, b = lanes(TEXTS, side=1), lanes(TEXTS, side=2, gain=1.0)
    made = studied(a, b)
    assert made.metric == "macro_f1"
    assert made.verdict == "better"
    assert Comparison.model_validate_json(made.model_dump_json()) == made
    assert studied(a, a).verdict == "no-meaningful-difference"
    rare = texts_of((0.05, 0.06, 0.4))
    assert declare(rare).metric == "average_precision"


def test_labels_with_fewer_than_15_texts_are_left_out():
    few = TEXTS.labels.copy()
    few[:, 2] = 0
    few[:14, 2] = 1
    texts = dataclasses.replace(TEXTS, labels=few)
    fitted = crossfit(lanes(texts, 1)[0], texts, halves(texts, seed=0, pair=0))
    assert [number for number, _ in fitted.labels] == [0, 1]
    none = dataclasses.replace(TEXTS, labels=few[:, 2:], class_names=("rare",))
    made = studied(lanes(none, side=1), lanes(none, side=2), none)
    assert made.sentence.startswith("Cannot tell: only 0 held-out texts are of any label")
    with pytest.raises(InputError, match="At least one label must be given to some"):
        declare(dataclasses.replace(TEXTS, labels=np.zeros_like(few)))


def test_a_few_texts_of_a_label_are_warned_of():
    few = TEXTS.labels.copy()
    few[:, 2] = 0
    few[:20, 2] = 1
    texts = dataclasses.replace(TEXTS, labels=few)
    made = studied(lanes(texts, side=1), lanes(texts, side=2), texts)
    assert "Only 20 held-out texts are of label 'label 2'" in made.remarks[0]


def test_a_failed_lane_counts_as_the_share_of_each_label():
    a, b = lanes(TEXTS, side=1), lanes(TEXTS, side=2)
    b[0] = dataclasses.replace(b[0], failed="loss is nan in epoch 1")
    made = studied(a, b, metric="roc_auc")
    assert next(run for run in made.runs if run.failed).score == 0.5
    assert majority_class(TEXTS).metrics["roc_auc"] == 0.5


def test_halves_share_out_the_rarest_label():
    half = halves(TEXTS, seed=0, pair=0)
    rare = TEXTS.labels[:, 2] > 0
    assert (strata(TEXTS)[rare] == 2).all()
    assert abs(half[rare].sum() - (~half[rare]).sum()) <= 1
