"""Faulty programs and the same without the fault: the fault is named, and nothing else is.

The fits were recorded by `fault_programs.py`; two pairs are trained anew.
"""

import json

import fault_programs
import pytest

from whylow.checks import run_checks
from whylow.records import Fit

NAMES = sorted(fault_programs.PAIRS)


def errors(fit):
    findings, not_run = run_checks([fit], ())
    assert not [refusal for refusal in not_run if "itself failed" in refusal.why]
    return [finding.code for finding in findings if finding.severity == "error"]


def recorded(name, half):
    path = fault_programs.RECORDED / f"{name}-{half}.json"
    return Fit.model_validate(json.loads(path.read_text()))


@pytest.mark.parametrize("name", NAMES)
def test_the_fault_is_the_first_error(name):
    assert errors(recorded(name, "bad"))[:1] == [fault_programs.PAIRS[name][0]]


@pytest.mark.parametrize("name", NAMES)
def test_without_the_fault_there_is_no_error(name):
    assert errors(recorded(name, "good")) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["rate_too_high_dense", "squashed_twice"])
def test_a_program_trained_now_is_judged_alike(name):
    assert errors(fault_programs.record(name, True))[:1] == [fault_programs.PAIRS[name][0]]
    assert errors(fault_programs.record(name, False)) == []
