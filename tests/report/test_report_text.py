"""The first screen: golden text for every shape, and bounds that hold for any report."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report_cases import (
    BROADCAST,
    MASK,
    NOT_EXAMINED,
    OVERFIT,
    SHAPES,
    compared,
    fit,
    report,
    unpaired,
)
from rich.cells import cell_len

from whylow.records import (
    Cause,
    CheckNotRun,
    Claim,
    Comparison,
    Difference,
    Finding,
    Fit,
    Interval,
    Report,
    Run,
    Script,
    View,
)
from whylow.report import text

CASES = Path(__file__).parent / "cases"


@pytest.mark.parametrize("shape", SHAPES)
def test_screen_reads_as_agreed(shape):
    """The golden screens are rewritten by UPDATE_CASES=1; read the difference."""
    golden = CASES / f"{shape}.txt"
    screen = text(SHAPES[shape])
    if os.environ.get("UPDATE_CASES"):
        golden.write_text(screen, encoding="utf-8")
    assert screen == golden.read_text(encoding="utf-8")


def in_order(screen: str, *parts: str) -> bool:
    places = [screen.find(part) for part in parts]
    return -1 not in places and places == sorted(places)


def test_claim_comes_first_and_the_next_step_last():
    screen = text(SHAPES["one-comparison"])
    assert in_order(
        screen,
        "your claim",
        "average precision",
        "Verdict",
        "Not examined",
        "WL201",
        "Next:",
    )


def test_claim_over_validation_texts_is_told_apart_from_the_training_rung():
    claim = Claim(metric="accuracy", split="validation", epoch=2, difference=-0.0061)
    screen = text(report(comparisons=(compared(claim=claim),)))
    assert "accuracy, validation, epoch 2" in screen
    assert screen.count("your claim") == 1


def test_a_rung_that_says_the_claim_is_marked_and_not_said_twice():
    claim = Claim(metric="accuracy", split="train", epoch=3, difference=-0.0061)
    screen = text(report(comparisons=(unpaired().model_copy(update={"claim": claim}),)))
    (marked,) = [line for line in screen.splitlines() if "your claim" in line]
    assert marked.startswith("accuracy, training, last epoch")
    assert "epoch 3" not in screen


def test_the_claim_comes_first_wherever_its_rung_stands():
    claim = Claim(metric="accuracy", split="validation", epoch=3, difference=0.0021)
    screen = text(report(comparisons=(unpaired().model_copy(update={"claim": claim}),)))
    first = screen.splitlines()[1]
    assert first.startswith("accuracy, validation, best epoch")
    assert first.endswith("your claim")


def test_a_mean_over_pairs_is_nobodys_claim():
    """A rung over pairs that happens to equal the claim is still another number."""
    claim = Claim(metric="accuracy", split="train", epoch=3, difference=-0.0061)
    screen = text(report(comparisons=(compared(claim=claim),)))
    assert "-0.61  your claim" in screen
    assert "-0.6 [-1.5, 0.3]" in screen


def test_narrow_intervals_get_a_digit_more():
    half = View(
        view="accuracy, x", metric="accuracy", runs=6,
        difference=Interval(low=-0.0012, estimate=0.0011, high=0.0034),
    )  # fmt: skip
    screen = text(report(comparisons=(compared(ladder=(half,)),)))
    assert "+0.11 [-0.12, 0.34]" in screen


def test_provisional_verdicts_say_so_and_settled_ones_do_not():
    assert "Verdict (provisional, 6 pairs)\n  Better: " in text(SHAPES["one-comparison"])
    assert "Verdict (12 pairs)\n  Worse: " in text(SHAPES["settled-on-new-texts"])


def test_a_sentence_that_does_not_open_with_the_verdict_gets_it_before():
    screen = text(report(comparisons=(compared(verdict="worse", sentence="It lost."),)))
    assert "Verdict: worse (provisional, 6 pairs)\n  It lost." in screen


def test_no_verdict_without_pairs_and_the_reason_under_next():
    screen = text(SHAPES["no-pairs"])
    assert "No verdict\n" in screen
    assert "Next: No pair finished within 60 s" in screen
    assert "[" not in screen.split("No verdict")[0]


def test_an_interval_on_new_texts_stands_beside_the_one_over_pairs():
    comparison = SHAPES["settled-on-new-texts"].comparisons[0]
    wider = comparison.difference.model_copy(update={"low": -0.05, "high": 0.008})
    screen = text(
        report(comparisons=(comparison.model_copy(update={"difference": wider}),))
    )
    assert "-2.1 [-3.0, -1.2]" in screen
    assert "-2.1 [-5.0, 0.8]" in screen


def test_same_fault_in_two_fits_is_one_finding_with_both_names():
    also = MASK.model_copy(update={"fit": "put right"})
    screen = text(report(comparisons=(), findings=(MASK, also)))
    assert screen.count("Fix:") == 1
    assert "(Also: put right.)" in screen
    assert "2 warnings" in screen


def test_gravest_finding_comes_first_and_in_full():
    screen = text(report(findings=(OVERFIT, *[MASK.model_copy(update={"fix": f"Fix {n}."})
                                              for n in range(9)], BROADCAST)))  # fmt: skip
    assert in_order(screen, "WL201", "WL105")
    assert "attention pooling." in screen
    assert " more, see --report FILE.html" in screen


def test_two_faults_in_brief_rather_than_one_at_length():
    screen = text(SHAPES["two-variants"])
    assert in_order(screen, "WL201", "WL101", "+ 2 more")


def test_what_is_left_out_is_counted_exactly():
    many = [MASK.model_copy(update={"fix": f"Way {n}."}) for n in range(20)]
    screen = text(report(findings=many, comparisons=(), causes_not_examined=()))
    (more,) = [line for line in screen.splitlines() if "more, see" in line]
    assert int(more.split()[1]) == 20 - screen.count("Way ")


def test_exit_status_failed_fits_and_replay_notes_are_said():
    screen = text(SHAPES["failed-fit"])
    assert "quora_attention.py ended with exit status 1" in screen.splitlines()[0]
    assert "attention failed: ValueError" in screen
    assert "attention cannot be retrained: a layer of the script's own" in screen


def test_a_note_on_a_fit_that_was_replayed_does_not_deny_it():
    slow = fit("no attention", replay_note="trained one run after another: run_eagerly")
    screen = text(report(fits=(slow,), comparisons=()))
    assert "- no attention: trained one run after another" in screen
    assert "cannot be retrained" not in screen


def test_lost_runs_are_counted():
    assert "attention: 1 run of 12 failed" in text(SHAPES["lost-runs"])


def test_nothing_is_said_of_causes_that_were_not_measured():
    assert "No cause was measured. Not examined: masking" in text(SHAPES["one-comparison"])
    assert "cause" not in text(SHAPES["all-clear"]).lower()


def test_measured_causes_have_their_role_and_interval():
    screen = text(SHAPES["causes"])
    assert in_order(
        screen,
        "Masking the padding gives back 1.4 of 2.1 points [0.6, 2.2].",
        "Undecided: putting back the learning rate +0.5 [-0.1, 1.1]; about 18 pairs",
        "Not a cause: stopping at the best epoch instead of the last [-0.20, 0.20].",
        "With mask-padding at once +0.2 [-0.4, 0.8] is left of -2.1 [-3.0, -1.2]",
        "Do now: mask_zero=True in `attention` (+1.40 points)",
    )
    assert "No cause was measured" not in screen


def test_more_than_the_whole_difference_is_no_part_of_it():
    report = SHAPES["causes"]
    one = next(cause for cause in report.causes if cause.remedy == "mask-padding")
    effect = one.effect.model_copy(update={"estimate": 0.034})
    larger = one.model_copy(update={"effect": effect})
    screen = text(report.model_copy(update={"causes": (larger,)}))
    assert "gives back 3.4 points [0.6, 2.2], more than the 2.1 lost." in screen


@pytest.mark.parametrize("width", [20, 48, 60, 72, 80, 200])
def test_narrow_and_wide_terminals(width):
    for made in SHAPES.values():
        lines = text(made, width=width).splitlines()
        assert len(lines) <= 30
        assert max(cell_len(line) for line in lines) <= min(max(width, 48), 80)


def test_names_cannot_steer_the_terminal():
    """Escape sequences and line ends in a name are the script's, not ours to pass on."""
    screen = text(report(fits=(fit("evil\x1b[2J\nname\u202e"),), comparisons=()))
    assert "evil[2J name" in screen
    assert "\x1b" not in screen
    assert "\u202e" not in screen


def test_the_same_report_always_reads_the_same():
    made = SHAPES["two-variants"]
    assert text(Report.model_validate_json(made.to_json())) == text(made)


NAMES = st.text(min_size=1, max_size=120) | st.sampled_from(
    ["a", "注意力模型" * 9, "x" * 200, "é" * 90]
)
SENTENCES = st.text(max_size=400) | st.just("word " * 120) | st.just("w" * 500)
VALUES = st.none() | st.floats(-1, 1) | st.floats(allow_nan=False, allow_infinity=False)
METRIC = st.sampled_from(["accuracy", "macro_f1", "log_loss", "average_precision"]) | NAMES
INTERVALS = st.builds(Interval, low=VALUES, estimate=VALUES, high=VALUES)
FITS = st.builds(
    Fit,
    name=NAMES,
    history=st.dictionaries(NAMES, st.lists(VALUES, max_size=3), max_size=3),
    epochs=st.integers(0, 10**6),
    seconds_per_epoch=st.none() | st.floats(0, 1e6),
    failed=st.none() | SENTENCES,
    replay_note=st.none() | SENTENCES,
)
FINDINGS = st.builds(
    Finding,
    code=NAMES,
    name=NAMES,
    severity=st.sampled_from(["error", "warning", "info"]),
    fit=st.none() | NAMES,
    confirmed=st.sampled_from(["confirmed", "refuted", "not-tried"]),
    faults=st.just(()),
    message=SENTENCES,
    evidence=st.just({}),
    fix=SENTENCES,
)
VIEWS = st.builds(
    View, view=NAMES, metric=METRIC, baseline=VALUES, variant=VALUES,
    difference=INTERVALS, runs=st.integers(1, 24),
)  # fmt: skip
CLAIMS = st.builds(
    Claim, metric=METRIC, split=st.sampled_from(["train", "validation"]),
    epoch=st.integers(1, 10**5), difference=st.floats(-1, 1),
    baseline=VALUES, variant=VALUES,
)  # fmt: skip
COMPARISONS = st.builds(
    Comparison,
    baseline=NAMES | st.just("same"),
    variant=NAMES,
    metric=METRIC,
    smallest_meaningful_difference=st.floats(0.001, 1),
    pairs=st.integers(0, 24),
    claim=st.none() | CLAIMS,
    ladder=st.lists(VIEWS, max_size=12),
    difference=st.none() | st.builds(Difference, low=VALUES, estimate=VALUES, high=VALUES),
    difference_these_texts=st.none(),
    metrics=st.just({}),
    controls=st.just(()),
    self_test=st.just({}),
    verdict=st.none() | st.sampled_from(["worse", "better", "cannot-tell-yet"]),
    sentence=SENTENCES,
    next_step=SENTENCES,
    runs=st.lists(
        st.builds(Run, fit=NAMES, pair=st.just(0), seed=st.just(0), history=st.just({})),
        max_size=2,
    ),
)
REPORTS = st.builds(
    Report,
    command=st.just("run"),
    script=st.none() | st.builds(Script, path=NAMES, exit_status=st.integers(-9, 255)),
    fits=st.lists(FITS, max_size=5),
    findings=st.lists(FINDINGS, max_size=6),
    checks_not_run=st.lists(st.builds(CheckNotRun, code=NAMES, why=SENTENCES), max_size=2),
    comparisons=st.lists(COMPARISONS, max_size=5),
    causes=st.lists(
        st.builds(
            Cause, remedy=NAMES, effect=INTERVALS, pairs=st.just(6),
            role=st.sampled_from(["cause", "acquitted", "undecided"]),
        ),
        max_size=4,
    ),
    causes_not_examined=st.lists(NAMES, max_size=20),
    notes=st.lists(SENTENCES, max_size=5),
    protocol=st.just({}),
    versions=st.just({}),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(REPORTS, st.integers(40, 100))
def test_any_report_fits_one_screen(made, width):
    screen = text(made, width=width)
    lines = screen.splitlines()
    assert screen.endswith("\n")
    assert len(lines) <= 30
    assert all(cell_len(line) <= min(max(width, 48), 80) for line in lines)
    assert screen.strip() or not made.comparisons


def test_everything_at_once_still_leaves_room_for_every_part():
    """A screen on which every part has too much to say says a little of each."""
    crowd = report(
        script=SHAPES["failed-fit"].script,
        fits=tuple(fit(f"fit {n}", failed="word " * 80) for n in range(40)),
        findings=tuple(
            MASK.model_copy(update={"fix": f"Way {n}. " * 40}) for n in range(40)
        ),
        comparisons=tuple(
            compared(
                variant=f"variant {n}", sentence="Long " * 90, next_step=f"Step {n} " * 60
            )
            for n in range(40)
        ),
        causes_not_examined=NOT_EXAMINED * 20,
        causes=SHAPES["causes"].causes * 9,
    )
    screen = text(crowd)
    assert 26 <= len(screen.splitlines()) <= 30
    assert in_order(
        screen, "exit status 1", "claimed", "variant 0: Long", "Causes, measured",
        "WL105", "failed:", "Do now:"
    )  # fmt: skip
    assert screen.count("more, see --report FILE.html") == 6


def test_long_names_everywhere_leave_the_screen_its_size():
    claim = Claim(metric="word_" * 50, split="train", epoch=1, difference=0.1)
    crowd = report(
        script=Script(path="long/" * 40, exit_status=1),
        fits=tuple(fit(f"fit {n}", failed="word " * 80) for n in range(9)),
        comparisons=tuple(
            compared(variant=f"{n} " * 90, claim=claim, next_step=f"Step {n} " * 60)
            for n in range(9)
        ),
        causes_not_examined=NOT_EXAMINED * 20,
        causes=[
            cause.model_copy(update={"remedy": "word " * 60})
            for cause in SHAPES["causes"].causes
        ],
    )
    lines = text(crowd, width=48).splitlines()
    assert 28 <= len(lines) <= 30
    assert all(cell_len(line) <= 48 for line in lines)


def test_the_screen_needs_neither_keras_nor_the_page():
    """Importing and rendering text loads no backend, no plotting, no templates."""
    code = (
        "import sys; from whylow.report import text; from whylow.records import Report;"
        "text(Report(command='run'));"
        "bad = {'keras', 'jax', 'scipy', 'sklearn', 'matplotlib', 'jinja2', 'numpy'};"
        "print(sorted(bad & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
