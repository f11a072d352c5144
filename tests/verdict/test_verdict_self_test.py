"""The study checks itself."""

import dataclasses

import numpy as np
from made_lanes import BASELINE, VARIANT, held_out, lanes

from whylow.verdict import compare, declare, same_seed_twice, self_tested
from whylow.verdict._self_test import against_itself

TEXTS = held_out()


def test_equal_lanes_pass_also_with_nan():
    lane = lanes(TEXTS, pairs=1)[0]
    broken = dataclasses.replace(lane, history={"loss": [0.1, float("nan")]})
    for each in (lane, broken):
        again = dataclasses.replace(each, probabilities=each.probabilities.copy())
        assert same_seed_twice(each, again) == {"passed": True, "differs": None}


def test_what_differs_is_named_to_the_last_bit():
    lane = lanes(TEXTS, pairs=1)[0]
    other = lane.probabilities.copy()
    other[0, 0] = np.nextafter(other[0, 0], np.float32(1))
    moved = dataclasses.replace(lane, probabilities=other)
    assert same_seed_twice(lane, moved) == {"passed": False, "differs": "the predictions"}
    history = dict(lane.history, loss=[0.2, 0.2 + 1e-16 * 2, 0.2])
    moved = dataclasses.replace(lane, history=history)
    assert same_seed_twice(lane, moved)["differs"] == "loss in epoch 2"
    moved = dataclasses.replace(lane, history=dict(lane.history, loss=[0.2]))
    assert same_seed_twice(lane, moved)["differs"] == "the number of epochs of loss"
    shorter = dataclasses.replace(lane, probabilities=lane.probabilities[:1])
    assert same_seed_twice(lane, shorter)["differs"] == "the predictions"


def test_every_comparison_holds_the_baseline_against_itself():
    a, b = lanes(TEXTS, side=1), lanes(TEXTS, side=2)
    plan = declare(TEXTS)
    made = compare(BASELINE, VARIANT, a, b, held_out=TEXTS, plan=plan, claim=None)
    itself = made.self_test["baseline_against_itself"]
    assert itself["pairs"] == 3
    assert itself["level"] == 0.999
    assert itself["low"] < 0 < itself["high"]
    assert itself["passed"] is True
    few = compare(BASELINE, VARIANT, a[:3], b[:3], held_out=TEXTS, plan=plan, claim=None)
    assert few.self_test == {}


def test_lanes_that_drift_with_their_number_fail():
    random = np.random.default_rng(0)
    values = 0.8 + 0.05 * random.normal(size=(12, len(TEXTS.labels)))
    values[1::2] += 0.05
    made = against_itself(values, TEXTS, "macro_f1")
    assert made is not None
    assert made["passed"] is False
    assert against_itself(values * np.nan, TEXTS, "macro_f1") is None


def studied(a, b):
    plan = declare(TEXTS)
    return compare(BASELINE, VARIANT, a, b, held_out=TEXTS, plan=plan, claim=None)


def first_epoch(lane):
    history = {key: values[:1] for key, values in lane.history.items()}
    return dataclasses.replace(
        lane, history=history, probabilities=lane.probabilities[:1].copy()
    )


def test_the_first_epoch_again_is_enough_to_see_that_equal_seeds_agree():
    a, b = lanes(TEXTS, side=1), lanes(TEXTS, side=2)
    every = {"plain": a, "attention": b}
    again = {name: first_epoch(own[0]) for name, own in every.items()}
    made = self_tested(studied(a, b), every, again)
    twice = made.self_test["same_seed_twice"]
    assert twice["passed"] is True
    assert twice["fits"]["attention"] == {"passed": True, "differs": None, "epochs": 1}
    assert made.remarks == ()
    assert "baseline_against_itself" in made.self_test


def test_a_leak_is_named_with_the_fit_it_is_in():
    a, b = lanes(TEXTS, side=1), lanes(TEXTS, side=2)
    every = {"plain": a, "attention": b}
    again = {"plain": first_epoch(a[0]), "attention": first_epoch(b[1])}
    made = self_tested(studied(a, b), every, again)
    twice = made.self_test["same_seed_twice"]
    assert twice["passed"] is False
    assert twice["fits"]["plain"]["passed"] is True
    assert len(made.remarks) == 1
    assert made.remarks[0].startswith(
        "`attention`, trained twice with the same seed, is not the same twice: its loss is "
        "equal and its predictions differ"
    )
    moved = dataclasses.replace(again["plain"], history={"loss": [0.3]})
    made = self_tested(studied(a, b), every, {"plain": moved})
    assert "the number of epochs of accuracy differs" in made.remarks[0]


def test_what_was_not_repeated_is_not_called_tested():
    a, b = lanes(TEXTS, side=1), lanes(TEXTS, side=2)
    made = studied(a, b)
    assert self_tested(made, {"plain": a, "attention": b}, {}) == made


def test_a_baseline_that_drifts_is_said_to_and_first():
    """Odd pairs are far better than even ones: luck of seeds does not do that."""
    a = [
        lane
        for pair in range(12)
        for lane in lanes(TEXTS, 1, gain=1.5 * (pair % 2), first=pair, side=1)
    ]
    made = studied(a, lanes(TEXTS, 12, side=2))
    assert made.self_test["baseline_against_itself"]["passed"] is False
    assert made.remarks[0].startswith("`plain` differs from itself on other seeds, by ")
