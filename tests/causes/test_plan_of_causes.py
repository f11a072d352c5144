"""Which variant is taken apart, which suspects are affordable, and when a screen ends."""

import sys
from dataclasses import replace
from pathlib import Path

import keras
import pytest
from keras import layers

sys.path.insert(0, str(Path(__file__).parents[1] / "remedies"))
from remedy_fits import dense, recorded

from whylow import engine, remedies
from whylow.capture._groups import Groups
from whylow.causes import Suspect, suspects
from whylow.records import Comparison
from whylow.study._causes import _taken_apart
from whylow.study._cells import affordable, factorial
from whylow.study._examination import Examination
from whylow.study._pairs import Compared
from whylow.study._retrained import Retrainer
from whylow.study._screening import _minutes
from whylow.verdict import declare


@pytest.fixture(scope="module")
def two():
    """A baseline and a variant of another rate and one layer more."""
    return (
        recorded(dense, optimizer=keras.optimizers.Adam(0.01)),
        recorded(
            lambda: dense(layers.Dense(3, name="middle")),
            optimizer=keras.optimizers.Adam(0.03),
        ),
    )


@pytest.fixture(scope="module")
def found(two):
    return suspects(*two, [])[0]


def named(live, name):
    return replace(live, fit=live.fit.model_copy(update={"name": name}))


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        (("cannot-tell-yet", "worse", "better"), "b"),
        (("no-meaningful-difference", "cannot-tell-yet", "better"), "c"),
        (("better", "better", None), "a"),
        ((None, None, "no-meaningful-difference"), "c"),
    ],
)
def test_the_worse_variant_is_taken_apart_then_the_better_then_the_first(
    two, verdicts, expected
):
    baseline, variant = two
    lives = tuple(named(variant, name) for name in "abc")
    compared = Compared(
        comparisons=tuple(
            Comparison(
                baseline="base",
                variant=name,
                metric="accuracy",
                smallest_meaningful_difference=0.01,
                verdict=verdict,
            )
            for name, verdict in zip("abc", verdicts, strict=True)
        )
    )
    groups = Groups((baseline, *lives), baseline, lives, ())

    assert _taken_apart(groups, compared).fit.name == expected


def test_suspects_that_the_time_does_not_bear_are_told_what_they_need(found):
    """One lane takes 2 s, six pairs of a suspect 12 s: 30 s bear two of three."""
    assert [one.remedy.name for one in found] == [
        "learning-rate-as-before", "match-parameters", "without-middle"
    ]  # fmt: skip
    recorded_once = (
        1  # the fits train for as long as they were recorded, twice their epochs
    )
    per_lane = 2.0 / found[0].variant.fit.settings.epochs * recorded_once
    chosen, too_many = affordable(found, per_lane, 6, 30.0)

    assert [one.remedy.name for one in chosen] == [one.remedy.name for one in found[:2]]
    ((last, needed),) = too_many
    assert last.remedy.name == found[2].remedy.name
    assert needed == pytest.approx(36.0)


def test_planting_takes_what_time_undoing_leaves(found):
    per_lane = 2.0 / found[0].variant.fit.settings.epochs
    enough, none = (affordable(found, per_lane, 6, left)[0] for left in (60.0, 36.0))

    assert [one.planted is not None for one in enough] == [True, False, True]
    assert [one.planted is not None for one in none] == [False, False, False]


def test_a_budget_is_told_in_minutes_that_suffice():
    assert [_minutes(seconds) for seconds in (10, 60, 100)] == ["1m", "2m", "2m"]


@pytest.fixture
def retrainer(two):
    held_out = engine.held_out_of(two[0])
    return Retrainer(held_out, engine.Clock(None), lambda _: None)


def test_a_screen_that_takes_too_long_ends_with_enough_pairs(two, retrainer):
    screened = retrainer.train(two, seed=0, pairs=6, stage="", fewest=2, seconds=0.0)

    assert screened.pairs == 2
    assert screened.ended == "planned"


def test_a_screen_with_time_has_all_its_pairs(two, retrainer):
    screened = retrainer.train(two, seed=0, pairs=3, stage="", fewest=2, seconds=1e6)

    assert screened.pairs == 3


@pytest.fixture(scope="module")
def compared(two):
    pairs = iter((6, None))
    replayed = engine.replay(
        two,
        seed=0,
        clock=engine.Clock(None),
        classes=2,
        pairs_to_reach=lambda _: next(pairs),
    )
    return Compared(lanes=replayed.lanes)


@pytest.mark.parametrize(("a_lane", "screened"), [(25.0, 3), (400.0, 0)])
def test_a_lane_that_takes_less_than_was_feared_leaves_time_for_all(
    two, found, compared, a_lane, screened
):
    """Half of 600 s bears one suspect at 25 s a lane, which is far more than it takes."""
    held_out, clock = engine.held_out_of(two[0]), engine.Clock(600.0)
    plan = declare(held_out, max_pairs=6, seed=0)
    examination = Examination(*two, compared, plan, held_out, clock)
    examination._screening.per_lane = a_lane / two[1].fit.settings.epochs
    examination.run(found, lambda _: None, 1)
    caused = examination.caused()

    assert len(caused.protocol["screened"]) == screened
    assert len([one for one in caused.not_examined if "--budget" in one]) == 3 - screened


def test_a_factorial_has_every_set_of_what_the_time_bears(two, found):
    baseline, variant = two
    rate, _, without = found
    whole = factorial(baseline, variant, [rate, without], pairs=12, per_lane=1.0, left=1e6)
    short = factorial(baseline, variant, [rate, without], pairs=12, per_lane=1.0, left=29)
    none = factorial(baseline, variant, [rate, without], pairs=12, per_lane=1.0, left=11)

    assert set(whole.variant) == {
        frozenset(),
        frozenset([rate.remedy.name]),
        frozenset([without.remedy.name]),
        frozenset([rate.remedy.name, without.remedy.name]),
    }
    assert (whole.pairs, len(whole.fits())) == (12, 5)
    # Five cells of 29 s are under six pairs each; three cells are nine.
    assert (short.names, short.pairs) == ([rate.remedy.name], 9)
    assert none is None


def test_of_two_changes_of_one_thing_the_weaker_has_a_cell_of_its_own(two, found):
    """A third of the rate, then the rate as before, is the rate as before."""
    baseline, variant = two
    rate, _, without = found
    lower = remedies.named("lower-learning-rate")
    other = Suspect(remedy=lower, code=None, variant=lower.apply(variant))
    whole = factorial(
        baseline, variant, [rate, other, without], pairs=12, per_lane=1.0, left=1e6
    )

    assert whole.names == [rate.remedy.name, without.remedy.name]
    assert whole.apart == ("lower-learning-rate",)
    with_it = [undone for undone in whole.variant if "lower-learning-rate" in undone]
    assert with_it == [frozenset(["lower-learning-rate"])]
    assert len(whole.fits()) == 1 + 4 + 1
    assert whole.time_ratio("lower-learning-rate", {}) is None
