"""The page: whole, safe, small, and readable by people, by machines and without scripts."""

from __future__ import annotations

import json
import math
import re
import shutil
import subprocess
import sys
from collections import Counter
from html.parser import HTMLParser

import pytest
from hypothesis import Phase, given, settings
from report_cases import BROADCAST, SHAPES, compared, fit, history, report, runs
from test_report_text import REPORTS

from whylow.records import Layer, Model, Noise, Report, Run
from whylow.report import html
from whylow.report._charts import dots, strip
from whylow.report._curves import comparison_panels, fit_panels
from whylow.report._scale import Scale, scale

VOID = {"meta", "line", "rect", "circle", "path"}  # written as void or self-closing
MINUS = "\N{MINUS SIGN}"
EVIL = '"><script>alert(1)</script><img src=x onerror=alert(2)>'


class Page(HTMLParser):
    """Checks that every element is closed in order, and keeps what tests ask for."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.stack: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.json = ""
        self.feed(page)
        self.close()
        assert self.stack == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag, attrs):
        assert tag in VOID, f"<{tag}/> is not closed for a browser"
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.stack, f"</{tag}> closes nothing"
        assert self.stack.pop() == tag

    def handle_data(self, data):
        if self.stack[-1:] == ["script"]:
            self.json += data
        elif self.stack[-1:] != ["style"]:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return {name: html(made) for name, made in SHAPES.items()}


@pytest.mark.parametrize("shape", SHAPES)
def test_page_is_well_formed_and_carries_the_report(shape, pages):
    page = Page(pages[shape])
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert [name for name, count in Counter(ids).items() if count > 1] == []
    assert Report.model_validate_json(page.json) == SHAPES[shape]


@pytest.mark.parametrize("shape", SHAPES)
def test_page_fetches_nothing_and_runs_nothing(shape, pages):
    page = Page(pages[shape])
    for tag, attributes in page.tags:
        assert tag not in {"link", "iframe", "object", "embed", "base", "form", "img"}
        assert not {"src", "href", "srcset", "action", "xlink:href"} & set(attributes)
        assert not [name for name in attributes if name.startswith("on")]
    assert [a.get("type") for a in page.of("script")] == ["application/json"]
    style = re.search(r"<style>(.*)</style>", pages[shape], re.DOTALL)
    assert style is not None
    assert not re.search(r"@import|url\(|expression", style.group(1))


@pytest.mark.parametrize("shape", SHAPES)
def test_page_is_accessible(shape, pages):
    """Drawings have a title and a text that says what they show; tables have headers."""
    page = Page(pages[shape])
    assert page.of("html") == [{"lang": "en"}]
    assert len(page.of("h1")) == 1
    ids = {attributes.get("id") for _, attributes in page.tags}
    for drawing in page.of("svg"):
        assert drawing["role"] == "img"
        assert set((drawing["aria-labelledby"] or "").split()) <= ids
    assert all("scope" in header for header in page.of("th"))
    for table in page.of("table"):
        assert table.get("aria-labelledby") is None or table["aria-labelledby"] in ids
    assert re.findall(r"<desc[^>]*></desc>|<title[^>]*></title>", pages[shape]) == []


def test_verdict_comes_first_then_ladder_findings_and_evidence(pages):
    words = Page(pages["one-comparison"]).text
    parts = (
        "provisional, 6 pairs", "Next:", "what holds", "Causes", "Findings", "Every metric",
        "Every pair", "Learning curves", "What was trained", "How it was done",
    )  # fmt: skip
    places = [words.find(part) for part in parts]
    assert -1 not in places
    assert places == sorted(places)


def test_every_part_of_the_report_is_on_the_page(pages):
    words = Page(pages["settled-on-new-texts"]).text
    for said in (
        "Worse: average precision is 2.1 points lower", "98.01 % interval", "on new texts",
        "-2.1 [-3.0, -1.2]".replace("-", MINUS),
        "up to 1 point, too small", "p = 0.031", "your claim", "majority class",
        "luck of training: 31 %", "correlate with 0.41", "mask_zero=True", "cross fitting",
        "keras 3.15.0", "masking the padding",
    ):  # fmt: skip
        assert said in words


def test_names_and_messages_of_the_script_are_only_text():
    made = report(
        fits=(fit(EVIL, "baseline"), fit("attention", "variant", replay_note=EVIL)),
        comparisons=(compared(baseline=EVIL, sentence=EVIL, next_step=EVIL),),
        findings=(
            BROADCAST.model_copy(
                update={"message": EVIL, "evidence": {EVIL: [EVIL]}, "fix": EVIL}
            ),
        ),
        notes=(EVIL,),
        causes_not_examined=(EVIL,),
        protocol={EVIL: {"inner": EVIL}},
        versions={"keras": EVIL},
    )
    made = made.model_copy(update={"script": SHAPES["failed-fit"].script, "command": EVIL})
    page = Page(html(made))
    assert not page.of("img")
    assert len(page.of("script")) == 1
    assert page.text.count("<script>alert(1)</script>") >= 12
    assert Report.model_validate_json(page.json) == made


def big(variants: int, epochs: int) -> Report:
    """Return a made report at the edge of what a study gives."""
    names = [f"variant {number}" for number in range(variants)]
    comparisons = []
    for name in names:
        lanes = runs(("no attention", name), 24, 0.01)
        long = [
            lane.model_copy(update={"history": history(epochs, seed=lane.pair)})
            for lane in lanes
        ]
        comparisons.append(compared(variant=name, pairs=24, runs=tuple(long)))
    fits = [
        fit(name, history=history(epochs), epochs=epochs)
        for name in ("no attention", *names)
    ]
    return report(fits=tuple(fits), comparisons=tuple(comparisons))


@pytest.mark.parametrize(("variants", "epochs"), [(12, 150), (8, 40)])
def test_the_largest_studies_stay_within_300_kb_and_say_what_is_left_out(variants, epochs):
    page = html(big(variants, epochs))
    assert len(page.encode()) <= 300_000
    parsed = Page(page)
    drawn = len([a for a in parsed.of("svg") if a["aria-labelledby"].startswith("strip")])
    assert 2 <= drawn <= 8
    if drawn < variants:
        assert f"evidence of {drawn} comparisons is drawn here" in parsed.text
        assert f"that of the other {variants - drawn} is" in parsed.text
    assert re.search(
        r": without (replays' histories|the replays); --format json gives", parsed.text
    )
    kept = Report.model_validate_json(parsed.json)
    assert len(kept.comparisons) == variants
    assert all(run.history == {} for one in kept.comparisons for run in one.runs)


def test_a_page_without_room_for_the_report_says_where_it_is():
    config = {"vocabulary": ["word"] * 90_000}
    vocabulary = Layer(name="words", class_name="TextVectorization", config=config)
    model = Model(class_name="Sequential", backend="jax", layers=(vocabulary,))
    page = html(report(fits=(fit("attention", model=model),)))
    assert len(page.encode()) <= 300_000
    assert "too large for this page; --format json gives it whole" in Page(page).text
    assert "application/json" not in page


def test_numbers_are_rounded_before_anything_is_left_out():
    page = Page(html(big(variants=1, epochs=80)))
    assert "numbers rounded to six digits;" in page.text
    run = Report.model_validate_json(page.json).comparisons[0].runs[0]
    assert len(run.history["loss"]) == 80


# A failure is told as it was found: shrinking pages takes minutes.
@settings(
    max_examples=25, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate)
)
@given(REPORTS)
def test_any_report_makes_a_well_formed_page(made):
    Page(html(made))


def test_strip_places_zero_the_smallest_difference_and_the_interval():
    """From -3.0 to 1 point, a tenth of 4 points to either side: 416 px for 4.8 points."""
    comparison = SHAPES["settled-on-new-texts"].comparisons[0]
    difference = comparison.difference.model_copy(update={"low": -0.03, "high": -0.012})
    comparison = comparison.model_copy(
        update={"difference": difference, "difference_these_texts": None}
    )
    drawn = strip(comparison)
    assert drawn is not None
    point = 416 / 4.8
    assert drawn.zero == pytest.approx(12 + 3.4 * point, abs=0.1)
    assert drawn.band == pytest.approx((12 + 2.4 * point, 2 * point), abs=0.1)
    (bar,) = drawn.bars
    assert (bar.low, bar.estimate, bar.high) == pytest.approx(
        (12 + 0.4 * point, 12 + 1.3 * point, 12 + 2.2 * point), abs=0.1
    )
    assert [tick.label for tick in drawn.ticks] == ["-3", "-2", "-1", "0", "+1"]
    assert "on new texts" in drawn.alt


def test_no_pairs_no_strip_and_no_dots():
    comparison = SHAPES["no-pairs"].comparisons[0]
    assert strip(comparison) is None
    assert dots(comparison) is None


def test_a_failed_run_keeps_its_row_without_a_dot():
    drawn = dots(SHAPES["lost-runs"].comparisons[0])
    assert drawn is not None
    last = drawn.pairs[-1]
    assert last.baseline is not None
    assert last.variant is None
    assert last.failed == "attention: nan in epoch 2"
    assert "of 5 pairs" in drawn.alt


def test_dots_lie_in_the_order_of_the_scores():
    drawn = dots(compared(runs=(
        Run(fit="no attention", pair=3, seed=0, score=0.4),
        Run(fit="attention", pair=3, seed=0, score=0.5),
        Run(fit="no attention", pair=1, seed=0, score=0.45),
        Run(fit="no attention", pair=6, seed=0, score=0.45),
        Run(fit="attention", pair=6, seed=0, score=0.44),
    )))  # fmt: skip
    assert drawn is not None
    assert [pair.number for pair in drawn.pairs] == [2, 4, 7]
    second = drawn.pairs[1]
    assert second.baseline < drawn.pairs[0].baseline < second.variant
    assert "above no attention in 1 of 2 pairs." in drawn.alt


def test_curves_are_the_recorded_fit_and_the_band_of_its_replays():
    """Accuracy of the replays at epoch 1 is 0.5 and 0.7; the recorded fit had 0.6."""
    lanes = tuple(
        Run(fit="no attention", pair=n, seed=n, history={"accuracy": (value, 0.9)})
        for n, value in enumerate((0.5, 0.7))
    )
    fits = (
        fit("no attention", history={"accuracy": (0.6, 0.8)}),
        fit("attention", history={}),
    )
    (panel,) = comparison_panels(compared(runs=lanes), fits)
    assert panel.title == "accuracy, training"
    baseline, variant = panel.curves
    top, start, bottom = (
        float(n) for n in re.findall(r"[ML]60 ([\d.]+)", baseline.band + baseline.line)[:3]
    )
    assert top < baseline.points[0][1] < max(start, bottom)
    assert baseline.points[0][1] == pytest.approx((top + start) / 2, abs=0.2)
    assert variant.line == variant.band == ""
    assert "no attention from 60.00 % to 80.00 %" in panel.alt


def test_nan_leaves_a_gap_in_a_curve():
    (panel,) = fit_panels(report(fits=(fit("a", history={"loss": (0.5, None, 0.4, 0.3)}),)))
    assert panel.curves[0].line.count("M") == 2


def test_one_epoch_is_a_dot_in_the_middle():
    (panel,) = fit_panels(report(fits=(fit("a", history={"loss": (0.5,)}),)))
    assert [tick.label for tick in panel.x_ticks] == ["1"]
    assert len(panel.curves[0].points) == 1


def test_metrics_that_keras_numbered_are_drawn_as_one():
    made = (
        fit("no attention", history={"auc": (0.5, 0.6)}),
        fit("attention", history={"auc_1": (0.5, 0.7)}),
    )
    (panel,) = comparison_panels(compared(runs=(), claim=None), made)
    assert all(curve.line for curve in panel.curves)


def test_a_thousand_epochs_are_thinned_and_the_last_is_kept():
    losses = tuple(1 / (epoch + 1) for epoch in range(1000))
    (panel,) = fit_panels(report(fits=(fit("a", history={"loss": losses}),)))
    line = panel.curves[0].line
    assert line.count("L") == 39
    assert line.endswith("L420 170.9")


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        (0.912, 0.984, ["92 %", "94 %", "96 %", "98 %"]),
        (0.4, 0.4004, ["40.00 %", "40.01 %", "40.02 %", "40.03 %", "40.04 %"]),
    ],
)
def test_ticks_are_round(low, high, labels):
    assert [
        tick.label for tick in Scale(low, high, 0, 100).ticks("accuracy", count=4)
    ] == labels


def test_ticks_of_an_exploded_loss_stay_short():
    assert [t.label for t in Scale(0, 3e30, 0, 1).ticks("loss", count=3)][1] == "1.0e+30"


def test_scale_of_nothing_and_of_one_value():
    assert scale([None, math.nan], 0, 1) is None
    assert scale([1e300, -1e300], 0, 1) is None
    one = scale([0.4], 0, 100)
    assert one is not None
    assert one(0.4) == 50


def test_noise_that_is_not_known_is_not_drawn():
    page = html(report(comparisons=(compared(noise=Noise()),)))
    assert "Where the doubt comes from" not in page


def test_importing_the_report_loads_neither_templates_nor_a_backend():
    code = (
        "import sys; import whylow.report;"
        "bad = {'keras', 'jax', 'scipy', 'sklearn', 'matplotlib', 'jinja2', 'numpy'};"
        "print(sorted(bad & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("width", [1100, 500])
def test_a_browser_shows_the_page_without_scrolling_sideways(tmp_path, width, pages):
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("no Chromium on the path to show the page with")
    # The page itself runs no script; this copy measures itself.
    probe = (
        "<script>document.title = 'width ' + document.documentElement.scrollWidth"
        " + ' of ' + innerWidth + ', drawings ' + document.querySelectorAll('svg').length"
        "</script></body>"
    )
    file = tmp_path / "page.html"
    file.write_text(pages["two-variants"].replace("</body>", probe), encoding="utf-8")
    done = subprocess.run(
        [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
         "--no-first-run", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--hide-scrollbars", f"--user-data-dir={tmp_path / 'profile'}",
         f"--window-size={width},900", "--dump-dom", file.as_uri()],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    if done.returncode:
        pytest.skip(f"Chromium does not start here: {done.stderr[-200:]}")
    measured = re.search(r"<title>width (\d+) of (\d+), drawings (\d+)", done.stdout)
    assert measured is not None
    needed, given_width, drawings = map(int, measured.groups())
    assert needed <= given_width
    assert drawings == 2 * (1 + 1 + 4)


def test_nan_in_evidence_is_null_in_the_json_block():
    finding = BROADCAST.model_copy(update={"evidence": {"slope": math.nan}})
    block = json.loads(
        Page(html(report(findings=(finding,)))).json, parse_constant=pytest.fail
    )
    assert block["findings"][0]["evidence"] == {"slope": None}


def test_json_block_reads_the_same_with_every_parser():
    page = html(report(notes=("</script><!-- <script>",)))
    block = re.search(
        r'<script type="application/json" id="whylow-report">(.*?)</script>', page
    )
    assert block is not None
    assert "<" not in block.group(1)
    assert json.loads(block.group(1))["notes"] == ["</script><!-- <script>"]
