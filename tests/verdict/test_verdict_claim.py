"""The claim and the plan."""

import numpy as np
import pytest
from made_lanes import BASELINE, VARIANT, held_out

from whylow.exceptions import InputError
from whylow.lanes import HeldOut
from whylow.records import Compile, Fit
from whylow.verdict import claim, declare


def fit(name="a", metrics=None, **history):
    compiled = None if metrics is None else Compile(metrics=metrics)
    return Fit(name=name, history=history, compile=compiled)


def test_the_claim_is_training_accuracy_of_the_last_common_epoch():
    made = claim(BASELINE, VARIANT, None)
    assert made is not None
    assert (made.metric, made.split, made.epoch) == ("accuracy", "train", 2)
    assert made.difference == pytest.approx(-0.01)
    shorter = VARIANT.model_copy(update={"history": {"acc": (0.7,), "loss": (0.3,)}})
    made = claim(BASELINE, shorter, None)
    assert made is not None
    assert (made.metric, made.epoch, made.variant) == ("accuracy", 1, 0.7)


def test_the_metric_that_the_script_compiled_first_is_claimed():
    a = fit(metrics=("auc", "acc"), loss=(0.2,), acc=(0.9,), auc_3=(0.8,))
    b = fit(metrics=("auc", "acc"), loss=(0.2,), acc=(0.8,), auc_4=(0.9,))
    made = claim(a, b, None)
    assert made is not None
    assert made.metric == "auc"
    assert made.difference == pytest.approx(0.1)


def test_without_metrics_the_loss_is_claimed_and_never_the_learning_rate():
    made = claim(fit(lr=(0.1,), loss=(0.3,)), fit(lr=(0.2,), loss=(0.4,)), None)
    assert made is not None
    assert made.metric == "loss"


def test_an_epoch_without_a_number_is_no_claim():
    made = claim(fit(loss=(0.3, 0.2)), fit(loss=(0.4, None)), None)
    assert made is not None
    assert made.epoch == 1
    assert claim(fit(), fit(loss=(1.0,)), None) is None


def test_a_named_claim():
    made = claim(BASELINE, VARIANT, "val_acc@1")
    assert made is not None
    assert (made.metric, made.split, made.epoch) == ("accuracy", "validation", 1)
    assert made.difference == pytest.approx(0.01)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("val_auc@1", "accuracy, loss, val_accuracy. Received: 'val_auc'"),
        ("accuracy@3", "from 1 to 2, as in 'accuracy@2'. Received: '3'"),
        ("accuracy@last", "Received: 'last'"),
    ],
)
def test_a_claim_that_is_in_no_history(spec, message):
    with pytest.raises(InputError, match=message.replace(".", r"\.")):
        claim(BASELINE, VARIANT, spec)


@pytest.mark.parametrize(
    ("share", "metric"),
    [
        (0.099, "average_precision"),
        (0.101, "macro_f1"),
        (0.399, "macro_f1"),
        (0.401, "accuracy"),
        (0.599, "accuracy"),
        (0.901, "average_precision"),
    ],
)
def test_the_headline_follows_the_shares_of_the_classes(share, metric):
    assert declare(held_out(rows=1000, share=share)).metric == metric


def test_more_classes_get_accuracy_or_macro_f1():
    assert declare(held_out(classes=5)).metric == "accuracy"
    labels = np.array([0] * 61 + [1] * 30 + [2] * 9)
    uneven = HeldOut(labels=labels, class_names=("a", "b", "c"), groups=np.arange(100))
    assert declare(uneven).metric == "macro_f1"


def test_a_named_metric_and_difference_are_kept():
    plan = declare(held_out(), metric="ROC-AUC", smallest=0.005, max_pairs=12, seed=3)
    assert (plan.metric, plan.smallest_meaningful_difference) == ("roc_auc", 0.005)
    assert (plan.max_pairs, plan.seed) == (12, 3)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"metric": "acuracy"},
            r"accuracy, average_precision.*roc_auc\. Received: 'acuracy'",
        ),
        ({"smallest": 0.0}, "above 0.*Received: 0.0"),
        ({"smallest": float("nan")}, "above 0"),
        ({"max_pairs": 0}, "at least 1. Received: 0"),
    ],
)
def test_a_plan_that_cannot_be(arguments, message):
    with pytest.raises(InputError, match=message):
        declare(held_out(), **arguments)


def test_labels_of_one_class_are_refused():
    texts = HeldOut(labels=np.ones(7, int), class_names=("no", "yes"), groups=np.arange(7))
    with pytest.raises(
        InputError, match=r"at least two classes.*7 labels, all of class 'yes'"
    ):
        declare(texts)


def test_metrics_for_two_classes_are_refused_with_more():
    with pytest.raises(
        InputError, match="'f1' is not defined for 5 classes; use one of accuracy"
    ):
        declare(held_out(classes=5), metric="f1")
