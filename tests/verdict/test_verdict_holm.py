"""Several variants: who is decided at which level, and how often anyone is by luck."""

import numpy as np
import pytest
from made_lanes import BASELINE, held_out, lanes
from scipy import stats

from whylow.records import Fit
from whylow.verdict import compare_all, declare
from whylow.verdict._holm import _level
from whylow.verdict._levels import level_for

TEXTS = held_out()
THREE = [(Fit(name=name), None) for name in ("one", "two", "three")]


def studied(gains, pairs=6, **options):
    plan = declare(TEXTS, variants=3, max_pairs=pairs, **options)
    every = {"plain": lanes(TEXTS, pairs, side=1)}
    for side, ((fit, _), gain) in enumerate(zip(THREE, gains, strict=True), start=2):
        every[fit.name] = lanes(TEXTS, pairs, side=side, gain=gain)
    return compare_all(BASELINE, THREE, every, held_out=TEXTS, plan=plan)


def levels(made):
    return [comparison.difference.level for comparison in made]


def test_a_variant_alone_is_compared_at_the_level_of_one():
    a, b = lanes(TEXTS, side=1), lanes(TEXTS, side=2)
    plan = declare(TEXTS)
    (made,) = compare_all(
        BASELINE, THREE[:1], {"plain": a, "one": b}, held_out=TEXTS, plan=plan
    )
    assert made.difference is not None
    assert made.difference.level == 0.95
    assert 0 < made.difference.p < 1


def test_nothing_decided_leaves_everybody_the_level_of_three():
    made = studied((0.0, 0.0, 0.0))
    assert levels(made) == pytest.approx([1 - 0.05 / 3] * 3)


def test_each_that_is_decided_leaves_its_part_to_the_next():
    """Two are far off; the third p lies between .05 / 3 and .05: only Holm decides it."""
    found = None
    for gain in np.arange(-0.10, -0.30, -0.01):
        made = studied((-1.0, gain, -1.2))
        if 0.05 / 3 < made[1].difference.p < 0.05:
            found = made
            break
    assert found is not None
    assert [comparison.verdict for comparison in found] == ["worse"] * 3
    assert levels(found) == pytest.approx([1 - 0.05 / 3, 0.95, 1 - 0.05 / 3])
    assert found[1].difference.high < 0
    alone = studied((0.0, gain, 0.0))
    assert alone[1].verdict == "cannot-tell-yet"


def test_no_meaningful_difference_is_said_at_the_level_of_all():
    """The narrower interval that Holm would allow is not used for this other claim."""
    made = studied((-1.0, 0.0, -1.2), smallest=0.012)
    assert levels(made)[1] == pytest.approx(1 - 0.05 / 3)


def test_variants_without_pairs_are_no_crash():
    plan = declare(TEXTS, variants=3)
    every = {"plain": lanes(TEXTS), "one": lanes(TEXTS, side=2, gain=-1.0)}
    made = compare_all(BASELINE, THREE, every, held_out=TEXTS, plan=plan)
    assert [comparison.pairs for comparison in made] == [6, 0, 0]
    assert [comparison.verdict for comparison in made] == ["worse", None, None]


@pytest.mark.parametrize(
    ("looks", "variants"), [((6, 12), 2), ((6, 12, 24), 3), ((6, 9), 4)]
)
def test_the_levels_for_several_share_five_percent_over_all_looks(looks, variants):
    """Each identical variant differs at any look in at most 5 % / m of studies."""
    random = np.random.default_rng(0)
    x = random.normal(size=(100_000, 24))
    wrong = np.zeros(len(x), dtype=bool)
    for look in looks:
        p = stats.ttest_1samp(x[:, :look], 0, axis=1).pvalue
        wrong |= p < 1 - level_for(len(looks), variants)
    assert wrong.mean() < 0.05 / variants + 0.0015
    assert wrong.mean() > 0.04 / variants


def test_more_variants_than_the_table_has_get_a_part_of_each_look():
    assert level_for(3, 20) == pytest.approx(1 - 0.05 / 60)
    every = [level_for(3, m) for m in range(1, 21)]
    assert every == sorted(every)


@pytest.mark.parametrize("keep_going", [False, True])
def test_the_level_of_a_step_is_that_of_a_plan_for_fewer(keep_going):
    options = {"max_pairs": 24, "keep_going": keep_going}
    plan = declare(TEXTS, variants=3, **options)
    for sharing in (1, 2, 3):
        fewer = declare(TEXTS, variants=sharing, **options)
        assert _level(plan, sharing) == pytest.approx(fewer.level)
