"""Each case is a record on one side of a threshold, with the codes that it must give.

`UPDATE_CASES=1` writes the rendered findings beside the bad ones; read the diff.
"""

import json
import os
from pathlib import Path

import pytest

from whylow.checks import run_checks, table
from whylow.records import Comparison, Fit

CASES = Path(__file__).parent / "cases"
FILES = sorted(CASES.glob("*/*.json"))


def load(path):
    case = json.loads(path.read_text())
    fits = [Fit.model_validate(fit) for fit in case["fits"]]
    comparisons = [Comparison.model_validate(one) for one in case.get("comparisons", ())]
    return case, fits, comparisons


def rendered(findings):
    parts = []
    for finding in findings:
        faults = ", ".join(finding.faults) or "no fault word"
        parts.append(
            f"{finding.code} {finding.name} ({finding.severity}; {faults})\n"
            f"{finding.message}\n{finding.fix}\n"
            f"{json.dumps(finding.evidence, indent=1, ensure_ascii=False)}\n"
        )
    return "\n".join(parts)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_case_gives_its_codes_and_its_golden_text(path):
    case, fits, comparisons = load(path)
    findings, not_run = run_checks(fits, comparisons)
    assert [finding.code for finding in findings] == case["expect"]
    assert not [refusal for refusal in not_run if "itself failed" in refusal.why]
    # A case that stays silent because its check could not run would prove nothing.
    code = path.parent.name[:5].upper()
    assert code not in {refusal.code for refusal in not_run}
    golden = path.with_suffix(".txt")
    if not findings:
        assert not golden.exists()
        return
    if os.environ.get("UPDATE_CASES"):
        golden.write_text(rendered(findings))
    assert rendered(findings) == golden.read_text()


@pytest.mark.parametrize("check", table(), ids=lambda check: check.code)
def test_each_check_has_a_case_flagged_and_a_case_passed(check):
    folders = {
        path.parent for path in FILES if path.parent.name.startswith(check.code.lower())
    }
    assert folders
    for folder in folders:
        bad, good = (load(folder / f"{which}.json")[0] for which in ("bad", "good"))
        assert check.code in bad["expect"]
        assert check.code not in good["expect"]
