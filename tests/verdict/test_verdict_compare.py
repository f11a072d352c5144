"""From lanes to the comparison that the report shows."""

import dataclasses
import time

import numpy as np
import pytest
from made_lanes import BASELINE, VARIANT, held_out, lanes

from whylow.lanes import HeldOut, Lane
from whylow.records import Comparison, Interval
from whylow.verdict import Plan, claim, compare, declare, majority_class, running_difference
from whylow.verdict._judge import judge
from whylow.verdict._ladder import held_out_history
from whylow.verdict._words import decide_verdict, sentence

TEXTS = held_out()
CLAIM = claim(BASELINE, VARIANT, None)


def study(a, b, texts=TEXTS, **options):
    plan = options.pop("plan", None) or declare(texts, **options)
    return compare(BASELINE, VARIANT, a, b, held_out=texts, plan=plan, claim=CLAIM)


def test_a_clear_loss_is_worse_and_a_clear_gain_better():
    a = lanes(TEXTS, side=1)
    worse = study(a, lanes(TEXTS, side=2, gain=-0.8))
    assert worse.verdict == "worse"
    assert worse.sentence.startswith("Worse: macro-F1 is ")
    assert " points lower with `attention` [-" in worse.sentence
    assert worse.sentence.endswith(" over 6 pairs.")
    assert worse.next_step == "Keep `plain` for now, and see which cause carries the gap."
    better = study(a, lanes(TEXTS, side=2, gain=0.8))
    assert better.verdict == "better"
    assert better.chance_worse is not None
    assert (better.chance_worse.low, better.chance_worse.estimate) == (0.0, 0.0)
    assert better.next_step == "Keep `attention`."
    assert Comparison.model_validate_json(better.model_dump_json()) == better


def test_a_claim_smaller_than_what_matters_is_told_so():
    even = held_out(share=0.5)
    a = lanes(even)
    plan = declare(even)
    assert plan.metric == "accuracy"
    for gap, told in ((-0.0099, True), (-0.0101, False)):
        said = CLAIM.model_copy(update={"difference": gap})
        made = compare(BASELINE, VARIANT, a, a, held_out=even, plan=plan, claim=said)
        line = "The claim, 1.0 points, is smaller than 1 point, the smallest difference"
        assert any(line in remark for remark in made.remarks) is told
    loss = said.model_copy(update={"metric": "loss", "difference": 0.001})
    made = compare(BASELINE, VARIANT, a, a, held_out=even, plan=plan, claim=loss)
    assert not any("claim" in remark for remark in made.remarks)


def test_a_fit_against_itself_is_no_meaningful_difference():
    a = lanes(TEXTS)
    same = study(a, a)
    assert same.verdict == "no-meaningful-difference"
    assert same.difference is not None
    assert same.difference.low == same.difference.high == 0.0
    assert same.sentence == (
        "No meaningful difference: macro-F1 is 0.0 points higher with `attention` "
        "[0.0, 0.0] over 6 pairs, and less than 1 point does not matter."
    )


def test_only_pairs_that_both_sides_have_count_in_any_order():
    a, b = lanes(TEXTS, pairs=8, side=1), lanes(TEXTS, pairs=7, side=2)
    shuffled = [b[k] for k in (6, 0, 5, 2, 4, 3)]
    made = study(a[::-1], shuffled)
    assert made.pairs == 6
    assert [run.pair for run in made.runs] == [0, 0, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6]
    expected = [x for x in a if x.pair not in (1, 7)]
    assert study(expected, sorted(shuffled, key=lambda x: x.pair)) == made


def test_every_number_of_the_comparison_comes_from_its_runs():
    made = study(lanes(TEXTS, side=1), lanes(TEXTS, side=2, gain=0.2))
    scores = np.array([run.score for run in made.runs], dtype=float).reshape(6, 2)
    assert made.metrics["plain"]["macro_f1"] == pytest.approx(scores[:, 0].mean())
    assert made.metrics["attention"]["macro_f1"] == pytest.approx(scores[:, 1].mean())
    assert made.difference is not None
    gaps = scores[:, 1] - scores[:, 0]
    assert made.difference.estimate == pytest.approx(gaps.mean())
    assert made.noise.pair_correlation == pytest.approx(np.corrcoef(scores.T)[0, 1])
    assert set(made.metrics["plain"]) == {
        "accuracy", "macro_f1", "average_precision", "roc_auc", "mcc", "log_loss",
    }  # fmt: skip


def test_no_lane_gives_the_recorded_histories_and_no_verdict():
    made = study([], [])
    assert made.difference is None
    assert made.verdict is None
    assert made.sentence == ""
    assert "retrain both in pairs" in made.next_step
    assert [(v.view, v.runs) for v in made.ladder] == [
        ("accuracy, training, last epoch", 1),
        ("accuracy, validation, last epoch", 1),
        ("accuracy, validation, best epoch", 1),
    ]
    assert [v.difference.estimate for v in made.ladder] == pytest.approx(
        [-0.01, 0.01, 0.01]
    )
    assert all(v.difference.low is None for v in made.ladder)
    assert study([], lanes(TEXTS)) == made
    without = compare(
        BASELINE, VARIANT, [], [], held_out=None, plan=Plan(metric="accuracy"), claim=None
    )
    assert without.ladder == made.ladder


def test_one_pair_gives_numbers_and_neither_interval_nor_verdict():
    made = study(lanes(TEXTS, pairs=1, side=1), lanes(TEXTS, pairs=1, side=2))
    assert made.verdict is None
    assert made.difference is not None
    assert made.difference.estimate is not None
    assert made.difference.low is None
    assert made.next_step.startswith("One pair cannot tell luck from a difference. 5 more")


@pytest.mark.parametrize("pairs", [2, 5])
def test_before_the_first_look_there_is_a_difference_and_no_verdict(pairs):
    made = study(lanes(TEXTS, pairs=pairs), lanes(TEXTS, pairs=pairs, side=2, gain=-1.0))
    assert made.verdict == "cannot-tell-yet"
    assert made.difference is not None
    assert made.difference.high is not None
    assert made.difference.high < 0
    assert f"over {pairs} pairs; a verdict takes 6." in made.sentence
    noun = "1 more pair " if pairs == 5 else "4 more pairs "
    assert noun in made.next_step


def test_a_diverged_lane_counts_and_is_named():
    a, b = lanes(TEXTS, side=1), lanes(TEXTS, side=2)
    b[3] = dataclasses.replace(b[3], failed="loss is nan in epoch 2")
    made = study(a, b)
    assert made.pairs == 6
    lost = [run for run in made.runs if run.failed]
    assert [(run.fit, run.pair, run.failed) for run in lost] == [
        ("attention", 3, "loss is nan in epoch 2")
    ]
    assert lost[0].score == pytest.approx(majority_class(TEXTS).metrics["macro_f1"])
    assert lost[0].epochs_chosen == ()


def test_the_ladder_climbs_from_the_claim_to_the_fitting_metric():
    rare = held_out(share=0.06)
    a, b = lanes(rare, side=1), lanes(rare, side=2)
    common = [
        "accuracy, training, last epoch",
        "accuracy, validation, last epoch",
        "accuracy, validation, best epoch",
        "macro-F1, fixed threshold",
        "macro-F1, tuned threshold",
    ]
    assert [v.view for v in study(a, b, rare).ladder] == [*common, "average precision"]
    a, b = lanes(TEXTS, side=1), lanes(TEXTS, side=2)
    assert [v.view for v in study(a, b).ladder] == [*common, "ROC-AUC"]
    five = held_out(classes=5)
    made = study(lanes(five, side=1), lanes(five, side=2), five)
    assert [v.view for v in made.ladder] == [
        *common[:3],
        "macro-F1",
        "ROC-AUC, one against rest",
    ]
    assert made.verdict is not None
    assert set(made.metrics["plain"]) == {"accuracy", "macro_f1", "roc_auc", "log_loss"}


def test_an_output_over_time_is_shown_per_step_first_and_then_per_text():
    a = lanes(TEXTS, side=1)
    b = lanes(TEXTS, side=2, steps=True)
    made = study(a, b)
    views = {v.view: v for v in made.ladder}
    assert [v.view for v in made.ladder][:5] == [
        "accuracy, training, last epoch",
        "accuracy, validation, last epoch",
        "accuracy, validation, best epoch",
        "accuracy per text, last epoch",
        "accuracy per text, best epoch",
    ]
    per_step = views["accuracy, validation, last epoch"]
    per_text = views["accuracy per text, last epoch"]
    assert per_step.baseline == per_text.baseline
    share = np.stack([x.steps_positive[-1] for x in b])
    steps = np.where(TEXTS.labels == 1, share, 1 - share)
    assert per_step.variant == pytest.approx(steps.mean())
    right = [((x.probabilities[-1] > 0.5) == TEXTS.labels).mean() for x in b]
    assert per_text.variant == pytest.approx(np.mean(right))


@pytest.mark.parametrize(
    ("metric", "last", "lower"),
    [
        ("loss", "loss, validation, last epoch", True),
        ("auc", "ROC-AUC, validation, last epoch", False),
        ("precision", "precision, validation, last epoch", False),
        ("recall", "recall, validation, last epoch", False),
        ("f1", "F1, validation, last epoch", False),
        ("mae", "accuracy, validation, last epoch", False),
    ],
)
def test_the_claimed_metric_stands_in_the_first_rows(metric, last, lower):
    a = [
        dataclasses.replace(x, history={metric: [0.5, 0.4], "loss": [0.3, 0.2]})
        for x in lanes(TEXTS, side=1)
    ]
    made = compare(
        BASELINE,
        VARIANT,
        a,
        a,
        held_out=TEXTS,
        plan=declare(TEXTS),
        claim=CLAIM.model_copy(update={"metric": metric}),
    )
    assert made.ladder[0].metric == metric
    assert made.ladder[0].baseline == pytest.approx(0.2 if metric == "loss" else 0.4)
    assert made.ladder[1].view == last
    assert made.ladder[1].lower_is_better is lower
    assert all(len(v.view) <= 34 for v in made.ladder)


def test_a_lane_without_a_log_is_left_out_of_the_training_row_alone():
    a, b = lanes(TEXTS, side=1), lanes(TEXTS, side=2)
    b[4] = dataclasses.replace(b[4], history={})
    made = study(a, b)
    assert [view.runs for view in made.ladder] == [5, 6, 6, 6, 6, 6]
    assert made.ladder[0].baseline == pytest.approx(0.92)


def test_the_name_of_a_view_fits_its_column():
    history = {"sparse_top_k_categorical_accuracy": (0.9,), "loss": (0.3,)}
    fit = BASELINE.model_copy(update={"history": history})
    made = compare(
        fit,
        fit,
        [],
        [],
        held_out=None,
        plan=Plan(metric="accuracy"),
        claim=claim(fit, fit, None),
    )
    assert made.ladder
    assert all(len(v.view) <= 34 for v in made.ladder)


@pytest.mark.parametrize(
    ("metric", "low", "high", "verdict"),
    [
        ("macro_f1", -0.03, -0.001, "worse"),
        ("macro_f1", 0.001, 0.03, "better"),
        ("macro_f1", -0.0099, 0.0099, "no-meaningful-difference"),
        ("macro_f1", -0.0099, -0.001, "no-meaningful-difference"),
        ("macro_f1", -0.0101, 0.0099, "cannot-tell-yet"),
        ("macro_f1", None, None, "cannot-tell-yet"),
        ("log_loss", 0.001, 0.03, "worse"),
        ("log_loss", -0.03, -0.001, "better"),
    ],
)
def test_the_four_verdicts_either_side_of_their_bounds(metric, low, high, verdict):
    plan = Plan(metric=metric)
    assert decide_verdict(Interval(low=low, high=high), plan) == verdict


@pytest.mark.parametrize(
    ("verdict", "ends", "words"),
    [
        (
            "worse",
            (-0.030, -0.021, -0.012),
            "Worse: macro-F1 is 2.1 points lower with `attention` "
            "[-3.0, -1.2] over 6 pairs.",
        ),
        (
            "better",
            (0.0004, 0.021, 0.05),
            "Better: macro-F1 is 2.1 points higher with `attention` "
            "[0.0, 5.0] over 6 pairs.",
        ),
        (
            "cannot-tell-yet",
            (-0.03, -0.011, 0.008),
            "Cannot tell yet: macro-F1 is 1.1 points lower with `attention` "
            "[-3.0, 0.8] over 6 pairs, so it may be nothing or may matter.",
        ),
    ],
)
def test_the_sentences(verdict, ends, words):
    interval = Interval(low=ends[0], estimate=ends[1], high=ends[2])
    made = sentence(
        verdict, interval, plan=Plan(metric="macro_f1"), variant="attention", pairs=6
    )
    assert made == words


def test_log_loss_is_told_in_its_own_unit():
    interval = Interval(low=0.002, estimate=0.0124, high=0.023)
    plan = Plan(metric="log_loss")
    assert sentence("worse", interval, plan=plan, variant="b", pairs=6) == (
        "Worse: calibrated log loss is 0.012 higher with `b` [0.002, 0.023] over 6 pairs."
    )


def test_the_running_difference_is_that_of_the_comparison():
    a, b = lanes(TEXTS, side=1), lanes(TEXTS, side=2)
    made = study(a, b)
    assert made.difference is not None
    running = running_difference(a, b, held_out=TEXTS, plan=declare(TEXTS))
    assert running == pytest.approx(made.difference.estimate)
    assert running_difference(a, [], held_out=TEXTS, plan=declare(TEXTS)) is None


def test_three_fits_of_twenty_thousand_texts_take_under_two_seconds():
    texts = held_out(rows=20_000, share=0.06)
    a, b, c = (lanes(texts, side=side) for side in (1, 2, 3))
    study(a[:2], b[:2], texts)  # imports are not what is timed
    start = time.process_time()
    study(a, b, texts)
    study(a, c, texts)
    assert time.process_time() - start < 2.0


def test_runs_carry_validation_accuracy_over_time_as_the_script_would_report_it():
    """Two texts, labels 1 and 0; a model with a time axis is scored on each step."""
    texts = HeldOut(labels=np.array([1, 0]), class_names=("0", "1"), groups=np.arange(2))
    probabilities = np.array([[0.9, 0.8], [0.9, 0.1]])
    lane = Lane(
        pair=0,
        seed=0,
        history={"acc": [0.5, 0.6], "loss": [1, 1]},
        probabilities=probabilities,
    )
    by_step = dataclasses.replace(lane, steps_positive=np.array([[0.75, 0.5], [1.0, 0.0]]))

    assert held_out_history(lane, texts) == {"val_acc": [0.5, 1.0]}
    assert held_out_history(by_step, texts) == {"val_acc": [0.625, 1.0]}


def judged(gaps):
    """A study of 200 texts in which every text of a pair differs by the pair's gap."""
    gaps = np.asarray(gaps, dtype=float)
    texts = held_out(rows=200, share=0.5)
    values = gaps[:, None] + np.random.default_rng(0).normal(0, 1e-4, (len(gaps), 200))
    scores = np.stack([np.full(len(gaps), 0.8), 0.8 + gaps], axis=1)
    plan = declare(texts, max_pairs=6)
    return judge(values, scores, held_out=texts, plan=plan, variant="b")


def test_two_tests_over_the_pairs_that_disagree_are_said_to():
    """One run is far off: t is widened by it, while all signs agree (p = 2 / 64)."""
    (line,) = judged([0.01, 0.012, 0.011, 0.009, 0.013, 0.25]).warnings
    assert line.startswith("Over these pairs the sign-flip test (p = 0.031) sees a")
    assert judged([0.01, 0.012, 0.011, 0.009, 0.013, 0.011]).warnings == ()
    assert judged([0.01, -0.012, 0.011, -0.009, 0.013, -0.011]).warnings == ()
    # With five pairs no pattern of signs is rarer than 1 in 16.
    assert judged([0.01, 0.012, 0.011, 0.009, 0.25]).warnings == ()
    (line,) = judged([0.03, 0.03, 0.03, 0.03, 0.03, -0.005]).warnings
    assert line.startswith("Over these pairs Student's t sees a difference and the sign")
