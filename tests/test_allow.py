"""What is allowed stays in the report with its reason, and counts for nothing."""

import json
import subprocess
import sys

import pytest

from whylow import checks
from whylow import report as render
from whylow.cli._allow import allowed
from whylow.exceptions import InputError
from whylow.records import Finding, Report

LOG = "{'loss': [0.7, nan, nan], 'val_loss': [0.7, nan, nan]}"


def read(*options, cwd):
    return subprocess.run(
        [sys.executable, "-m", "whylow", "read", *options],
        cwd=cwd,
        input=LOG,
        capture_output=True,
        text=True,
    )


def project(folder, text):
    (folder / "pyproject.toml").write_text(f"[tool.whylow]\n{text}\n")
    return folder


def test_an_allowed_error_no_longer_sets_the_exit_code(tmp_path):
    assert read(cwd=tmp_path).returncode == 1
    result = read("--allow", "WL303=made on purpose", "--format", "json", cwd=tmp_path)
    assert result.returncode == 0
    found = {one["code"]: one for one in json.loads(result.stdout)["findings"]}
    assert found["WL303"]["allowed"] == "made on purpose"
    text = read("--allow", "loss-is-nan=made on purpose", cwd=tmp_path)
    assert "Allowed: made on purpose" in text.stdout


def test_pyproject_of_a_folder_above_allows_too(tmp_path):
    project(tmp_path, 'allow = [{ code = "WL303", reason = "known" }]')
    below = tmp_path / "below"
    below.mkdir()
    assert read(cwd=below).returncode == 0


def test_an_unknown_code_is_refused_in_one_sentence(tmp_path):
    result = read("--allow", "WL999=why", cwd=tmp_path)
    assert result.returncode == 2
    assert result.stderr.startswith("whylow: There is no check 'WL999'.")
    assert "Traceback" not in result.stderr


def test_the_command_line_wins(tmp_path, monkeypatch):
    monkeypatch.chdir(project(tmp_path, 'allow = [{code = "wl202", reason = "one"}]'))
    assert allowed(None) == {"WL202": "one"}
    given = ["WL202=two = too", "single-run=three"]
    assert allowed(given) == {"WL202": "two = too", "WL403": "three"}


@pytest.mark.parametrize("given", ["WL202", "WL202=", "WL202= "])
def test_a_reason_is_asked_for(tmp_path, monkeypatch, given):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=r"WL202 is allowed without a reason. Expected"):
        allowed([given])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('allow = [{code = "WL202"}]', "without a reason"),
        ('allow = [{reason = "x"}]', "An entry of `allow`"),
        ('allow = ["WL202"]', r"An entry of `allow` in .* is 'WL202'"),
        ('allow = [{code = 202, reason = "x"}]', "An entry of `allow`"),
        ('allow = "WL202"', "is no list"),
        ("alow = []", r"\[tool.whylow\] in .* holds alow"),
        ("allow = [", "Cannot read"),
    ],
)
def test_what_pyproject_holds_by_mistake(tmp_path, monkeypatch, text, said):
    monkeypatch.chdir(project(tmp_path, text))
    with pytest.raises(InputError, match=said):
        allowed(None)


def test_no_pyproject_and_no_table_allow_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    assert allowed(None) == {}


def finding(code, severity, **given):
    return Finding(
        code=code, name="a", severity=severity, message="M.", fix="Mend it.", **given
    )


def test_allowed_findings_stand_last_in_every_report():
    found = checks.allow(
        [finding("WL201", "error"), finding("WL202", "warning")], {"WL201": "So it is"}
    )
    assert [one.code for one in checks.counted(found)] == ["WL202"]
    report = Report(command="run", findings=found)
    for text in (render.text(report), render.markdown(report), render.html(report)):
        assert text.index("WL202") < text.index("WL201")
        assert "So it is" in text
    said = render.text(report)
    assert "Findings: 1 warning, 1 allowed" in said
    assert "mend WL202" in said
