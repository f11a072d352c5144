"""From cells to causes: roles, the remainder, what both fits share, the best epoch."""

import numpy as np
import pytest

from whylow.causes import Screened, attribute, best_epoch, gap_cells, strongest
from whylow.lanes import HeldOut
from whylow.remedies import Remedy
from whylow.verdict import Plan

TEXTS, PLAN = 200, Plan(metric="accuracy")
HELD_OUT = HeldOut(
    labels=np.arange(TEXTS) % 2, class_names=("0", "1"), groups=np.arange(TEXTS)
)


def values(mean, pairs=12, seed=0):
    made = np.random.default_rng(seed).normal(0, 0.03, (pairs, TEXTS))
    return made - made.mean() + mean


def screened(name, mean, *, kind="fix", for_baseline=None, seed=0):
    remedy = Remedy(
        name=name, kind=kind, does=f"doing {name}", page="", code="code", change=lambda x: x
    )
    return Screened(
        remedy=remedy,
        code="WL202",
        gain=values(mean, 6, seed),
        for_baseline=None if for_baseline is None else values(for_baseline, 6, seed),
    )


def taken_apart(suspects, cells, factors, worse=True):
    return attribute(
        suspects, cells, factors, held_out=HELD_OUT, plan=PLAN, fit="variant", worse=worse
    )


NOTHING = frozenset()


def test_a_cause_is_named_on_fresh_seeds_and_the_rest_is_told():
    """The variant is 5 points worse; undoing the fault gives back 3, 2 are left."""
    found = taken_apart(
        [screened("fault", 0.03), screened("decoy", 0.0)],
        {NOTHING: values(-0.05), frozenset(["fault"]): values(-0.02, seed=1)},
        ["fault"],
    )
    first, second = found.causes

    assert (first.remedy, first.role, first.stage, first.pairs) == (
        "fault", "cause", "confirmed", 12
    )  # fmt: skip
    assert first.effect.estimate == pytest.approx(0.03)
    assert first.p is not None
    assert first.p < 0.05
    assert (second.role, second.stage, second.p) == ("acquitted", "screened", None)
    assert found.difference.estimate == pytest.approx(-0.05)
    assert found.remainder.estimate == pytest.approx(-0.02)
    assert found.remainder.high < 0


def test_the_screen_alone_names_nobody():
    found = taken_apart([screened("fault", 0.03)], {}, [])

    assert [cause.role for cause in found.causes] == ["undecided"]
    assert found.causes[0].would_decide.startswith("fresh seeds")
    assert found.remainder is None


def test_what_helps_the_baseline_as_much_explains_no_difference():
    found = taken_apart([screened("mask", 0.03, for_baseline=0.03)], {}, [])
    (cause,) = found.causes

    assert cause.effect.estimate == pytest.approx(0.0, abs=1e-9)
    assert cause.for_baseline.estimate == pytest.approx(0.03)
    assert cause.role == "acquitted"


def test_undone_in_both_where_both_have_it():
    variant = {NOTHING: 1.0, frozenset("a"): 3.0, frozenset("b"): 2.0, frozenset("ab"): 5.0}
    cells = gap_cells(
        {undone: np.array([[value]]) for undone, value in variant.items()},
        {NOTHING: np.array([[2.0]]), frozenset("a"): np.array([[2.5]])},
        frozenset("a"),
    )

    assert {"".join(sorted(s)): v.item() for s, v in cells.items()} == {
        "": -1.0, "a": 0.5, "b": 0.0, "ab": 2.5
    }  # fmt: skip


def test_a_control_carries_a_gain_and_no_loss():
    cells = {NOTHING: values(0.05), frozenset(["max"]): values(0.01, seed=1)}
    suspects = [screened("max", -0.04, kind="control")]

    assert taken_apart(suspects, cells, ["max"], worse=False).causes[0].role == "cause"
    assert taken_apart(suspects, cells, ["max"], worse=True).causes[0].role == "acquitted"


def test_fresh_seeds_go_to_those_that_may_matter_the_surest_first():
    suspects = [
        screened("nothing", 0.0),
        screened("small", 0.02, seed=1),
        screened("large", 0.04, seed=2),
        screened("harmful", -0.03, seed=3),
        screened("carries", -0.03, kind="control", seed=4),
    ]
    order = strongest(suspects, HELD_OUT, PLAN)

    assert set(order) == {"large", "small", "carries"}
    assert order.index("large") < order.index("small")


def test_the_best_epoch_is_a_view_on_the_same_runs():
    """The variant gains 4 points by stopping in time, the baseline 1."""
    cause = best_epoch(
        (values(0.81, 6), values(0.83, 6, 1)),
        (values(0.80, 6, 2), values(0.79, 6, 3)),
        held_out=HELD_OUT,
        plan=PLAN,
        fit="variant",
    )

    assert cause.effect.estimate == pytest.approx(0.03)
    assert cause.for_baseline.estimate == pytest.approx(0.01)
    assert (cause.role, cause.kind, cause.stage) == ("cause", "view", "view")


def test_a_chosen_epoch_that_costs_a_fit_is_no_view():
    last = (values(0.80, 6), values(0.80, 6, 1))
    costly = (values(0.76, 6, 2), values(0.80, 6, 3))

    assert best_epoch(costly, last, held_out=HELD_OUT, plan=PLAN, fit="variant") is None


def planted(name, mean, alone, *, kind="difference"):
    """A suspect that gives back `mean` undone, and changes the baseline by `alone`."""
    one = screened(name, mean, kind=kind)
    return Screened(
        remedy=one.remedy, code=None, gain=one.gain, planted=values(alone, 6, seed=3)
    )


def test_a_fault_that_another_one_hides_is_worth_fresh_seeds():
    """Either of two faults suffices: undoing one gives nothing back, alone each harms."""
    suspects = [planted("one", 0.0, -0.10), planted("two", 0.0, -0.08)]

    assert set(strongest(suspects, HELD_OUT, PLAN)) == {"one", "two"}


def test_what_does_nothing_here_nor_there_is_not():
    assert not strongest([planted("decoy", 0.0, 0.0)], HELD_OUT, PLAN)


def test_the_cause_says_what_its_difference_does_alone():
    found = taken_apart([planted("one", 0.03, -0.10)], {}, [])

    assert found.causes[0].planted.estimate == pytest.approx(-0.10)


def test_settings_to_try_do_not_share_the_credit_of_what_explains_the_difference():
    """The difference of 10 points comes back with the fault; more epochs would give 12."""
    suspects = [screened("epochs", 0.12, kind="try"), screened("fault", 0.10)]

    assert strongest(suspects, HELD_OUT, PLAN, gap=-0.10) == ["fault"]
    assert strongest(suspects, HELD_OUT, PLAN, gap=-0.20) == ["fault", "epochs"]
    assert strongest(suspects[:1], HELD_OUT, PLAN, gap=-0.10) == ["epochs"]


def test_a_gain_is_explained_from_above():
    """The variant is 10 points better; without the layer 10 are gone."""
    suspects = [
        screened("layer", -0.10, kind="difference"),
        screened("rate", 0.05, kind="try"),
    ]

    assert strongest(suspects, HELD_OUT, PLAN, gap=0.10) == ["layer"]
    assert strongest(suspects, HELD_OUT, PLAN, gap=0.20) == ["layer", "rate"]


def test_what_stands_apart_is_measured_alone_and_no_part_of_the_sum():
    """The mean of the words gives 4 points back, the maximum 3; both are the mean again."""
    one, other = frozenset(["mean"]), frozenset(["max"])
    cells = {
        NOTHING: values(-0.05),
        one: values(-0.01, seed=1),
        other: values(-0.02, seed=2),
    }
    found = attribute(
        [screened("mean", 0.04), screened("max", 0.03)],
        cells,
        ["mean"],
        held_out=HELD_OUT,
        plan=PLAN,
        fit="variant",
        worse=True,
        apart=["max"],
    )
    first, second = found.causes

    assert (first.remedy, first.apart, first.role) == ("mean", False, "cause")
    assert (second.remedy, second.apart, second.role) == ("max", True, "cause")
    assert second.stage == "confirmed"
    assert second.effect.estimate == pytest.approx(0.03)
    assert found.remainder.estimate == pytest.approx(-0.01)
    assert found.interactions == ()


def test_where_nothing_stands_out_all_of_the_difference_is_left():
    found = attribute(
        [screened("decoy", 0.0)],
        {},
        [],
        held_out=HELD_OUT,
        plan=PLAN,
        fit="variant",
        worse=True,
        gap=values(-0.08, 6),
    )

    assert [one.role for one in found.causes] == ["acquitted"]
    assert found.remainder.estimate == pytest.approx(-0.08)
    assert found.difference == found.remainder


def test_two_faults_that_hide_one_another_explain_what_each_does_alone():
    """Undone they give 2 and 3 points of 20, alone they cost 9 and 12: nothing is left."""
    suspects = [
        planted("one", 0.02, -0.09),
        planted("two", 0.03, -0.12),
        screened("weights", 0.10, kind="try"),
    ]

    assert set(strongest(suspects, HELD_OUT, PLAN, gap=-0.20)) == {"one", "two"}
    assert "weights" in strongest(suspects, HELD_OUT, PLAN, gap=-0.30)


def test_what_changed_stands_before_what_helps():
    """More epochs give more back than the fault does, and are no change."""
    one, other = frozenset(["fault"]), frozenset(["epochs"])
    cells = {
        NOTHING: values(-0.10),
        one: values(-0.07, seed=1),
        other: values(-0.04, seed=2),
        one | other: values(-0.01, seed=3),
    }
    suspects = [screened("epochs", 0.06, kind="try"), screened("fault", 0.03)]
    found = taken_apart(suspects, cells, ["fault", "epochs"])

    assert [(one.remedy, one.role) for one in found.causes] == [
        ("fault", "cause"), ("epochs", "cause")
    ]  # fmt: skip
