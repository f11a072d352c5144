"""Looking past 24 pairs, and what is declared before training."""

import numpy as np
import pytest
from made_lanes import BASELINE, VARIANT, held_out, lanes
from scipy.special import stdtrit

from whylow.records import Claim
from whylow.verdict import Plan, compare, declaration, declare, next_look, smallest_visible
from whylow.verdict._crossed import Crossed, crossed
from whylow.verdict._levels import ANYTIME, anytime_reach, looks_up_to
from whylow.verdict._settle import recalled, settling
from whylow.verdict._words import what_settles

TEXTS = held_out()


@pytest.mark.parametrize(("pairs", "reach"), [(6, 2.22), (12, 1.06), (24, 0.69)])
def test_the_half_width_that_holds_at_any_number_of_pairs(pairs, reach):
    """Values of a simulation study, in standard deviations of one difference."""
    assert anytime_reach(pairs, 0.95) == pytest.approx(reach, abs=0.005)


def test_too_few_pairs_exclude_nothing():
    assert anytime_reach(2, 0.95) == np.inf


def test_looking_after_every_pair_misleads_no_more_often_than_promised():
    random = np.random.default_rng(0)
    x = random.normal(size=(20_000, 100))
    count = np.arange(1, 101)
    mean = x.cumsum(1) / count
    deviation = np.sqrt(((x**2).cumsum(1) - count * mean**2)[:, 2:] / (count[2:] - 1))
    reach = np.array([anytime_reach(n, 0.95) for n in count[2:]])
    wrong = (np.abs(mean[:, 2:]) > reach * deviation).any(1).mean()
    assert 0.005 < wrong < 0.05


@pytest.mark.parametrize("texts", [0.01, 0.1, 0.3, 1.0])
def test_texts_and_looking_together_stay_within_the_promise(texts):
    """The text part, drawn once, is as good as known; pairs add up to 96, seen every 12."""
    random = np.random.default_rng(1)
    studies = 20_000
    x = random.normal(size=(studies, 96))
    off = random.normal(0, np.sqrt(texts), studies)
    level, wrong = 1 - ANYTIME, np.zeros(studies, dtype=bool)
    for n in looks_up_to(96, keep_going=True):
        own = x[:, :n].var(1, ddof=1) / n
        fixed = stdtrit(n - 1, (1 + level) / 2) / np.sqrt(n)
        variance = texts + own * (anytime_reach(n, level) / fixed) ** 2
        free = np.maximum((texts + own) ** 2 / (own**2 / (n - 1)), n - 1)
        reach = stdtrit(free, (1 + level) / 2) * np.sqrt(variance)
        wrong |= np.abs(x[:, :n].mean(1) + off) > reach
    assert wrong.mean() < 0.055


def test_a_study_that_keeps_going_looks_every_twelve_pairs():
    assert looks_up_to(60, keep_going=True) == (6, 12, 24, 36, 48, 60)
    assert looks_up_to(40, keep_going=True) == (6, 12, 24, 36, 40)
    assert looks_up_to(40) == (6, 12, 24)
    plan = declare(TEXTS, max_pairs=48, keep_going=True)
    assert plan.level == pytest.approx(1 - ANYTIME)
    a, b = lanes(TEXTS, 24, side=1), lanes(TEXTS, 24, side=2)
    made = compare(BASELINE, VARIANT, a, b, held_out=TEXTS, plan=plan, claim=None)
    usual = compare(
        BASELINE,
        VARIANT,
        a,
        b,
        held_out=TEXTS,
        plan=declare(TEXTS, max_pairs=24),
        claim=None,
    )

    def width(comparison):
        return comparison.difference.high - comparison.difference.low

    assert width(made) > width(usual)
    undecided = made.model_copy(update={"verdict": "cannot-tell-yet"})
    coarse = plan.model_copy(update={"smallest_meaningful_difference": 0.1})
    assert next_look(coarse, 24, undecided) == 36


def test_such_a_study_is_judged_on_all_its_pairs():
    plan = declare(TEXTS, max_pairs=48, keep_going=True)
    a, b = lanes(TEXTS, 9, side=1), lanes(TEXTS, 9, side=2, gain=-0.1)
    nine = compare(BASELINE, VARIANT, a, b, held_out=TEXTS, plan=plan, claim=None)
    six = compare(BASELINE, VARIANT, a[:6], b[:6], held_out=TEXTS, plan=plan, claim=None)
    assert nine.difference != six.difference
    assert "over 9 pairs" in nine.sentence


def test_its_variance_is_recalled_too():
    random = np.random.default_rng(0)
    values = random.normal(0, 0.5, (24, 1009)) + random.normal(0, 0.02, (24, 1))
    spread = crossed(values, TEXTS, "macro_f1")
    plan = declare(TEXTS, max_pairs=48, keep_going=True)
    a, b = lanes(TEXTS, 24, side=1), lanes(TEXTS, 24, side=2)
    made = compare(BASELINE, VARIANT, a, b, held_out=TEXTS, plan=plan, claim=None)
    parts = np.maximum([spread.seeds, spread.texts, spread.both], 0)
    seeds, texts, both = parts / parts.sum()
    reach = spread.reach(plan.level, anytime=True)
    made = made.model_copy(
        update={
            "difference": made.difference.model_copy(
                update={"low": -reach, "high": reach, "estimate": 0.0}
            ),
            "noise": made.noise.model_copy(
                update={"seeds": seeds, "texts": texts, "both": both}
            ),
        }
    )
    back = recalled(made, anytime=True)
    assert back is not None
    assert back.variance == pytest.approx(spread.variance, rel=0.1)


def test_pairs_past_24_are_advised_with_the_option_that_allows_them():
    spread = Crossed(
        mean=0.0, pairs=6, seeds=1e-4, texts=1e-7, both=0.0, variance=1e-4, degrees=5.0
    )
    plan = declare(TEXTS, max_pairs=24)
    said = what_settles(settling(spread, plan, 1009), plan, 6, 1009)
    assert said.startswith("About ")
    assert "--keep-going" in said
    near = Crossed(
        mean=0.0, pairs=6, seeds=3e-5, texts=1e-7, both=0.0, variance=3e-5, degrees=5.0
    )
    assert "(--max-pairs 24)" in what_settles(settling(near, plan, 1009), plan, 6, 1009)


def test_what_a_study_can_see_at_best_is_seen_four_times_in_five():
    """Differences drawn with the luck of single texts alone, at the look that decides."""
    random = np.random.default_rng(0)
    plan = declare(TEXTS, max_pairs=6)
    size = smallest_visible(0.9, 1000, plan)
    x = random.normal(size, np.sqrt(0.1 / 1000), (20_000, 6))
    t = x.mean(1) / (x.std(1, ddof=1) / np.sqrt(6))
    assert (t > stdtrit(5, 0.975)).mean() == pytest.approx(0.8, abs=0.01)
    few = Plan(metric="accuracy", max_pairs=3)
    assert smallest_visible(0.9, 1000, few) == np.inf
    longer = declare(TEXTS, max_pairs=24)
    assert smallest_visible(0.9, 1000, longer) < 0.6 * size
    anytime = declare(TEXTS, max_pairs=48, keep_going=True)
    assert smallest_visible(0.9, 1000, anytime) < size


def test_the_declaration_says_what_is_fixed_and_what_is_too_small_to_see():
    plan = declare(TEXTS, max_pairs=24)
    claim = Claim(metric="accuracy", split="validation", epoch=2, difference=-0.004)
    said = declaration(plan, TEXTS, BASELINE, [claim])
    assert said.startswith(
        f"declared before training ({plan.digest()}): macro-F1 on 1,009 texts; 1 point "
        "matters; a look at 6, 12 and 24 pairs."
    )
    assert "A difference of accuracy under about 0.6 points is too small" in said
    assert said.endswith(
        "The claim is smaller than that: more held-out texts or pairs would help."
    )
    large = claim.model_copy(update={"difference": -0.04})
    assert "The claim" not in declaration(plan, TEXTS, BASELINE, [large, None])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"max_pairs": 3}, "; 3 pairs, too few for a verdict."),
        ({"max_pairs": 6}, "; a look at 6 pairs."),
        ({"max_pairs": 12}, "; a look at 6 and 12 pairs."),
        ({"max_pairs": 48, "keep_going": True}, "; up to 48 pairs, ended whenever it is "),
    ],
)
def test_the_declaration_of_the_looks(options, words):
    assert words in declaration(declare(TEXTS, **options), TEXTS, BASELINE)


def test_a_claim_below_what_matters_is_told_before_training():
    even = held_out(share=0.5)
    claim = Claim(metric="accuracy", split="train", epoch=1, difference=-0.004)
    said = declaration(declare(even), even, BASELINE, [claim])
    assert "The claim, 0.4 points, is smaller than 1 point" in said


def test_nothing_of_the_plan_depends_on_a_result():
    """The same texts give the same plan and fingerprint, whatever is trained afterwards."""
    plan = declare(TEXTS, budget=60.0)
    for gain in (-1.0, 0.0, 1.0):
        a, b = lanes(TEXTS, side=1), lanes(TEXTS, side=2, gain=gain)
        made = compare(BASELINE, VARIANT, a, b, held_out=TEXTS, plan=plan, claim=None)
        assert made.metric == plan.metric
        assert made.looks == plan.looks
        assert made.smallest_meaningful_difference == plan.smallest_meaningful_difference
        assert declare(TEXTS, budget=60.0).digest() == plan.digest()
    for change in ({"budget": 61.0}, {"variants": 2}, {"keep_going": True, "budget": 60.0}):
        assert declare(TEXTS, **change).digest() != plan.digest()
    others = held_out(seed=1)
    assert declare(others, budget=60.0).digest() != plan.digest()
