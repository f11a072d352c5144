"""The sentences at the top and at the end: what holds, and what would settle it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from whylow.capture.logs import is_accuracy
from whylow.reading._assume import Known
from whylow.reading._claims import best_epoch, curves, lower_is_better, metrics_of
from whylow.records import Claim, Comparison, Finding, Fit

LIMITS = {
    1: "A log shows what happened, not why.",
    2: "A log cannot tell whether {variant} helps, nor what causes what.",
    3: "Logs cannot tell which of them is better, nor what causes what.",
}
_PAIRS = 6  # what `whylow run` trains unless told otherwise
_SCRIPT = re.compile(r"(?:^|[\s`'\"(/])([\w-]{1,60}\.(?:py|ipynb))\b")
_CHANGE = re.compile(r"(?:no |plain$|fit \d)")


def sentences(
    comparison: Comparison, baseline: Fit, variant: Fit, known: Known
) -> list[str]:
    """Return what holds of a claimed difference, in two sentences."""
    claim = comparison.claim
    if claim is None:
        return [f"{baseline.name} and {variant.name} have no metric in common."]
    sign = -1.0 if lower_is_better(claim.metric) else 1.0
    one, two = curves(baseline, claim.metric), curves(variant, claim.metric)
    claimed = sign * claim.difference
    name, unit = claim.metric, _amount(claim)
    if not (one.validation and two.validation):
        return [
            f"These logs cannot tell which is better: they hold training {name} only.",
            "New texts decide, and none were held out (`validation_data` in `fit`).",
        ]
    before = best_epoch(one.validation, name)
    after = best_epoch(two.validation, name)
    best = sign * (two.validation[after or 0] - one.validation[before or 0])
    last_epoch = max(set(one.validation) & set(two.validation), default=None)
    last = (
        sign * (two.validation[last_epoch] - one.validation[last_epoch])
        if last_epoch
        else best
    )
    floor = _floor(one.validation[before or 0], known.rows(baseline.name), name)
    noise = floor is not None and abs(best) <= 2 * floor
    made_worse = _nothing_shows(baseline.name, variant.name)
    where = (
        f"in training {name}"
        if claim.split == "train"
        else f"in {name} after epoch {claim.epoch}"
    )
    if claimed < 0 and last > 0 and best > 0:
        return [made_worse, f"The drop is {where}; on validation texts the sign turns."]
    if claimed < 0 and best >= 0:
        return [
            made_worse,
            f"The drop is {where}; at the best epochs on validation texts it is not there.",
        ]
    if claimed < 0 and noise:
        return [
            made_worse,
            f"On validation texts the drop is {unit(best)} at the best epochs, and two runs"
            " of one model differ by as much.",
        ]
    word = "worse" if best < 0 else "better"
    if abs(best) == 0:
        return [
            f"{_subject(variant.name)} makes no difference on validation texts at the best"
            " epochs.",
            "One run each cannot show more than that.",
        ]
    if best > 0 > last or best < 0 < last:
        return [
            f"Whether {variant.name} is worse depends on the epoch: on validation texts"
            f" {_signed(claim, sign * last)} at the last, {_signed(claim, sign * best)} at"
            " the best.",
            "One run each: both can be luck.",
        ]
    if noise:
        return [
            f"{_subject(variant.name)} did {word} in this run, by no more than luck would"
            " explain.",
            f"{unit(best)} on validation texts at the best epochs is within noise.",
        ]
    if claim.split == "train" and claimed * best < 0:
        return [
            f"{_subject(variant.name)} is {'better' if claimed > 0 else 'worse'} in"
            f" training only: on validation texts it is {unit(best)} {word}.",
            "One run each: these logs cannot tell the change from luck.",
        ]
    also = " too" if claim.split == "train" and claimed else ""
    return [
        f"{_subject(variant.name)} did {word} in this run, on validation texts{also}:"
        f" by {unit(best)} at the best epochs.",
        "One run each: these logs cannot tell the change from luck.",
    ]


def about_one(fits: Sequence[Fit], findings: Sequence[Finding], known: Known) -> list[str]:
    """Return what the log of a single model says, the gravest first."""
    codes = {finding.code: finding for finding in findings}
    if not fits:
        return ["There is no training log here."]
    if "WL303" in codes:
        return [f"Training broke: {codes['WL303'].message}"]
    if "WL307" in codes:
        return ["The accuracy never changes, as when every text gets the same answer."]
    if "WL401" in codes and known.majority:
        return [
            "After the last epoch the model is no better than always answering"
            f' "{known.majority.answer}" ({100 * known.majority.share:.1f} %).'
        ]
    if "WL304" in codes:
        return ["Training diverges: the training loss ends higher than it began."]
    if "WL301" in codes:
        epoch = codes["WL301"].evidence["best_epoch"]
        return [f"Since epoch {epoch} the model learns by heart: later epochs do harm."]
    if not any(name.startswith("val_") for name in fits[0].history):
        return ["Training only: no text was held out, so nothing shows what it is worth."]
    if any(finding.severity != "info" for finding in findings):
        return ["The log shows something to mend:"]
    if "WL302" in codes:
        return ["Nothing wrong shows; training ended while the model still got better."]
    return ["Nothing wrong shows in this log."]


def about_many(fits: Sequence[Fit], known: Known) -> list[str]:
    """Return what three or more fits show beside each other."""
    metric = common_metric(fits)
    scores = {}
    for fit in fits:
        held = curves(fit, metric).validation
        epoch = best_epoch(held, metric)
        if epoch is not None:
            scores[fit.name] = held[epoch]
    if len(scores) < len(fits):
        return [
            f"Not all of {len(fits)} fits have a validation {metric}: no order of them."
        ]
    order = sorted(
        scores, key=lambda name: scores[name], reverse=not lower_is_better(metric)
    )
    first, second = order[:2]
    lead = abs(scores[first] - scores[second])
    floor = _floor(scores[first], known.rows(first), metric)
    said = [f"Of {len(fits)} fits {first} has the best validation {metric}, one run each."]
    if floor is not None and lead <= 2 * floor:
        said.append(f"Its lead over {second} is within noise.")
    return said


def next_step(fits: Sequence[Fit], text: str, files: Sequence[str]) -> tuple[str, str]:
    """Return what would settle it, and the command that does."""
    script = _script(text, files)
    if len(fits) < 2:
        return (
            "check the model itself, not only its log",
            f"whylow run --checks-only {script}",
        )
    times = [
        fit.seconds_per_epoch * fit.epochs for fit in fits[:2] if fit.seconds_per_epoch
    ]
    cost = (
        f" ({_PAIRS} pairs: {_duration(_PAIRS * sum(times))} at this pace)"
        if len(times) == 2
        else ""
    )
    return f"retrain both in pairs, check each fit{cost}", f"whylow run {script}"


def _script(text: str, files: Sequence[str]) -> str:
    own = [file for file in files if file.endswith((".py", ".ipynb"))]
    if len(own) == 1:
        return own[0]
    named = list(dict.fromkeys(_SCRIPT.findall(text)))
    return named[0] if len(named) == 1 else "your_script.py"


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _nothing_shows(baseline: str, variant: str) -> str:
    if _CHANGE.match(baseline) and not variant.startswith("fit "):
        return f"Nothing here shows that {variant} made the model worse."
    return f"Nothing here shows that {variant} is worse than {baseline}."


def _subject(name: str) -> str:
    return name[:1].upper() + name[1:] if name.isalpha() else name


def _floor(score: float, rows: int | None, metric: str) -> float | None:
    if rows is None or not is_accuracy(metric) or not 0 <= score <= 1:
        return None
    return ((1 - score) / rows) ** 0.5


def _amount(claim: Claim):
    if is_accuracy(claim.metric):
        return lambda difference: f"{100 * abs(difference):.2f} points"
    return lambda difference: f"{abs(difference):.3g}"


def _signed(claim: Claim, difference: float) -> str:
    if is_accuracy(claim.metric):
        return f"{100 * difference:+.2f}"
    return f"{difference:+.3g}"


def common_metric(fits: Sequence[Fit]) -> str:
    """Return the metric that fits are compared by."""
    found = metrics_of(fits)
    return found[0] if found else "loss"
