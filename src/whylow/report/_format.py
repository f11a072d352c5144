"""How numbers and names are written: alike in the terminal, in Markdown and on the page."""

from __future__ import annotations

import math
import re
import unicodedata

from whylow.records import Comparison, Finding, Fit, Interval, Verdict

MISSING = "-"

_NAMES = {
    "acc": "accuracy",
    "auc": "AUC",
    "f1": "F1",
    "macro_f1": "macro-F1",
    "mae": "MAE",
    "mcc": "MCC",
    "mse": "MSE",
    "r2": "R²",
    "rmse": "RMSE",
    "roc_auc": "ROC-AUC",
}
_SHARES = {
    "acc", "accuracy", "auc", "auprc", "auroc", "f1", "iou", "precision", "recall",
    "sensitivity", "specificity",
}  # fmt: skip
_DOWN = {"crossentropy", "error", "loss", "mae", "mse", "perplexity", "rmse"}
_VERDICTS: dict[Verdict, str] = {
    "worse": "worse",
    "better": "better",
    "no-meaningful-difference": "no meaningful difference",
    "cannot-tell-yet": "cannot tell yet",
}
_SEVERITIES = ("error", "warning", "info")


def clean(text: str) -> str:
    """Return `text` on one line, without what a terminal would obey instead of show."""
    kept = "".join(
        " " if character.isspace() else character
        for character in text
        if character.isspace() or unicodedata.category(character)[0] != "C"
    )
    return " ".join(kept.split())


def metric_name(metric: str) -> str:
    """Return a metric as people write it: `macro_f1` is "macro-F1"."""
    bare = metric.removeprefix("val_")
    return _NAMES.get(bare) or clean(bare.replace("_", " "))


def is_share(metric: str) -> bool:
    """Whether a metric lives in [0, 1] and reads best as a percentage."""
    tokens = set(re.split(r"[^a-z0-9]+", metric.lower()))
    return bool(tokens & _SHARES) and not tokens & _DOWN


def lower_is_better(metric: str) -> bool:
    """Whether less of this metric is better: losses and errors."""
    return bool(set(re.split(r"[^a-z0-9]+", metric.lower())) & _DOWN)


def unit(metric: str) -> str:
    """Return the unit in which differences of this metric are written."""
    return "points" if is_share(metric) else ""


def level(metric: str, value: float | None) -> str:
    """Return a metric's value: `98.22 %` for a share, `0.172` for a loss."""
    if value is None or not math.isfinite(value):
        return MISSING
    if is_share(metric) and abs(value) <= 1:
        return f"{100 * value:z.2f} %"
    return _plain(value)


def change(metric: str, interval: Interval | None) -> str:
    """Return a difference with the interval around it: `-2.1 [-3.0, -1.2]`.

    Shares are in points. A difference of two single runs has no interval. Narrow
    intervals get one more digit, so that the ends can be told apart.
    """
    if (
        interval is None
        or interval.estimate is None
        or not math.isfinite(interval.estimate)
    ):
        return MISSING
    estimate, low, high = interval.estimate, interval.low, interval.high
    if not is_share(metric) or abs(estimate) > 1:
        text = _plain(estimate, sign=True)
        return (
            text
            if low is None or high is None
            else f"{text} [{_plain(low)}, {_plain(high)}]"
        )
    if low is None or high is None:
        return f"{100 * estimate:+z.2f}"
    digits = 1 if high - low >= 0.01 else 2
    low_text, high_text = f"{100 * low:z.{digits}f}", f"{100 * high:z.{digits}f}"
    return f"{100 * estimate:+z.{digits}f} [{low_text}, {high_text}]"


def seconds(value: float | None) -> str:
    """Return a duration in seconds: `46`, `3.2`, `0.041`."""
    if value is None or not math.isfinite(value):
        return MISSING
    return f"{value:.0f}" if value >= 10 else f"{value:.2g}"


def relative(before: float | None, after: float | None) -> str:
    """Return by how much `after` exceeds `before`, in percent of `before`: `+39 %`."""
    if not before or after is None:
        return MISSING
    return f"{100 * (after / before - 1):+z.0f} %"


def counted(number: int, noun: str) -> str:
    """Return `1 pair`, `6 pairs`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def verdict_name(verdict: Verdict | None) -> str:
    """Return a verdict as people write it."""
    return "no verdict" if verdict is None else _VERDICTS[verdict]


def verdict_marks(comparison: Comparison) -> str:
    """Return what limits a verdict: `provisional, 6 pairs`; empty where there is none."""
    marks = ["provisional"] if comparison.provisional and comparison.verdict else []
    if comparison.pairs:
        marks.append(counted(comparison.pairs, "pair"))
    return ", ".join(marks)


def by_severity(findings: tuple[Finding, ...]) -> list[Finding]:
    """Return findings with the gravest first and what is allowed last."""
    return sorted(
        findings,
        key=lambda one: (one.allowed is not None, _SEVERITIES.index(one.severity)),
    )


def severity_counts(findings: tuple[Finding, ...]) -> str:
    """Return `1 error, 2 warnings, 1 allowed`; empty for no findings."""
    open_ones = [finding for finding in findings if finding.allowed is None]
    counts = {name: sum(f.severity == name for f in open_ones) for name in _SEVERITIES}
    nouns = {"error": "error", "warning": "warning", "info": "remark"}
    said = [counted(n, nouns[name]) for name, n in counts.items() if n]
    allowed = len(findings) - len(open_ones)
    return ", ".join([*said, f"{allowed} allowed"] if allowed else said)


def own_metric(fit: Fit) -> str | None:
    """Return the metric that a fit reports first, its loss if it reports no other."""
    names = [name for name in fit.history if not name.startswith("val_")]
    return next((name for name in names if name != "loss"), names[0] if names else None)


def last(values: tuple[float | None, ...] | None) -> float | None:
    """Return the value of the last epoch, if there is one."""
    return values[-1] if values else None


def _plain(value: float, *, sign: bool = False) -> str:
    if not math.isfinite(value):
        return MISSING
    plus = "+" if sign else ""
    if value and (abs(value) < 5e-4 or abs(value) >= 1e5):
        return f"{value:{plus}.1e}"
    digits = 3 if abs(value) < 100 else 1
    return f"{value:{plus}z.{digits}f}"
