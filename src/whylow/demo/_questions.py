"""Made questions: English-like, seeded, about 6 % of them loaded.

A stand-in for questions that may not be passed on, with their shape: lengths, a long tail
of rare words, few positives, and a label that words tell well but not surely.
"""

from __future__ import annotations

import csv
import re
from bisect import bisect
from functools import cache
from itertools import accumulate
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from whylow.demo._grammar import LOADED, LOOK_ALIKE, OPENERS, PHRASES, PLAIN, TAILS, Frame
from whylow.demo._words import Words, lexicon

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# Share of the questions, their frames, and the chance of each further tail.
_KINDS = (
    (0.087, LOADED, 0.57),
    (0.200, LOOK_ALIKE, 0.48),
    (0.713, PLAIN, 0.47),
)
_KIND_BOUNDS = tuple(accumulate(share for share, _, _ in _KINDS))
_OPENER = 0.07
_VOWEL_AFTER_A = re.compile(r"\b([Aa]) (?=(?!uni|us[eu]|uk|one)[aeiouAEIO]|hour)")
_SLOT = re.compile(r"\{(\w+)\}")


class Questions(NamedTuple):
    """Questions and their labels, row by row.

    Args:
        texts: One question each.
        labels: 1 where the question is loaded, else 0.

    """

    texts: list[str]
    labels: list[int]


@cache
def _pieces(text: str) -> tuple[tuple[str, bool], ...]:
    """Split a pattern into words and slots (marked `True`)."""
    parts = _SLOT.split(text)
    return tuple((part, bool(n % 2)) for n, part in enumerate(parts) if part)


@cache
def _bounds(frames: tuple[Frame, ...]) -> list[float]:
    return list(accumulate(frame.weight for frame in frames))


def _fill(text: str, draw: Callable[[], float], words: dict[str, Words]) -> str:
    """Fill the slots of a pattern, and those of the phrases that fill them."""
    filled = []
    for part, is_slot in _pieces(text):
        if not is_slot:
            filled.append(part)
        elif part in words:
            filled.append(words[part].pick(draw()))
        else:
            choices = PHRASES[part]
            filled.append(_fill(choices[int(draw() * len(choices))], draw, words))
    return "".join(filled)


def _frame(draw: Callable[[], float]) -> tuple[Frame, float]:
    """Draw a frame and the chance of each further tail."""
    kind = bisect(_KIND_BOUNDS, draw(), 0, len(_KINDS) - 1)
    _, frames, more = _KINDS[kind]
    bounds = _bounds(frames)
    return frames[bisect(bounds, draw() * bounds[-1], 0, len(frames) - 1)], more


def _question(draw: Callable[[], float], words: dict[str, Words]) -> tuple[str, int]:
    frame, more = _frame(draw)
    patterns = [frame.text]
    while draw() < more and len(patterns) < 9:
        tail = TAILS[int(draw() * len(TAILS))]
        if tail not in patterns:
            patterns.append(tail)
    text = _fill(" ".join(patterns), draw, words)
    if draw() < _OPENER:
        text = _fill(OPENERS[int(draw() * len(OPENERS))], draw, words) + " " + text
    # A phrase may be empty: the double space around it goes.
    text = _VOWEL_AFTER_A.sub(r"\1n ", " ".join(text.split()))
    return text + "?", int(draw() < frame.loaded)


def made_questions(n: int, *, seed: int) -> Questions:
    """Make `n` questions, about 6 % of them loaded (label 1).

    `describe` counts what the label hangs on; `benchmarks/made_questions.py` measures the
    questions against real ones.

    The same `seed` gives the same questions on every machine and Python version: nothing is
    used but `random.Random.random`, whose values Python promises to keep. The first rows
    stay the same when `n` grows.

    Raises:
        ValueError: `n` is below 1.

    """
    if n < 1:
        raise ValueError(f"`n` is the number of questions, at least 1. Received: n={n}.")
    draw = Random(seed).random  # noqa: S311
    words = lexicon()
    rows = [_question(draw, words) for _ in range(n)]
    return Questions([text for text, _ in rows], [label for _, label in rows])


def write_csv(questions: Questions, path: str | Path) -> None:
    """Write the columns `question_text,target` to a new file.

    Raises:
        FileExistsError: There is such a file; it may be the person's real questions.

    """
    with open(path, "x", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("question_text", "target"))
        writer.writerows(zip(questions.texts, questions.labels, strict=True))
