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
        hint: What a text that means it holds in any case, in lower case.
        pattern: What it says, in full.
        share: Share of its most frequent class, of the published training part.
        answer: That class.
        sure: `"likely"`, or `"guess"` where the words may mean something else.
    """

    name: str
    hint: str
    pattern: str
    share: float
    answer: str
    sure: str = "likely"


# The first that matches counts, so that the narrower words stand first.
DATA_SETS = (
    DataSet(
        "Quora question pairs",
        "quora",
        r"quora.{0,400}(?:duplicate|question.?pairs|question1)",
        0.6308,
        "not duplicate",
    ),
    DataSet(
        "Quora insincere questions",
        "quora",
        r"quora.{0,400}insincere|insincere.{0,400}quora",
        0.9381,
        "sincere",
    ),
    DataSet("Quora insincere questions", "quora", r"\bquora\b", 0.9381, "sincere", "guess"),
    DataSet("IMDB reviews", "imdb", r"\bimdb\b", 0.5, "positive"),
    DataSet(
        "SMS spam collection",
        "spam",
        r"\bsms\b.{0,200}\bspam\b|\bspam\b.{0,200}\bsms\b|"
        r"SMSSpamCollection",
        0.8659,
        "ham",
    ),
    DataSet(
        "Jigsaw toxic comments",
        "toxic",
        r"\bjigsaw\b|toxic comments?",
        0.9042,
        "not toxic",
        "guess",
    ),
    DataSet("AG News", "news", r"\bag.?news\b", 0.25, "any class"),
    DataSet("Sentiment140", "140", r"\bsentiment.?140\b", 0.5, "any class"),
    DataSet(
        "airline tweets",
        "airline",
        r"airline.{0,20}(?:tweets?|sentiment)",
        0.6269,
        "negative",
    ),
    DataSet("Fashion-MNIST", "mnist", r"fashion.?mnist", 0.10, "any class"),
    DataSet("MNIST", "mnist", r"\bmnist\b", 0.1124, "1"),
    DataSet("CIFAR-100", "cifar", r"\bcifar.?100\b", 0.01, "any class"),
    DataSet("CIFAR-10", "cifar", r"\bcifar.?10\b", 0.10, "any class"),
    DataSet("credit card fraud", "fraud", r"credit.?card.{0,10}fraud", 0.9983, "no fraud"),
    DataSet("Reuters newswires", "reuters", r"\breuters\b", 0.3517, "earn", "guess"),
    DataSet("20 newsgroups", "groups", r"20.?news.?groups", 0.053, "any class"),
    DataSet(
        "CoLA", "cola", r"\bCoLA\b(?=.{0,400}(?:glue|linguistic))", 0.704, "acceptable"
    ),
    DataSet("SST-2", "sst", r"\bsst.?2\b", 0.558, "positive"),
)


def named_in(text: str) -> DataSet | None:
    """Return the one data set that a text names; `None` for none or several."""
    flat = " ".join(text.split())[:200_000]
    lower = flat.lower()
    found: dict[str, DataSet] = {}
    for data_set in DATA_SETS:
        # Compiling the patterns takes longer than the rest of a reading.
        if data_set.hint in lower and re.search(data_set.pattern, flat, re.IGNORECASE):
            family = data_set.name.split()[0]
            found.setdefault(family, data_set)
    return next(iter(found.values())) if len(found) == 1 else None
