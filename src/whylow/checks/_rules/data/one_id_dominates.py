"""WL121."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Detected
from whylow.checks._reading import percent
from whylow.checks._tokens import texts_of
from whylow.records import Fault, Fit, Severity

# The most frequent word of English is one in fifteen, the space one in six characters.
LEAST_SHARE = 0.30
FEWEST_IDS = 50


@dataclass(frozen=True, kw_only=True)
class OneIdDominates(Detected):
    """One id stands for a third of all words: unknown words, as a rule.

    ## What it does
    Looks for the id, padding left out, that occurs most often.

    ## Why is this bad?
    Tokenizers give one id to every word outside the vocabulary. Where it is this frequent,
    the vocabulary is too small or was built on other texts, and the words that would tell
    the texts apart are lost.

    ## Evidence
    - `id`: the id.
    - `share`: its share of all ids but padding. Reported from 0.30 on.
    - `distinct`: different ids. Reported from 50 on.

    ## Example
    ```python
    ids = random.integers(1, 500, size=(200, 12))
    ids[random.random(ids.shape) < 0.5] = 1
    model = keras.Sequential([
        keras.Input((12,)),
        keras.layers.Embedding(500, 8),
        keras.layers.GlobalAveragePooling1D(),
        keras.layers.Dense(1, "sigmoid"),
    ])
    model.compile(loss="binary_crossentropy")
    model.fit(ids, np.arange(200) % 2)
    ```
    Use instead:
    ```python
    ids = random.integers(1, 500, size=(200, 12))
    model = keras.Sequential([
        keras.Input((12,)),
        keras.layers.Embedding(500, 8),
        keras.layers.GlobalAveragePooling1D(),
        keras.layers.Dense(1, "sigmoid"),
    ])
    model.compile(loss="binary_crossentropy")
    model.fit(ids, np.arange(200) % 2)
    ```

    ## When to ignore
    When the sequences are no texts and one symbol is that frequent.
    """

    severity: ClassVar[Severity] = "warning"
    since: ClassVar[str] = "0.1.0"

    id: int
    share: float
    distinct: int

    @property
    def message(self) -> str:
        """Which id, and how often."""
        return (
            f"Id {self.id} makes up {percent(self.share)} of all words (of"
            f" {self.distinct:,} different ones): unknown words, as a rule."
        )

    @property
    def fix(self) -> str:
        """A vocabulary that fits."""
        return (
            "Enlarge the vocabulary, build it on these training texts, and tokenize both"
            " parts in the same way (case, punctuation)."
        )

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The encoding."""
        return ("input_encoding", "data_quality")


def one_id_dominates(fit: Fit) -> Iterator[OneIdDominates]:
    """WL121."""
    tokens = texts_of(fit)
    if tokens.most_frequent_share >= LEAST_SHARE and tokens.distinct >= FEWEST_IDS:
        yield OneIdDominates(
            id=tokens.most_frequent,
            share=tokens.most_frequent_share,
            distinct=tokens.distinct,
        )
