"""Words of the made questions: short lists of known ones, long tails of made ones.

Real questions hold a few words often and thousands of words once: names, places, things
that nobody asked about before. A list here starts with common words and goes on with
compounds ("riverlamp") and names built from syllables ("Torvamund"), each rarer than the
one before it, as Zipf's law has it.
"""

from __future__ import annotations

from bisect import bisect
from functools import cache
from itertools import accumulate
from math import sqrt
from random import Random
from typing import TYPE_CHECKING

from whylow.demo._lists import (
    ADJECTIVE,
    AGENT,
    ANIMAL,
    BRAND_END,
    CRAFT,
    ENDING,
    FIRST,
    FOOD,
    GROUP,
    JOB,
    MIDDLE,
    NAME_END,
    ONSET,
    PERSON,
    PLACE,
    PLACE_END,
    SECOND,
    SKILL,
    SUBJECT,
    THING,
    VERB,
    VOWEL,
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def plural(noun: str) -> str:
    """Return the regular plural."""
    if noun.endswith(("s", "x", "ch", "sh")):
        return noun + "es"
    if noun.endswith("y") and noun[-2] not in "aeou":
        return noun[:-1] + "ies"
    return noun + "s"


def gerund(verb: str) -> str:
    """Return the form in -ing of a verb that doubles no consonant."""
    return (verb[:-1] if verb.endswith("e") else verb) + "ing"


def shuffled(words: Iterable[str], key: int) -> tuple[str, ...]:
    """Return the words without repeats in an order that depends on `key` alone."""
    draw = Random(key).random  # noqa: S311
    return tuple(
        word for _, word in sorted((draw(), word) for word in dict.fromkeys(words))
    )


def syllables(endings: Sequence[str], count: int, key: int) -> tuple[str, ...]:
    """Return up to `count` different made names: two syllables and an ending."""
    draw = Random(key).random  # noqa: S311

    def one(parts: Sequence[str]) -> str:
        return parts[int(draw() * len(parts))]

    made = [
        one(ONSET) + one(VOWEL) + one(MIDDLE) + one("aiou") + one(endings)
        for _ in range(count)
    ]
    return tuple(dict.fromkeys(word.capitalize() for word in made))


class Words:
    """Words of one kind, the early ones drawn far more often than the late ones.

    Args:
        words: From the most common to the rarest; repeats are left out.
        flat: How many words at the start are about equally likely.

    The probability of the word at rank `r` goes with `(r + flat) ** -1.25`.

    """

    def __init__(self, words: Sequence[str], flat: int) -> None:
        self.words = tuple(dict.fromkeys(words))
        # Square roots and divisions are rounded alike on every machine; `pow` is not.
        ranks = (rank + flat for rank in range(len(self.words)))
        self._bounds = list(accumulate(1 / (rank * sqrt(sqrt(rank))) for rank in ranks))

    def pick(self, draw: float) -> str:
        """Return the word for a draw in [0, 1)."""
        point = draw * self._bounds[-1]
        return self.words[bisect(self._bounds, point, 0, len(self.words) - 1)]


@cache
def lexicon() -> dict[str, Words]:
    """Return every kind of word by the name of its slot."""
    things = THING + shuffled((a + b for a in FIRST for b in SECOND), 1)
    places = PLACE + syllables(PLACE_END, 6000, 2)
    verbs = VERB + tuple("re" + verb for verb in VERB if verb[:2] not in {"re", "in", "im"})
    crafts = shuffled((a + b for a in FIRST for b in CRAFT), 3)
    looks = shuffled((f"{a}-{b}" for a in FIRST for b in ENDING), 4)
    folk = shuffled((a + b for a in FIRST for b in AGENT), 5)
    usual = (2, 3, 5, 10, 4, 20, 6, 100, 12, 30, 50, 15)
    rarer = (number for number in range(2, 1000) if number not in usual)
    return {
        "skill": Words(SKILL + crafts, 20),
        "thing": Words(things, 30),
        "things": Words([plural(word) for word in things], 30),
        "food": Words(FOOD, 10),
        "animal": Words(ANIMAL, 8),
        "animals": Words([plural(word) for word in ANIMAL], 8),
        "job": Words(JOB, 10),
        "jobs": Words([plural(word) for word in JOB], 10),
        "subject": Words(SUBJECT, 8),
        "person": Words(PERSON, 5),
        "place": Words(places, 15),
        "name": Words(syllables(NAME_END, 6000, 6), 40),
        "brand": Words(syllables(BRAND_END, 4000, 7), 30),
        "adj": Words(ADJECTIVE + looks, 10),
        "verb": Words(verbs, 15),
        "verbing": Words([gerund(word) for word in verbs], 15),
        "group": Words(GROUP + folk, 12),
        "year": Words([str(year) for year in range(2018, 1700, -1)], 9),
        "few": Words([str(number) for number in range(2, 60)], 9),
        "number": Words([str(number) for number in (*usual, *rarer)], 5),
    }
