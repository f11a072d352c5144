"""Programs in the way of Keras' own guides: nothing is wrong, and nothing is said.

A check that alarms here alarms on what people do right. What is read here are the record
and the learning curves; `benchmarks/false_alarms.py` measures the models too.
"""

from pathlib import Path

import pytest

from whylow.capture._recorder import Recorder
from whylow.capture._script import run_script
from whylow.checks import run_checks

FOLDER = Path(__file__).parent / "programs"
PROGRAMS = sorted(set(FOLDER.glob("*.py")) - {FOLDER / "made_data.py"})
MOST_WARNINGS = 1


@pytest.mark.slow
@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_nothing_is_wrong_with_it(path, monkeypatch):
    monkeypatch.syspath_prepend(FOLDER)
    with Recorder() as recorder:
        outcome = run_script(path)
    assert outcome.error is None
    findings, not_run = run_checks([live.fit for live in recorder.fits], ())
    assert [one.message for one in findings if one.severity == "error"] == []
    warned = [one.message for one in findings if one.severity == "warning"]
    assert len(warned) <= MOST_WARNINGS, warned
    assert not [refusal for refusal in not_run if "itself failed" in refusal.why]
