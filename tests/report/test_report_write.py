"""Markdown, and the file that a report is written to."""

from __future__ import annotations

import pytest
from report_cases import BROADCAST, SHAPES, compared, fit, report

from whylow.exceptions import InputError
from whylow.records import Report
from whylow.report import check_path, markdown, write


def test_markdown_says_verdict_ladder_metrics_findings_and_notes():
    made = markdown(SHAPES["lost-runs"])
    for said in (
        "# whylow run: quora\\_attention.py",
        "## attention against no attention",
        "**better** (provisional, 6 pairs) Better: average precision is",
        "| accuracy, training, epoch 3 (your claim) | 98.22 % | 97.45 % | -0.77 |",
        "| TF-IDF + logistic regression |",
        "No cause was measured",
        "- **WL201** error, label-broadcast-over-time.",
        "1 run of 12 failed",
    ):
        assert said in made


@pytest.mark.parametrize("shape", SHAPES)
def test_tables_of_markdown_have_as_many_cells_in_every_row(shape):
    made = markdown(SHAPES[shape])
    for table in [part for part in made.split("\n\n") if part.startswith("|")]:
        assert len({line.count("|") for line in table.splitlines()}) == 1


def test_markdown_escapes_what_the_script_named():
    evil = "a|b\n# *c* <script> [d](e) `f`"
    made = markdown(
        report(
            fits=(fit(evil, "baseline"),),
            comparisons=(compared(baseline=evil),),
            findings=(BROADCAST.model_copy(update={"message": evil}),),
        )
    )
    assert r"a\|b # \*c\* \<script\> \[d\](e) \`f\`" in made
    assert "\n# *c*" not in made


def test_suffix_picks_the_format(tmp_path):
    made = SHAPES["one-comparison"]
    for name, start in [
        ("a.html", "<!doctype html>"),
        ("b.MD", "# whylow run"),
        ("c.json", "{"),
    ]:
        write(made, tmp_path / name)
        content = (tmp_path / name).read_text(encoding="utf-8")
        assert content.startswith(start)
        assert content.endswith("\n")
    assert (
        Report.model_validate_json((tmp_path / "c.json").read_text(encoding="utf-8"))
        == made
    )


def test_other_suffixes_are_refused_with_a_way_out(tmp_path):
    with pytest.raises(
        InputError, match=r"\.html, \.md or \.json.*'report\.pdf'.*'report\.html'"
    ):
        write(SHAPES["one-comparison"], "report.pdf")
    with pytest.raises(InputError, match=r"Received: '.*plain'"):
        check_path(tmp_path / "plain")


def test_missing_folders_and_folders_themselves_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"there is no '.*nowhere'"):
        write(SHAPES["one-comparison"], tmp_path / "nowhere" / "a.html")
    (tmp_path / "folder.md").mkdir()
    with pytest.raises(InputError, match="is a folder"):
        check_path(tmp_path / "folder.md")


def test_a_path_that_is_fine_is_returned(tmp_path):
    assert check_path(str(tmp_path / "a.html")) == tmp_path / "a.html"
