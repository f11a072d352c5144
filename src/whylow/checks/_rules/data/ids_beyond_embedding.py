"""WL124."""

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
class IdsBeyondEmbedding(Detected):
    """Ids are higher than the embedding has rows, or negative.

    ## What it does
    Holds the lowest and the highest id of training and validation rows against `input_dim`
    of the `Embedding` that reads them.

    ## Why is this bad?
    JAX and TensorFlow on a GPU do not refuse such an id: they give NaN or zeros, or another
    word's vector. A negative one counts from the end. As a rule `input_dim` was given as
    the number of words, and the ids begin at 1.

    ## Evidence
    - `embedding`: the embedding layer.
    - `rows`: its `input_dim`.
    - `lowest`, `highest`: the ids. Reported below 0 and from `input_dim` on.

    ## Example
    ```python
    ids = 1 + np.arange(600).reshape(60, 10) % 500
    model = keras.Sequential([
        keras.Input((10,)),
        keras.layers.Embedding(500, 8),
        keras.layers.GlobalAveragePooling1D(),
        keras.layers.Dense(1, "sigmoid"),
    ])
    model.compile(loss="binary_crossentropy")
    model.fit(ids, np.arange(60) % 2)
    ```
    Use instead:
    ```python
    ids = 1 + np.arange(600).reshape(60, 10) % 500
    model = keras.Sequential([
        keras.Input((10,)),
        keras.layers.Embedding(501, 8),
        keras.layers.GlobalAveragePooling1D(),
        keras.layers.Dense(1, "sigmoid"),
    ])
    model.compile(loss="binary_crossentropy")
    model.fit(ids, np.arange(60) % 2)
    ```

    ## When to ignore
    Never.
    """

    severity: ClassVar[Severity] = "error"
    confidence: ClassVar[Confidence] = 2
    since: ClassVar[str] = "0.1.0"

    embedding: str
    rows: int
    lowest: float
    highest: float

    @property
    def message(self) -> str:
        """The ids and the rows."""
        return (
            f"`{self.embedding}` has {self.rows:,} rows, for ids 0 to {self.rows - 1:,};"
            f" the inputs hold {self.lowest:,.0f} to {self.highest:,.0f}."
        )

    @property
    def fix(self) -> str:
        """More rows."""
        if self.lowest < 0:
            return "Number the words from 1 on, with 0 for padding."
        return f"Set `input_dim={self.highest + 1:.0f}`: the highest id and one more for 0."

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The encoding."""
        return ("input_encoding", "layer")


def ids_beyond_embedding(fit: Fit) -> Iterator[IdsBeyondEmbedding]:
    """WL124."""
    facts = single_input(fit)
    embedding = embedding_of_input(model_of(fit))
    rows = embedding.config.get("input_dim") if embedding else None
    if embedding is None or not isinstance(rows, int) or not facts.whole:
        return
    parts = [facts]
    if fit.validation is not None and len(fit.validation.inputs) == 1:
        parts.append(fit.validation.inputs[0])
    lowest = min(part.low for part in parts)
    highest = max(part.high for part in parts)
    if lowest < 0 or highest >= rows:
        yield IdsBeyondEmbedding(
            embedding=embedding.name, rows=rows, lowest=lowest, highest=highest
        )
