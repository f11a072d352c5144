"""WL118."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Detected
from whylow.checks._reading import percent
from whylow.checks._tokens import texts_of
from whylow.records import Fault, Fit, Severity

LEAST_SHARE = 0.01


@dataclass(frozen=True, kw_only=True)
class EmptyTexts(Detected):
    """Texts hold no word that the vocabulary knows.

    ## What it does
    Counts rows of token ids that are padding alone.

    ## Why is this bad?
    All of them look alike whatever their label. As a rule something went wrong before:
    missing texts, another language, a filter of characters that took too much.

    ## Evidence
    - `share`: share of the rows looked at. Reported from 0.01 on.

    ## Example
    ```python
    ids = random.integers(1, 500, size=(200, 12))
    ids[:10] = 0
    model = keras.Sequential([
        keras.Input((12,)),
        keras.layers.Embedding(500, 8, mask_zero=True),
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
        keras.layers.Embedding(500, 8, mask_zero=True),
        keras.layers.GlobalAveragePooling1D(),
        keras.layers.Dense(1, "sigmoid"),
    ])
    model.compile(loss="binary_crossentropy")
    model.fit(ids, np.arange(200) % 2)
    ```

    ## When to ignore
    When empty texts come in use as well and their answer is known.
    """

    severity: ClassVar[Severity] = "warning"
    since: ClassVar[str] = "0.1.0"

    share: float

    @property
    def message(self) -> str:
        """How many."""
        return f"{percent(self.share)} of the training texts are empty: padding alone."

    @property
    def fix(self) -> str:
        """Look at them."""
        return (
            "Look at the raw texts of those rows; drop them, or mend what made them empty."
        )

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The data."""
        return ("data_quality",)


def empty_texts(fit: Fit) -> Iterator[EmptyTexts]:
    """WL118."""
    tokens = texts_of(fit)
    if tokens.empty_rows >= LEAST_SHARE:
        yield EmptyTexts(share=tokens.empty_rows)
