"""The README is true: its first screen is what the demo said, its commands exist."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from whylow import report as render
from whylow.records import Report

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
DEMO = ROOT / "docs" / "demo.json"
BLOCK = re.compile(r"(<!-- demo -->\n).*?(<!-- /demo -->)", re.DOTALL)


def test_the_first_screen_is_the_recorded_answer_of_the_demo():
    """`whylow demo --report docs/demo.json` records; UPDATE_CASES=1 writes it anew."""
    answer = render.text(Report.model_validate_json(DEMO.read_text()))
    written = README.read_text()
    shown = BLOCK.sub(lambda m: f"{m[1]}```\n{answer}```\n{m[2]}", written)
    if os.environ.get("UPDATE_CASES"):
        README.write_text(shown)
    else:
        assert shown == written


def test_every_command_that_it_names_exists():
    named = set(re.findall(r"uv run whylow ([a-z-]+)", README.read_text()))
    listed = subprocess.run(
        [sys.executable, "-m", "whylow", "--help"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    commands = set(re.findall(r"^  ([a-z][a-z-]*)  ", listed, re.MULTILINE))

    assert named == commands


def test_every_file_that_it_links_to_exists():
    links = re.findall(r"\]\(([^)#]+)\)", README.read_text())

    assert links
    for link in links:
        assert (ROOT / link).exists(), link


@pytest.mark.slow
def test_the_demo_gives_the_answer_its_record_has(tmp_path):
    """The same fits, views, checks and verdict; figures may differ between machines."""
    result = subprocess.run(
        [sys.executable, "-m", "whylow", "demo", "--format", "json", "--budget", "10m"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=1200,
    )
    said, recorded = json.loads(result.stdout), json.loads(DEMO.read_text())
    jsonschema.validate(said, Report.model_json_schema(by_alias=True))

    assert said["script"]["exit_status"] == 0
    assert [fit["name"] for fit in said["fits"]] == [
        fit["name"] for fit in recorded["fits"]
    ]
    for mine, theirs in zip(said["comparisons"], recorded["comparisons"], strict=True):
        assert mine["pairs"] == theirs["pairs"]
        assert [view["view"] for view in mine["ladder"]] == [
            view["view"] for view in theirs["ladder"]
        ]
        for one, other in zip(mine["controls"], theirs["controls"], strict=True):
            assert one["name"] == other["name"]
            assert one["metrics"] == pytest.approx(other["metrics"], abs=0.005)


def test_the_example_on_made_questions(tmp_path):
    """The README's way for a person without data, on a small scale and one pair."""
    subprocess.run(
        [sys.executable, "-m", "whylow.demo", "700", "questions.csv"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    sizes = "--train-rows 384 --maxlen 12 --embed-size 8 --epochs 1 --data questions.csv"
    example = str(ROOT / "examples" / "quora_attention.py")
    options = "--max-pairs 1 --report report.html --report report.json"
    result = subprocess.run(
        [sys.executable, "-m", "whylow", "run", *options.split(), example, *sizes.split()],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=600,
    )
    report = json.loads((tmp_path / "report.json").read_text())

    assert result.returncode == 1  # the attention model's broadcast is an error finding
    assert [c["variant"] for c in report["comparisons"]] == ["attention", "put_right"]
    assert [c["pairs"] for c in report["comparisons"]] == [1, 1]
    assert "WL201" in result.stdout
    assert (tmp_path / "report.html").stat().st_size < 300_000
