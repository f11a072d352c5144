"""Effects, Shapley contrasts, Holm and roles, against values worked by hand."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whylow.causes._effects import (
    effect,
    holm,
    interactions,
    role_of,
    shapley,
    what_would_decide,
)
from whylow.lanes import HeldOut
from whylow.verdict import Plan

PLAN = Plan(metric="accuracy")
FACTORS = ["a", "b", "c"]


def held_out(texts=200):
    return HeldOut(
        labels=np.arange(texts) % 2, class_names=("0", "1"), groups=np.arange(texts)
    )


def cells(value, pairs=3, texts=5):
    """Cells whose every entry is the value of the set of factors undone."""
    return {
        frozenset(some): np.full((pairs, texts), float(value(frozenset(some))))
        for size in range(len(FACTORS) + 1)
        for some in itertools.combinations(FACTORS, size)
    }


def made(mean, spread=0.02, pairs=12, texts=200, seed=0):
    random = np.random.default_rng(seed)
    values = random.normal(0, spread, (pairs, texts))
    return values - values.mean() + mean


def test_shapley_shares_an_interaction_equally():
    """a gives 4, b gives 1, c nothing, and a with b 2 beyond: 4 + 1, 1 + 1, 0."""
    table = cells(lambda s: 4 * ("a" in s) + ("b" in s) + 2 * ({"a", "b"} <= s))
    found = shapley(table, FACTORS)
    beyond = interactions(table, FACTORS)

    assert {name: values[0, 0] for name, values in found.items()} == pytest.approx(
        {"a": 5.0, "b": 2.0, "c": 0.0}
    )
    assert beyond["a", "b"][0, 0] == pytest.approx(2.0)
    assert beyond["a", "c"][0, 0] == pytest.approx(0.0)


@settings(deadline=None)
@given(st.lists(st.floats(-1, 1), min_size=8, max_size=8))
def test_the_parts_and_the_remainder_add_up_to_the_difference(values):
    """In every pair and text: difference + all effects = remainder."""
    names = [frozenset(s) for n in range(4) for s in itertools.combinations(FACTORS, n)]
    table = cells(dict(zip(names, values, strict=True)).__getitem__)
    parts = sum(shapley(table, FACTORS).values())

    assert table[frozenset()] + parts == pytest.approx(table[frozenset(FACTORS)])


def test_holm_counts_all_that_were_screened():
    """Of 8 screened: .004 * 8 and .006 * 7; the second is never below the first."""
    assert holm({"b": 0.006, "a": 0.004}, 8) == pytest.approx({"a": 0.032, "b": 0.042})
    assert holm({"a": 0.01, "b": 0.0101}, 8)["b"] == pytest.approx(0.08)
    assert holm({"a": 0.9}, 8) == {"a": 1.0}


def test_an_interval_is_wider_the_more_suspects_share_the_error():
    alone, shared = (effect(made(0.02), held_out(), PLAN, sharing=k) for k in (1, 8))

    assert alone.estimate == pytest.approx(0.02)
    assert alone.level == 0.95
    assert shared.level == pytest.approx(1 - 0.05 / 8)
    assert shared.low < alone.low < 0.02 < alone.high < shared.high


@pytest.mark.parametrize(
    ("mean", "spread", "p", "either_way", "role"),
    [
        (0.03, 0.02, 0.001, False, "cause"),
        (0.03, 0.02, 0.06, False, "undecided"),  # not sure enough by Holm
        (0.03, 0.02, None, False, "undecided"),  # the screen alone names nobody
        (0.001, 0.02, 1.0, False, "acquitted"),
        (0.001, 0.02, None, False, "acquitted"),  # and may acquit
        (0.005, 0.001, 0.0001, False, "acquitted"),  # sure, and too small to matter
        (0.0, 1.0, 1.0, False, "undecided"),
        (-0.03, 0.02, 0.001, False, "acquitted"),  # undoing it makes matters worse
        (-0.03, 0.02, 0.001, True, "cause"),  # it carries the gain
        (-0.03, 0.02, None, True, "undecided"),
    ],
)
def test_roles(mean, spread, p, either_way, role):
    found = effect(made(mean, spread), held_out(), PLAN)

    assert role_of(found, p, 0.01, either_way=either_way) == role


def test_three_pairs_decide_nothing():
    found = effect(made(0.001, pairs=3), held_out(), PLAN)

    assert role_of(found, 0.001, 0.01, either_way=False) == "undecided"
    assert "3 pairs are too few" in what_would_decide(found, 0.01, confirmed=True)


def test_what_would_decide_is_pairs_texts_or_fresh_seeds():
    random = np.random.default_rng(1)
    by_pair = random.normal(0, 0.05, (6, 1)) + random.normal(0, 0.01, (6, 200))
    by_text = random.normal(0, 0.5, (1, 200)) + random.normal(0, 0.01, (6, 200))
    sure = effect(made(0.03, pairs=6), held_out(), PLAN)

    assert "pairs" in what_would_decide(
        effect(by_pair, held_out(), PLAN), 0.01, confirmed=True
    )
    assert "texts" in what_would_decide(
        effect(by_text, held_out(), PLAN), 0.01, confirmed=True
    )
    assert "fresh seeds" in what_would_decide(sure, 0.01, confirmed=False)
