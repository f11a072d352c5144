"""Where 0 is an id like any other, nothing is said of padding and of empty texts."""

import json
from pathlib import Path

import pytest

from whylow.checks import run_checks
from whylow.records import Fit

OF_TEXTS = ("WL118", "WL119", "WL120", "WL121")


@pytest.mark.parametrize("code", OF_TEXTS)
@pytest.mark.parametrize(
    "zeros",
    [{"inside": 0.011}, {"leading": 0.011, "trailing": 0.3}],
    ids=["within", "both"],
)
def test_zeros_elsewhere_are_no_padding(code, zeros):
    cases = Path(__file__).parent / "cases"
    path = next(cases.glob(f"{code.lower()}-*")) / "bad.json"
    record = json.loads(path.read_text())["fits"][0]
    record["training"]["inputs"][0]["tokens"].update(zeros)
    findings, not_run = run_checks([Fit.model_validate(record)], ())
    assert code not in {finding.code for finding in findings}
    whys = {refusal.code: refusal.why for refusal in not_run}
    assert whys[code] == "0 stands for more than padding"
