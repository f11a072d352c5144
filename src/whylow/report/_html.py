"""One page that stands alone: no script to run, nothing to fetch, light and dark."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from whylow.records import Comparison, Report
from whylow.report import _charts, _curves
from whylow.report import _format as fmt
from whylow.report._causes import joint, metric_of_causes, remainder, to_do, told
from whylow.report._causes_chart import effects
from whylow.report._rows import Row, ladder_rows, metric_rows, once_more, remarks

LARGEST = 300_000  # bytes of a page
MOST_DRAWN = 8  # comparisons whose evidence is drawn
_LARGEST_BARE = 200_000  # bytes of a page before its JSON
_MOST_EPOCHS = 30  # rows of a table of epochs


@dataclass(frozen=True)
class Study:
    """A comparison with everything that is drawn of it."""

    comparison: Comparison
    marks: str
    strip: _charts.Strip | None
    smallest: str
    rows: list[Row]
    metrics: list[tuple[str, list[str]]]
    dots: _charts.Dots | None
    panels: tuple[_curves.Panel, ...]


def html(report: Report) -> str:
    """Return the report as one self-contained HTML page.

    It reads without JavaScript, fetches nothing, follows the reader's light or dark
    setting, and holds the report itself as JSON in `<script id="whylow-report">`. Where
    that would make the page larger than 300 kB, fewer comparisons are drawn, and in the
    JSON numbers are rounded, then the replays' histories left out, then the replays; the
    page says so.

    Args:
        report: The report of a study.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("whylow.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["minus"] = lambda text: text.replace("-", "\N{MINUS SIGN}")
    # In sentences, where names have hyphens of their own.
    environment.filters["signs"] = lambda text: re.sub(
        r"(?<![\w-])-(?=\d)", "\N{MINUS SIGN}", text
    )
    template = environment.get_template("report.html.j2")
    drawn = MOST_DRAWN
    while True:
        values = _values(report, drawn)
        bare = len(template.render(values, embedded="", embedded_note="").encode())
        if bare <= _LARGEST_BARE or not drawn:
            break
        drawn //= 2
    embedded, note = _embedded(report, LARGEST - bare - 200)
    return template.render(values, embedded=embedded, embedded_note=note)


def _values(report: Report, drawn: int) -> dict[str, Any]:
    return {
        "report": report,
        "title": title(report),
        "studies": [
            _study(comparison, report) for comparison in report.comparisons[:drawn]
        ],
        "undrawn": report.comparisons[drawn:],
        "findings": fmt.by_severity(report.findings),
        "finding_counts": fmt.severity_counts(report.findings),
        "cause_metric": metric_of_causes(report),
        "causes": told(report),
        "remainder": remainder(report),
        "joint": joint(report),
        "to_do": to_do(report),
        "apart": effects(report),
        "fit_panels": () if report.comparisons else _curves.fit_panels(report),
        "histories": [(fit, _history_table(fit.history)) for fit in report.fits],
        "remarks": remarks(report),
        "once_more": once_more,
        "fmt": fmt,
    }


def title(report: Report) -> str:
    """Return what the page is about."""
    if len(report.comparisons) == 1:
        (only,) = report.comparisons
        return f"{only.variant} against {only.baseline}"
    baselines = {comparison.baseline for comparison in report.comparisons}
    if len(baselines) == 1:
        return f"{len(report.comparisons)} variants against {baselines.pop()}"
    if report.comparisons:
        return f"{len(report.comparisons)} comparisons"
    return (
        "What the checks found"
        if report.fits or report.findings
        else "Nothing was recorded"
    )


def _study(comparison: Comparison, report: Report) -> Study:
    return Study(
        comparison=comparison,
        marks=fmt.verdict_marks(comparison),
        strip=_charts.strip(comparison),
        smallest=_charts.smallest_text(comparison),
        rows=ladder_rows(comparison, report.fits),
        metrics=metric_rows(comparison),
        dots=_charts.dots(comparison),
        panels=_curves.comparison_panels(comparison, report.fits),
    )


def _history_table(
    history: dict[str, tuple[float | None, ...]],
) -> list[tuple[int, list[str]]]:
    """Return numbered rows of a history, evenly spaced where there are too many epochs."""
    epochs = max((len(values) for values in history.values()), default=0)
    step = -(-epochs // _MOST_EPOCHS) or 1
    shown = sorted({*range(0, epochs, step), epochs - 1} if epochs else ())
    return [
        (
            epoch + 1,
            [
                fmt.level(name.removeprefix("val_"), values[epoch])
                if epoch < len(values)
                else fmt.MISSING
                for name, values in history.items()
            ],
        )
        for epoch in shown
    ]


def _embedded(report: Report, room: int) -> tuple[Any, str]:
    """Return the report as JSON that is safe inside a page, and what it left out."""
    from markupsafe import Markup

    whole = json.loads(report.model_dump_json(by_alias=True))  # which turns nan into null
    rounded = _rounded(whole)
    for made, note in (
        (whole, ""),
        (rounded, "numbers rounded to six digits"),
        (
            _with_runs(rounded, lambda run: [{**run, "history": {}}]),
            "without replays' histories",
        ),
        (_with_runs(rounded, lambda run: []), "without the replays"),
    ):
        text = json.dumps(made, ensure_ascii=False, separators=(",", ":"))
        # "<" stands in JSON strings only, where its escape means the same.
        text = text.replace("<", "\\u003c")
        if len(text.encode()) <= room:
            return Markup(text), note  # noqa: S704 - no "<" is left in it
    return "", "it is too large for this page"


def _with_runs(report: Any, kept: Callable[[dict], list[dict]]) -> Any:
    comparisons = [
        {**one, "runs": [left for run in one["runs"] for left in kept(run)]}
        for one in report["comparisons"]
    ]
    return {**report, "comparisons": comparisons}


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_rounded(inner) for inner in value]
    return value
