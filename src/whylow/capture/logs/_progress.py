"""The lines that `fit` prints, Keras 1 to 3 and Lightning, taken apart.

An entry is a chain: a progress bar (or the lack of one), times, then `name: number`
joined by dashes. What does not belong to a chain is not touched, so that prose and code
around a log, or on the same line, do no harm.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

from whylow.capture.logs._names import from_trainer
from whylow.capture.logs._numbers import VALUE, Value, value

_UNIT = r"(?:ms|us|\u00b5s|\u03bcs|s)"
_TIME_AHEAD = (
    rf"(?=\s+(?:[-\u2013\u2014]\s+)?(?:ETA:|\d{{1,9}}{_UNIT}(?![a-z])|\d{{1,4}}:\d\d))"
)
START = re.compile(
    rf"""
    (?<![A-Za-z_])Epoch\s+(?P<tqdm>\d{{1,9}}):?\s*\d{{1,3}}%\|[^|]{{0,200}}\|
        \s*(?P<tqdm_done>\d{{1,12}})/(?P<tqdm_total>\d{{1,12}})\s*\[(?P<tqdm_rest>[^\]]{{0,2000}})\]
  | (?<![A-Za-z_])Epoch\s+(?P<epoch>\d{{1,9}})\s*/\s*(?P<epochs>\d{{1,9}})(?![\d/])
  | (?<![\w.,])(?P<done>\d{{1,12}})\s?/\s?(?P<total>\d{{1,12}}|Unknown)
        (?:\s*(?P<bar>\[[=>.\-\#\ ]{{2,200}}\])
          | \s+(?P<line>[\u2501\u2578\u257a\u2500]{{1,200}})
          | (?P<plain>\s+(?=[-\u2013\u2014]\s+\d{{1,9}}s\b))
          | \s+\S{{1,200}}{_TIME_AHEAD}
          | {_TIME_AHEAD})
  | Train\s+(?:on|for)\s+(?P<train>\d{{1,12}})\s+(?P<unit>samples|steps)
        (?:,\s*validate\s+(?:on|for)\s+(?P<validate>\d{{1,12}})\s+(?:samples|steps))?
  | (?:^|(?<=\s))(?P<loose>[-\u2013\u2014]\s*(?=\d{{1,9}}s\s+[-\u2013\u2014]\s+[A-Za-z_]))
    """,
    re.VERBOSE,
)
_ITEM = re.compile(
    rf"""\s*(?P<dash>[-\u2013\u2014\u2212])?\s*(?:
    ETA:\s*(?P<eta>\d[\d:]{{0,20}}s?)
  | (?P<clock>\d{{1,4}}:\d\d(?::\d\d)?)(?![\w.])
  | (?P<rate>\d{{1,9}}(?:\.\d{{1,9}})?)\s?(?P<of>{_UNIT})/(?P<per>step|sample|epoch|batch)
  | (?P<seconds>\d{{1,9}})s(?![\w/])
  | (?P<name>[A-Za-z_][\w.@/]{{0,60}}(?:[-\ ][\w.@/]{{1,40}}){{0,4}})\s*:\s*
        (?:(?P<value>{VALUE})|\[[^\]]{{0,400}}\])(?![\d%\ufffd]|\.[\d\ufffd]|[eE][-+]?$)
    )""",
    re.VERBOSE,
)
_DANGLING = re.compile(
    r"\s*(?:[-\u2013\u2014\u2212]\s*(?:[A-Za-z_][\w.@/ -]{0,80}:?\s*)?)?"
)
_TQDM_METRIC = re.compile(rf"([A-Za-z_][\w./-]{{0,80}})=({VALUE})")
_TQDM_TIME = re.compile(r"(?:(\d{1,4}):)?(\d{1,2}):(\d\d)<")
# Keras prints four digits after the point, and two of an exponent.
_WHOLE = re.compile(r"\[.*|[-+]?(?:\d+\.\d{4,}(?:[eE][-+]\d{2,})?|nan|inf)", re.IGNORECASE)
_IN_SECONDS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "\u00b5s": 1e-6, "\u03bcs": 1e-6}


@dataclass
class Entry:
    """One progress line: how far, how long, with which numbers.

    Args:
        style: `"bar"` (Keras 1 and 2), `"line"` (Keras 3), `"plain"` (`verbose=2`),
            `"tqdm"` (Lightning).
        done: What the bar stands at; `None` without a bar.
        total: What it counts up to; `None` where unknown.
        overwrote: Whether it took the place of the line before.
        eta: Whether it says how long the epoch will still take.
        seconds: Time since the epoch began, or still to go.
        unit_seconds: Time per step or sample.
        per: `"step"` or `"sample"`.
        cut: A metric at the end of the text whose number may have lost digits.
    """

    style: str
    done: int | None = None
    total: int | None = None
    overwrote: bool = False
    eta: bool = False
    seconds: float = math.nan
    unit_seconds: float = math.nan
    per: str | None = None
    metrics: dict[str, Value] = field(default_factory=dict)
    cut: str | None = None

    @property
    def validated(self) -> bool:
        """Whether numbers of validation are among its metrics."""
        return any(name.startswith("val_") for name in self.metrics)

    @property
    def complete(self) -> bool:
        """Whether the bar stands at its end, or there is no bar that could."""
        return self.done is None or self.total is None or self.done >= self.total


def from_match(match: re.Match[str], overwrote: bool) -> Entry:
    """Return the entry that a match of `START` opens (bar, plain, loose or tqdm)."""
    groups = match.groupdict()
    if groups["tqdm"] is not None:
        return _from_tqdm(groups)
    if groups["loose"] is not None:
        return Entry("plain")
    style = "bar" if groups["bar"] else "plain" if groups["plain"] is not None else "line"
    total = None if groups["total"] == "Unknown" else int(groups["total"])
    return Entry(style, int(groups["done"]), total, overwrote)


def _from_tqdm(groups: dict[str, str]) -> Entry:
    entry = Entry("tqdm", int(groups["tqdm_done"]), int(groups["tqdm_total"]))
    time = _TQDM_TIME.search(groups["tqdm_rest"])
    if time:
        hours, minutes, seconds = (int(part or 0) for part in time.groups())
        entry.seconds = 3600.0 * hours + 60 * minutes + seconds
    for name, text in _TQDM_METRIC.findall(groups["tqdm_rest"]):
        word = from_trainer(name)
        if word is not None:
            entry.metrics[word] = value(text)
    return entry


def read_chain(entry: Entry, text: str, position: int) -> int:
    """Add the items that stand at `position` to `entry`; return where they end."""
    while match := _ITEM.match(text, position):
        if match["name"] is not None:
            if match["dash"] is None or match["name"] in entry.metrics:
                break
            # An array of numbers is no curve; it is passed over, not misread.
            if match["value"] is not None:
                entry.metrics[match["name"]] = value(match["value"])
                whole = match.end() < len(text) or _WHOLE.fullmatch(match["value"])
                entry.cut = None if whole else match["name"]
        elif not _read_time(entry, match):
            break
        position = match.end()
    return position


def may_go_on(rest: str) -> bool:
    """Whether a chain that stops before `rest` may go on in the next line."""
    return len(rest) < 100 and _DANGLING.fullmatch(rest) is not None


def _read_time(entry: Entry, match: re.Match[str]) -> bool:
    if entry.metrics and match["per"] is None:
        return False
    if match["eta"] is not None:
        entry.eta = True
    elif match["clock"] is not None:
        seconds = 0.0
        for part in match["clock"].split(":"):
            seconds = seconds * 60 + int(part)
        entry.seconds = seconds
    elif match["seconds"] is not None:
        entry.seconds = float(match["seconds"])
    else:
        length = float(match["rate"]) * _IN_SECONDS[match["of"]]
        if match["per"] == "epoch":
            entry.seconds = length
        else:
            entry.unit_seconds = length
            entry.per = "sample" if match["per"] == "sample" else "step"
    return True
