"""Looks, stopping, what would settle it, and what one more run would show."""

import dataclasses

import numpy as np
import pytest
from made_lanes import BASELINE, VARIANT, held_out, lanes
from scipy import stats

from whylow.exceptions import InputError
from whylow.lanes import HeldOut
from whylow.records import Comparison, Difference, Noise, Run
from whylow.verdict import (
    Plan,
    chance_worse,
    compare,
    declare,
    luck_of_one_run,
    next_look,
    outliers,
)
from whylow.verdict._crossed import crossed
from whylow.verdict._judge import judge
from whylow.verdict._settle import Settling, recalled, settling
from whylow.verdict._words import what_settles

TEXTS = held_out()


def study(a, b, texts=TEXTS, **options):
    plan = declare(texts, **options)
    return compare(BASELINE, VARIANT, a, b, held_out=texts, plan=plan, claim=None)


@pytest.mark.parametrize(
    ("pairs", "looks", "level"),
    [
        (3, (6,), 0.95),
        (6, (6,), 0.95),
        (9, (6, 9), 0.972),
        (12, (6, 12), 0.972),
        (24, (6, 12, 24), 0.9801),
        (40, (6, 12, 24), 0.9801),
    ],
)
def test_looks_and_their_level_follow_the_most_pairs(pairs, looks, level):
    plan = declare(TEXTS, max_pairs=pairs)
    assert plan.looks == looks
    assert plan.level == pytest.approx(level)


def test_more_variants_share_the_error():
    assert declare(TEXTS, variants=4).level == pytest.approx(1 - 0.05 / 4)
    with pytest.raises(InputError, match=r"`variants` must be at least 1\. Received: 0"):
        declare(TEXTS, variants=0)


@pytest.mark.parametrize(
    ("looks", "level"), [((6,), 0.95), ((6, 12), 0.972), ((6, 12, 24), 0.9801)]
)
def test_the_levels_keep_the_error_of_all_looks_at_five_percent(looks, level):
    """Normal differences around 0; the share of studies in which any look leaves out 0."""
    random = np.random.default_rng(0)
    x = random.normal(size=(40_000, 24))
    wrong = np.zeros(len(x), dtype=bool)
    for look in looks:
        wrong |= stats.ttest_1samp(x[:, :look], 0, axis=1).pvalue < 1 - level
    assert wrong.mean() == pytest.approx(0.05, abs=0.004)


def test_pairs_past_a_look_are_described_and_do_not_decide():
    a, b = lanes(TEXTS, pairs=12, side=1), lanes(TEXTS, pairs=12, side=2, gain=-0.1)
    six = study(a[:6], b[:6], max_pairs=12)
    nine = study(a[:9], b[:9], max_pairs=12)
    assert nine.pairs == 9
    assert len(nine.runs) == 18
    assert (nine.difference, nine.sentence) == (six.difference, six.sentence)
    assert study(a, b, max_pairs=12).difference != six.difference


def test_the_interval_for_new_texts_is_the_wider_one():
    a, b = (lanes(TEXTS, pairs=12, own=0.7, side=side) for side in (1, 2))
    made = study(a, b, max_pairs=12)
    assert made.provisional is False
    assert made.difference is not None
    assert made.difference_these_texts is not None
    assert made.difference.scope == "new texts"
    assert made.difference.estimate == pytest.approx(made.difference_these_texts.estimate)
    assert made.difference.low < made.difference_these_texts.low
    shares = (made.noise.seeds, made.noise.texts, made.noise.both)
    assert sum(shares) == pytest.approx(1.0)


def test_a_difference_on_these_texts_alone_is_said_to_be_that():
    """Every pair agrees, and the whole difference comes from a few of the texts."""
    random = np.random.default_rng(0)
    texts = HeldOut(
        labels=np.arange(100) % 2, class_names=("a", "b"), groups=np.arange(100)
    )
    values = np.tile(np.where(np.arange(100) < 3, -0.5, 0.0), (6, 1))
    values += random.normal(0, 0.01, (6, 100))
    scores = np.stack([np.full(6, 0.8), 0.8 + values.mean(1)], axis=1)
    made = judge(values, scores, held_out=texts, plan=Plan(metric="accuracy"), variant="b")
    assert made.verdict == "cannot-tell-yet"
    assert "so it may be nothing or may matter. On these very texts it is lower [-1." in (
        made.sentence
    )
    assert made.sentence.endswith("but they are too few to say for others.")


def comparison(verdict="cannot-tell-yet", pairs=6, estimate=0.0, reach=0.02, **shares):
    return Comparison(
        baseline="a",
        variant="b",
        metric="macro_f1",
        smallest_meaningful_difference=0.01,
        pairs=pairs,
        looks=(6, 12, 24),
        difference=Difference(
            low=estimate - reach, estimate=estimate, high=estimate + reach, level=0.9801
        ),
        noise=Noise(**({"seeds": 0.5, "texts": 0.1, "both": 0.4} | shares)),
        verdict=verdict,
    )


PLAN = declare(TEXTS, metric="macro_f1", max_pairs=24)


def test_the_next_look_goes_on_while_nothing_is_decided():
    assert next_look(PLAN, 0, None) == 6
    assert next_look(PLAN, 4, None) == 6
    assert next_look(PLAN, 6, comparison()) == 12
    assert next_look(PLAN, 9, comparison(pairs=9)) == 12
    assert next_look(PLAN, 12, comparison(pairs=12)) == 24
    assert next_look(PLAN, 24, comparison(pairs=24)) is None


@pytest.mark.parametrize("verdict", ["worse", "better", "no-meaningful-difference"])
def test_a_verdict_ends_it_at_a_look_and_not_between(verdict):
    assert next_look(PLAN, 6, comparison(verdict)) is None
    assert next_look(PLAN, 9, comparison(verdict, pairs=9)) == 12


def test_it_ends_where_the_texts_alone_leave_the_question_open():
    most_from_texts = {"seeds": 0.05, "texts": 0.9, "both": 0.05}
    assert next_look(PLAN, 6, comparison(reach=0.03, **most_from_texts)) is None
    # Narrow enough without the seeds' part: the pairs can still decide.
    assert next_look(PLAN, 6, comparison(reach=0.01, **most_from_texts)) == 12
    # The estimate is far enough from zero for an interval that wide.
    far = comparison(estimate=-0.029, reach=0.03, seeds=0.5, texts=0.4, both=0.1)
    assert next_look(PLAN, 6, far) == 12


def test_fewer_pairs_than_a_look_are_trained_and_then_it_ends():
    plan = declare(TEXTS, max_pairs=3)
    assert next_look(plan, 0, None) == 3
    assert next_look(plan, 3, comparison(pairs=3)) is None


def test_the_variance_is_recalled_from_interval_and_shares():
    random = np.random.default_rng(0)
    values = random.normal(0, 1, (6, 900)) + random.normal(0, 0.5, 900)
    values += random.normal(0, 0.04, (6, 1))
    texts = HeldOut(
        labels=np.arange(900) % 2, class_names=("a", "b"), groups=np.arange(900)
    )
    spread = crossed(values, texts, "accuracy")
    parts = np.maximum([spread.seeds, spread.texts, spread.both], 0)
    shares = dict(zip(("seeds", "texts", "both"), parts / parts.sum(), strict=True))
    made = comparison(estimate=spread.mean, reach=spread.reach(0.9801), **shares)
    back = recalled(made)
    assert back is not None
    assert back.reach_with(np.inf, 0.95) == pytest.approx(
        spread.reach_with(np.inf, 0.95), rel=0.1
    )


def test_what_would_settle_it_is_pairs_where_the_seeds_are_noisy():
    texts = held_out(rows=4001, share=0.3)
    noisy = {"run": 0.15, "epochs": 1}
    a, b = lanes(texts, side=1, **noisy), lanes(texts, side=2, **noisy)
    made = study(a, b, texts, max_pairs=24)
    assert made.verdict == "cannot-tell-yet"
    assert made.noise.seeds > 0.3
    assert "pair" in made.next_step


def test_what_would_settle_it_is_texts_where_those_are_few():
    texts = held_out(rows=199, share=0.3)
    a, b = (lanes(texts, own=0.7, side=side) for side in (1, 2))
    made = study(a, b, texts, max_pairs=24, smallest=0.002)
    assert made.verdict == "cannot-tell-yet"
    assert made.next_step.startswith(
        "More pairs cannot help: these 199 texts alone leave ±"
    )
    assert "more labelled texts would narrow the interval to ±" in made.next_step


def test_texts_that_nobody_will_label_are_not_asked_for():
    spread = {"target": 0.01, "from_texts": 0.02, "at_last": 0.021, "pairs": None}
    plan = Plan(metric="accuracy")
    few, many = (
        what_settles(Settling(**spread, texts=texts), plan, 6, 20_000)
        for texts in (80_000, 2_700_000)
    )
    assert "about 60,000 more labelled texts" in few.lower()
    assert "takes more labelled texts than are likely to be had" in many


def test_the_pairs_that_settle_it_do_settle_it():
    """Trained so many pairs, the interval is as narrow as was said."""
    random = np.random.default_rng(1)
    texts = HeldOut(
        labels=np.arange(2000) % 2, class_names=("a", "b"), groups=np.arange(2000)
    )
    values = random.normal(0, 0.3, (400, 2000)) + random.normal(0, 0.012, (400, 1))
    plan = Plan(metric="accuracy")
    said = settling(crossed(values[:12], texts, "accuracy"), plan, 2000)
    assert said.pairs is not None
    assert 6 < said.pairs < 100
    reach = [
        crossed(values[k : k + said.pairs], texts, "accuracy").reach(plan.level)
        for k in range(0, 300, said.pairs)
    ]
    assert np.mean(reach) == pytest.approx(said.target, rel=0.3)


@pytest.mark.parametrize(("positives", "verdict"), [(14, False), (15, True)])
def test_too_few_texts_of_a_class_get_no_verdict(positives, verdict):
    texts = held_out(rows=400, share=(positives - 0.5) / 400)
    assert texts.labels.sum() == positives
    a, b = lanes(texts, side=1), lanes(texts, side=2, gain=3.0)
    made = study(a, b, texts)
    if verdict:
        assert made.verdict == "better"
        assert "Only 15 held-out texts are of class 'class 1'" in made.remarks[0]
    else:
        assert made.verdict == "cannot-tell-yet"
        assert made.sentence == (
            "Cannot tell: only 14 held-out texts are of class 'class 1', and a verdict on "
            "this metric takes 15."
        )
        assert made.provisional is True


def test_thirty_texts_of_a_class_need_no_warning():
    for positives, warned in ((29, True), (30, False)):
        texts = held_out(rows=400, share=(positives - 0.5) / 400)
        made = study(lanes(texts, side=1), lanes(texts, side=2), texts)
        assert any("held-out texts are of class" in r for r in made.remarks) is warned


def test_one_text_of_a_class_is_no_crash():
    texts = held_out(rows=300, share=1 / 300)
    made = study(lanes(texts, side=1), lanes(texts, side=2), texts)
    assert made.verdict == "cannot-tell-yet"
    assert made.metrics["plain"]["average_precision"] is None
    assert Comparison.model_validate_json(made.model_dump_json()) == made


def runs(gaps, metric="accuracy"):
    made = [
        Run(fit=fit, pair=k, seed=k, score=0.8 + (gap if fit == "b" else 0))
        for k, gap in enumerate(gaps)
        for fit in "ab"
    ]
    return comparison().model_copy(update={"runs": tuple(made), "metric": metric})


def test_the_chance_of_a_worse_run_has_the_exact_interval():
    made = chance_worse(runs([-0.1] * 5 + [0.1]))
    assert made is not None
    assert made.estimate == pytest.approx(5 / 6)
    exact = stats.binomtest(5, 6).proportion_ci(0.95, method="exact")
    assert (made.low, made.high) == pytest.approx((exact.low, exact.high))
    none = chance_worse(runs([0.1] * 6))
    assert none is not None
    exact = stats.binomtest(0, 6).proportion_ci(0.95, method="exact")
    assert (none.low, none.high) == pytest.approx((exact.low, exact.high))
    assert chance_worse(runs([])) is None


def test_ties_count_half_and_a_higher_loss_is_worse():
    made = chance_worse(runs([0.0] * 6))
    assert made is not None
    assert made.estimate == 0.5
    lower = chance_worse(runs([0.1] * 6, metric="log_loss"))
    assert lower is not None
    assert lower.estimate == 1.0


def test_runs_that_stand_out_are_named_and_kept():
    a, b = lanes(TEXTS, side=1), lanes(TEXTS, side=2)
    b[2] = dataclasses.replace(b[2], failed="loss is nan in epoch 2")
    made = study(a, b)
    assert (
        "Runs that stand out and still count: pair 3 of `attention` (failed)."
        in made.remarks
    )
    assert [(run.fit, run.pair) for run in made.runs if run.stands_out] == [
        ("attention", 2)
    ]
    scores = [0.80, 0.81, 0.79, 0.80, 0.81, 0.50]
    every = [Run(fit="a", pair=k, seed=k, score=s) for k, s in enumerate(scores)]
    assert [run.pair for run in outliers(every)] == [5]
    assert outliers(every[:5]) == ()


def test_the_luck_of_one_run_is_that_of_calibrated_coin_tosses():
    """Each text is answered 1 with its own probability; two runs toss independently."""
    random = np.random.default_rng(0)
    p = random.beta(0.3, 0.3, 1000)
    labels = random.random((2000, 1000)) < p
    runs = [random.random((2000, 1000)) < p for _ in range(2)]
    a, b = ((run == labels).mean(1) for run in runs)
    assert np.std(b - a) == pytest.approx(luck_of_one_run(float(a.mean()), 1000), rel=0.05)


def test_a_plan_changed_afterwards_has_another_fingerprint():
    assert PLAN.digest() == declare(TEXTS, metric="macro_f1", max_pairs=24).digest()
    assert len(PLAN.digest()) == 12
    for change in ({"metric": "mcc"}, {"smallest": 0.02}, {"max_pairs": 12}, {"seed": 1}):
        other = declare(TEXTS, **({"metric": "macro_f1", "max_pairs": 24} | change))
        assert other.digest() != PLAN.digest()
