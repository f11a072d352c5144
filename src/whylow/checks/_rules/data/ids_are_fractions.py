"""WL123."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Confidence, Detected
from whylow.checks._reading import model_of
from whylow.checks._rows import single_input
from whylow.checks._tokens import embedding_of_input
from whylow.records import Fault, Fit, Severity


@dataclass(frozen=True, kw_only=True)
class IdsAreFractions(Detected):
    """An embedding is given numbers with fractions, which it cuts off.

    ## What it does
    Looks whether the input of an `Embedding` holds numbers that are not whole.

    ## Why is this bad?
    The layer turns its input into integers by cutting the fraction off. Ids that were
    scaled to 0…1 all become 0, standardised ones -2 to 2: every text looks alike.

    ## Evidence
    - `embedding`: the embedding layer.
    - `low`, `high`: the range of its input.

    ## Example
    ```python
    ids = random.integers(1, 500, size=(60, 12))
    model = keras.Sequential([
        keras.Input((12,)),
        keras.layers.Embedding(500, 8),
        keras.layers.GlobalAveragePooling1D(),
        keras.layers.Dense(1, "sigmoid"),
    ])
    model.compile(loss="binary_crossentropy")
    model.fit(ids / ids.max(), np.arange(60) % 2)
    ```
    Use instead:
    ```python
    ids = random.integers(1, 500, size=(60, 12))
    model = keras.Sequential([
        keras.Input((12,)),
        keras.layers.Embedding(500, 8),
        keras.layers.GlobalAveragePooling1D(),
        keras.layers.Dense(1, "sigmoid"),
    ])
    model.compile(loss="binary_crossentropy")
    model.fit(ids, np.arange(60) % 2)
    ```

    ## When to ignore
    Never: if buckets are meant, make whole numbers of them first.
    """

    severity: ClassVar[Severity] = "error"
    confidence: ClassVar[Confidence] = 2
    since: ClassVar[str] = "0.1.0"

    embedding: str
    low: float
    high: float

    @property
    def message(self) -> str:
        """The range."""
        return (
            f"`{self.embedding}` is given fractions between {self.low:g} and"
            f" {self.high:g} and cuts them down to whole ids."
        )

    @property
    def fix(self) -> str:
        """Ids are names."""
        return "Give the embedding the ids themselves: ids are names and are not scaled."

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The encoding, spoilt by scaling."""
        return ("input_encoding", "input_scaling")


def ids_are_fractions(fit: Fit) -> Iterator[IdsAreFractions]:
    """WL123."""
    facts = single_input(fit)
    embedding = embedding_of_input(model_of(fit))
    if embedding is not None and not facts.whole:
        yield IdsAreFractions(embedding=embedding.name, low=facts.low, high=facts.high)
