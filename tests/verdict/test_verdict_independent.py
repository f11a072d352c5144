"""The same numbers from other people's programs; skipped where statsmodels is missing."""

import numpy as np
import pytest
from made_lanes import BASELINE, held_out, lanes
from scipy import stats

from whylow.lanes import HeldOut
from whylow.records import Fit
from whylow.verdict import compare_all, declare, smallest_visible
from whylow.verdict._crossed import crossed
from whylow.verdict._intervals import sign_flip_p, t_interval

TEXTS = held_out()


def even(rows):
    return HeldOut(
        labels=np.arange(rows) % 2, class_names=("a", "b"), groups=np.arange(rows)
    )


def test_the_variance_is_that_of_an_analysis_of_variance_by_statsmodels():
    """Its two-way table of mean squares, put together by the formula of the page."""
    pandas = pytest.importorskip("pandas")
    formula = pytest.importorskip("statsmodels.formula.api")
    from statsmodels.stats.anova import anova_lm

    pairs, rows = 6, 40
    random = np.random.default_rng(0)
    values = random.normal(size=(pairs, rows)) + random.normal(size=rows)
    values += 0.5 * random.normal(size=(pairs, 1))
    frame = pandas.DataFrame(
        {
            "d": values.ravel(),
            "pair": np.repeat(np.arange(pairs), rows),
            "text": np.tile(np.arange(rows), pairs),
        }
    )
    table = anova_lm(formula.ols("d ~ C(pair) + C(text)", frame).fit())
    of_pairs, of_texts, rest = table["mean_sq"]
    n = rows / 2
    widened, free = of_texts * n / (n - 1), n - 1
    size = pairs * rows
    variance = (of_pairs + widened - rest) / size
    ours = crossed(values, even(rows), "accuracy")
    assert ours.variance == pytest.approx(variance)
    terms = of_pairs**2 / (pairs - 1) + widened**2 / free + rest**2 / table["df"].iloc[2]
    assert ours.degrees == pytest.approx(variance**2 / (terms / size**2))
    assert ours.p_value() == pytest.approx(
        2 * stats.t.sf(abs(values.mean()) / variance**0.5, ours.degrees)
    )


def test_student_s_interval_is_that_of_statsmodels_and_scipy():
    gaps = np.random.default_rng(1).normal(0.3, 1, 12)
    low, middle, high = t_interval(gaps, 0.9801)
    theirs = stats.ttest_1samp(gaps, 0).confidence_interval(0.9801)
    assert (low, high) == pytest.approx((theirs.low, theirs.high))
    assert middle == pytest.approx(gaps.mean())
    weightstats = pytest.importorskip("statsmodels.stats.weightstats")
    also = weightstats.DescrStatsW(gaps).tconfint_mean(alpha=1 - 0.9801)
    assert (low, high) == pytest.approx(also)


def test_an_equivalence_verdict_is_two_one_sided_tests():
    """An interval of 90 % within the bounds is the same as a TOST p below 5 %."""
    weightstats = pytest.importorskip("statsmodels.stats.weightstats")
    random = np.random.default_rng(2)
    for _ in range(50):
        gaps = random.normal(0, 0.01, 6)
        low, _, high = t_interval(gaps, 0.90)
        assert low is not None
        assert high is not None
        p, _, _ = weightstats.DescrStatsW(gaps).ttost_mean(-0.01, 0.01)
        assert (low > -0.01 and high < 0.01) == (p < 0.05)


def test_what_can_be_seen_is_the_power_of_statsmodels():
    power = pytest.importorskip("statsmodels.stats.power")
    for pairs in (6, 12, 24):
        plan = declare(TEXTS, max_pairs=pairs)
        effect = power.TTestPower().solve_power(nobs=pairs, alpha=1 - plan.level, power=0.8)
        seen = smallest_visible(0.9, 1000, plan)
        assert seen == pytest.approx(effect * np.sqrt(0.1 / 1000), rel=1e-4)


@pytest.mark.parametrize(
    "gains", [(0.0, -0.2, -1.0), (-0.17, -0.2, -0.22), (0.0, 0.0, 0.0)]
)
def test_who_differs_is_whom_holm_by_statsmodels_says(gains):
    multitest = pytest.importorskip("statsmodels.stats.multitest")
    variants = [(Fit(name=name), None) for name in ("one", "two", "three")]
    plan = declare(TEXTS, variants=3, smallest=1e-6)
    every = {"plain": lanes(TEXTS, side=1)}
    for side, ((fit, _), gain) in enumerate(zip(variants, gains, strict=True), start=2):
        every[fit.name] = lanes(TEXTS, side=side, gain=gain)
    made = compare_all(BASELINE, variants, every, held_out=TEXTS, plan=plan)
    p = [comparison.difference.p for comparison in made]
    rejected, *_ = multitest.multipletests(p, alpha=0.05, method="holm")
    assert [c.verdict in ("better", "worse") for c in made] == list(rejected)


def test_the_sign_flip_p_is_every_pattern_counted_by_hand():
    gaps = np.random.default_rng(3).normal(0.5, 1, 8)
    patterns = 1 - 2 * ((np.arange(2**8)[:, None] >> np.arange(8)) & 1)
    means = (patterns * gaps).mean(1)
    by_hand = (np.abs(means) >= abs(gaps.mean()) - 1e-12).mean()
    assert sign_flip_p(gaps) == pytest.approx(by_hand)
