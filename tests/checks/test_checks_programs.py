"""Faulty programs and the same without the fault: the fault is named, and nothing else is.

The fits were recorded by `fault_programs.py` and `fault_styles.py`; two pairs are trained
anew.
"""

import json

import fault_programs
import fault_styles
import pytest

from whylow.checks import run_checks, table
from whylow.records import Fit

PAIRS = {**fault_programs.PAIRS, **fault_styles.PAIRS}
NAMES = sorted(PAIRS)
HALVES = ("bad", "good")


def findings(fit):
    found, not_run = run_checks([fit], ())
    assert not [refusal for refusal in not_run if "itself failed" in refusal.why]
    return found


def errors(fit):
    return [finding.code for finding in findings(fit) if finding.severity == "error"]


def recorded(name, half):
    path = fault_programs.RECORDED / f"{name}-{half}.json"
    return Fit.model_validate(json.loads(path.read_text()))


@pytest.mark.parametrize("name", NAMES)
def test_the_fault_is_the_first_error(name):
    code = PAIRS[name][0]  # none where it is known to be missed
    assert errors(recorded(name, "bad"))[:1] == ([code] if code else [])


@pytest.mark.parametrize("name", NAMES)
def test_without_the_fault_there_is_no_error(name):
    assert errors(recorded(name, "good")) == []


def test_a_stable_check_is_right_on_these_programs():
    """At least one faulty half has it as it weighs most, and no sound one has it at all."""
    said = {
        half: {
            (finding.code, finding.severity)
            for name in NAMES
            for finding in findings(recorded(name, half))
        }
        for half in HALVES
    }
    stable = {(one.code, one.severity) for one in table() if one.status == "stable"}
    assert stable
    assert stable <= said["bad"]
    assert not {code for code, _ in stable} & {code for code, _ in said["good"]}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["rate_too_high_dense", "squashed_twice"])
def test_a_program_trained_now_is_judged_alike(name):
    code, build = fault_programs.PAIRS[name]
    assert errors(fault_programs.record(build, True))[:1] == [code]
    assert errors(fault_programs.record(build, False)) == []
