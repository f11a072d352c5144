"""Well-known data sets and how unequal their classes are.

Used only where the text names exactly one of them, and always called an assumption: the
person's own split may differ, and so may the data set.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class DataSet:
    """A data set of classified texts (or pictures, or rows).

    Args:
        name: As it is known.
        pattern: What a text that means it says.
        share: Share of its most frequent class, of the published training part.
        answer: That class.
        sure: `"likely"`, or `"guess"` where the words may mean something else.
    """

    name: str
    pattern: re.Pattern[str]
    share: float
    answer: str
    sure: str = "likely"


def _known(
    name: str, pattern: str, share: float, answer: str, sure: str = "likely"
) -> DataSet:
    return DataSet(name, re.compile(pattern, re.IGNORECASE), share, answer, sure)


# The first that matches counts, so that the narrower words stand first.
DATA_SETS = (
    _known("Quora question pairs", r"quora.{0,400}(?:duplicate|question.?pairs|question1)",
           0.6308, "not duplicate"),
    _known("Quora insincere questions", r"quora.{0,400}insincere|insincere.{0,400}quora",
           0.9381, "sincere"),
    _known("Quora insincere questions", r"\bquora\b", 0.9381, "sincere", "guess"),
    _known("IMDB reviews", r"\bimdb\b", 0.5, "positive"),
    _known("SMS spam collection", r"\bsms\b.{0,200}\bspam\b|\bspam\b.{0,200}\bsms\b|"
           r"SMSSpamCollection", 0.8659, "ham"),
    _known("Jigsaw toxic comments", r"\bjigsaw\b|toxic comments?", 0.9042, "not toxic",
           "guess"),
    _known("AG News", r"\bag.?news\b", 0.25, "any class"),
    _known("Sentiment140", r"\bsentiment.?140\b", 0.5, "any class"),
    _known("airline tweets", r"airline.{0,20}(?:tweets?|sentiment)", 0.6269, "negative"),
    _known("Fashion-MNIST", r"fashion.?mnist", 0.10, "any class"),
    _known("MNIST", r"\bmnist\b", 0.1124, "1"),
    _known("CIFAR-100", r"\bcifar.?100\b", 0.01, "any class"),
    _known("CIFAR-10", r"\bcifar.?10\b", 0.10, "any class"),
    _known("credit card fraud", r"credit.?card.{0,10}fraud", 0.9983, "no fraud"),
    _known("Reuters newswires", r"\breuters\b", 0.3517, "earn", "guess"),
    _known("20 newsgroups", r"20.?news.?groups", 0.053, "any class"),
    _known("CoLA", r"\bCoLA\b(?=.{0,400}(?:glue|linguistic))", 0.704, "acceptable"),
    _known("SST-2", r"\bsst.?2\b", 0.558, "positive"),
)  # fmt: skip


def named_in(text: str) -> DataSet | None:
    """Return the one data set that a text names; `None` for none or several."""
    flat = " ".join(text.split())[:200_000]
    found: dict[str, DataSet] = {}
    for data_set in DATA_SETS:
        if data_set.pattern.search(flat):
            family = data_set.name.split()[0]
            found.setdefault(family, data_set)
    return next(iter(found.values())) if len(found) == 1 else None
