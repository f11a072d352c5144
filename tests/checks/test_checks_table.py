"""What holds for every check of the table."""

import dataclasses
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from whylow import checks
from whylow.checks import FitCheck, explain, pages, run_checks, table
from whylow.checks._base import CouldNotRun, Status
from whylow.checks._reading import loss_name
from whylow.exceptions import InputError
from whylow.records import Comparison, Compile, Fit, Layer, Model, Severity, Split

ROOT = Path(__file__).parents[2]
RULES = Path(checks.__file__).parent / "_rules"
SECTIONS = [
    "## What it does",
    "## Why is this bad?",
    "## Evidence",
    "## Example",
    "## When to ignore",
]
every_check = pytest.mark.parametrize("check", table(), ids=lambda check: check.code)


def test_codes_are_sorted_and_unique_and_names_too():
    codes = [check.code for check in table()]
    assert codes == sorted(set(codes))
    assert all(re.fullmatch(r"WL[1-4]\d\d", code) for code in codes)
    assert len({check.name for check in table()}) == len(codes)


def test_every_rule_file_is_in_the_table():
    files = {path.stem for path in RULES.rglob("*.py")} - {"__init__"}
    assert files == {check.name.replace("-", "_") for check in table()}


@every_check
def test_rule_bears_the_name_and_the_code(check):
    assert check.rule.__name__ == check.name.replace("-", "_")
    assert check.rule.__doc__ == f"{check.code}."
    assert check.severity in get_args(Severity)
    assert check.status in get_args(Status)
    assert re.fullmatch(r"\d+\.\d+\.\d+", check.since)


@every_check
def test_name_states_the_fault_and_not_the_remedy(check):
    assert not re.match(r"(avoid|use|prefer|no|missing-check|check)-", check.name)


@every_check
def test_page_is_complete_and_in_order(check):
    page = explain(check.code)
    assert page.startswith(f"# {check.code} {check.name}\n")
    assert f"*{check.severity}, {check.status}, since {check.since}*" in page
    assert check.summary.endswith(".")
    assert [line for line in page.splitlines() if line.startswith("## ")] == SECTIONS
    assert "Use instead:" in page
    for section in re.split(r"^## .*$", page, flags=re.MULTILINE)[1:]:
        assert section.strip()


@every_check
def test_page_explains_every_field_of_the_evidence_and_no_other(check):
    evidence = re.split(r"^## ", explain(check.code), flags=re.MULTILINE)[3]
    explained = set()
    for item in re.findall(r"^- (.*?):", evidence, flags=re.MULTILINE | re.DOTALL):
        explained |= set(re.findall(r"`(\w+)`", item))
    assert explained == {field.name for field in dataclasses.fields(check.finding)}


@every_check
def test_findings_are_frozen(check):
    assert check.finding.__dataclass_params__.frozen


@every_check
def test_a_log_without_anything_is_refused_in_words(check):
    """An empty record is neither found nor clear: the reason names what the log lacks."""
    one = Fit(name="one", source="log")
    pair = Comparison(
        baseline="one",
        variant="one",
        metric="accuracy",
        smallest_meaningful_difference=0.01,
    )
    given = (one,) if isinstance(check, FitCheck) else (pair, one, one)
    with pytest.raises(CouldNotRun, match=r"the log does not hold|nothing was claimed"):
        list(check.rule(*given))


@every_check
def test_page_is_found_by_code_and_name_in_any_case(check):
    assert explain(check.name.upper()) == explain(check.code.lower()) == explain(check.code)


@pytest.mark.parametrize(
    ("asked", "near"),
    [("padding", "WL202"), ("single-rnu", "WL403"), ("overfit", "WL301"), ("zz", "WL201")],
)
def test_unknown_code_names_what_is_near(asked, near):
    with pytest.raises(InputError, match=rf"no check '{asked}'.*{near}"):
        explain(asked)


def test_pages_on_disk_are_current():
    path = ROOT / "docs" / "checks.md"
    if os.environ.get("UPDATE_CASES"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(pages())
    assert path.read_text() == pages(), "write it again with UPDATE_CASES=1"


def test_links_of_the_table_lead_to_headings():
    """An anchor is the heading in lower case with hyphens, as GitHub makes it."""
    text = pages()
    headings = re.findall(r"^## (.*)$", text, flags=re.MULTILINE)
    anchors = {heading.lower().replace(" ", "-") for heading in headings}
    links = re.findall(r"\]\(#([^)]+)\)", text)
    assert len(links) == len(table())
    assert set(links) <= anchors


def test_findings_come_by_severity_then_code():
    cases = Path(__file__).parent / "cases"
    fits = []
    for name in (
        "wl401-balanced",
        "wl301-rise",
        "wl202-no-mask",
        "wl203-bounded-logits",
        "wl201-repeated",
    ):
        record = json.loads((cases / name / "bad.json").read_text())["fits"][0]
        fits.append(Fit.model_validate({**record, "name": name}))
    findings, _ = run_checks(fits, ())
    codes = [finding.code for finding in findings]
    assert codes == ["WL201", "WL203", "WL202", "WL301", "WL401"]
    assert findings[0].fit == "wl201-repeated"


def test_refusals_name_the_fits_unless_all_are_meant():
    whole = Fit(name="whole", history={"loss": (1.0, 0.5), "val_loss": (1.0, 0.5)})
    _, not_run = run_checks([whole, Fit(name="bare")], ())
    whys = {refusal.code: refusal.why for refusal in not_run}
    assert whys["WL301"] == "the validation loss was not recorded (bare)"
    assert whys["WL201"] == "the model was not recorded"


def test_a_comparison_of_unknown_fits_is_refused():
    pair = Comparison(
        baseline="a", variant="b", metric="accuracy", smallest_meaningful_difference=0.01
    )
    _, not_run = run_checks((), [pair])
    of_pairs = {check.code for check in table() if not isinstance(check, FitCheck)}
    assert {refusal.code for refusal in not_run} == of_pairs >= {"WL402", "WL403"}
    assert all("not in the report" in refusal.why for refusal in not_run)


@pytest.mark.parametrize(
    ("counts", "why"),
    [
        (None, "no classes"),
        ({"1": 160}, "of one class only"),
        ({"0": 0, "1": 160}, "of one class"),
    ],
)
def test_majority_class_needs_two_classes(counts, why):
    fit = Fit(
        name="one",
        history={"val_accuracy": (1.0,)},
        validation=Split(rows=160, class_counts=counts),
    )
    findings, not_run = run_checks([fit], ())
    assert not findings
    assert why in {refusal.code: refusal.why for refusal in not_run}["WL401"]


def unclear_end(model="Sequential", *, layer, shape=(None, 30, 1), loss="mse", config=None):
    end = Layer(name="end", class_name=layer, config=config or {}, output_shape=shape)
    whole = Model(class_name=model, backend="jax", layers=(end,), output_shape=shape)
    training = Split(rows=60, label_shape=(60, 30), label_dtype="int64")
    return Fit(name="one", model=whole, compile=Compile(loss=loss), training=training)


@pytest.mark.parametrize(
    ("fit", "why"),
    [
        (unclear_end("MyModel", layer="Dense"), "MyModel computes its output in code"),
        (unclear_end(layer="Softmax", config={"axis": 1}), "what `end` does"),
        (unclear_end(layer="Dense"), "what `end` does"),
        (unclear_end(layer="Mine", config={"activation": "relu"}), "what `end` does"),
        (unclear_end(layer="Dense", shape=None), "several outputs"),
        (unclear_end(layer="Dense", loss=None), "no name of Keras'"),
        (unclear_end(layer="Dense", loss="my_loss"), "no rule for my_loss"),
    ],
)
def test_an_end_that_the_record_does_not_tell_is_not_judged(fit, why):
    findings, not_run = run_checks([fit], ())
    assert not [finding for finding in findings if finding.code == "WL203"]
    assert why in {refusal.code: refusal.why for refusal in not_run}["WL203"]


@pytest.mark.parametrize(
    ("written", "full"),
    [
        ("mse", "mean_squared_error"),
        ("kld", "kl_divergence"),
        ("BinaryCrossentropy", "binary_crossentropy"),
        ("my_loss", "my_loss"),
        (None, None),
    ],
)
def test_losses_are_read_under_their_full_names(written, full):
    assert loss_name(Compile(loss=written)) == full


def test_checks_import_no_array_library():
    code = "import sys, whylow.checks; print(*sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert not {"keras", "jax", "numpy", "scipy"} & set(ran.stdout.split())
