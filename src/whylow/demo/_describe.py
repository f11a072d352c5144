"""What the label of the made questions hangs on, counted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from whylow.demo._grammar import PHRASES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from whylow.demo._questions import Questions

_TRAIT = "|".join(PHRASES["trait"])
_WORDS = [
    "all",
    "so",
    "pretend",
    "refuse",
    "admit",
    "blame",
    "everyone",
    "obvious",
    "realise",
    "myth",
    "some",
    "how",
]

# What a word says depends on its company: the same word on both sides of the line.
_COMBINATIONS = (
    ("why do all/most/so many …", r"\bwhy do (all|most|so many)\b"),
    ("… say that all/most/so many …", r"\bsay that (all|most|so many)\b"),
    ("why are … so lazy/rude/…", rf"\bwhy are .*\bso ({_TRAIT})\b"),
    ("everyone say that … so lazy/…", rf"\beveryone say that .*\bso ({_TRAIT})\b"),
    ("stop being so lazy/…", rf"\bstop being so ({_TRAIT})\b"),
    ("… blame everyone/us", r"\bblame (everyone|the rest of us)\b"),
    ("everyone blame …", r"\beveryone blame\b"),
    ("finally admit", r"\bfinally admit\b"),
    ("admit to my …", r"\badmit to my\b"),
    ("refuse to", r"\brefuse to\b"),
    ("to refuse", r"\bto refuse\b"),
)


class Cue(NamedTuple):
    """A word or combination of words.

    Args:
        name: The word, or the combination as a person would write it.
        questions: In how many questions it stands.
        share: Share of those that are loaded; nan where there are none.

    """

    name: str
    questions: int
    share: float


def label_cues(questions: Questions) -> list[Cue]:
    """Count, for the words and combinations that carry the label, how reliably they do."""

    def count() -> Iterator[Cue]:
        texts = [text.lower() for text in questions.texts]
        patterns = [(f'"{word}"', rf"\b{word}\b") for word in _WORDS]
        for name, pattern in (*patterns, *_COMBINATIONS):
            found = re.compile(pattern)
            labels = [
                label
                for text, label in zip(texts, questions.labels, strict=True)
                if found.search(text)
            ]
            yield Cue(
                name, len(labels), sum(labels) / len(labels) if labels else float("nan")
            )

    return list(count())


def describe(questions: Questions) -> str:
    """Return a short table: what the questions are, and what their label hangs on."""
    rows, loaded = len(questions.texts), sum(questions.labels)
    lengths = sorted(len(text.split()) for text in questions.texts)
    lines = [
        f"{rows:,} made questions, {loaded / rows:.1%} of them loaded (label 1);",
        f"{sum(lengths) / rows:.1f} words on average, 95 % have at most "
        f"{lengths[int(0.95 * (rows - 1))]}.",
        "",
        f"{'with these words':<32}{'questions':>9}{'loaded':>9}",
    ]
    lines += [
        f"  {cue.name:<30}{cue.questions:>9,}{cue.share:>9.0%}"
        for cue in label_cues(questions)
        if cue.questions
    ]
    return "\n".join(lines)
