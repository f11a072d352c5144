"""WL119."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Detected
from whylow.checks._reading import percent
from whylow.checks._rows import single_input
from whylow.checks._tokens import texts_of
from whylow.records import Fault, Fit, Severity

LEAST_SHARE = 0.50
# Some texts must be shorter, else the rows are windows of one length by design.
MOST_SHARE = 0.98


@dataclass(frozen=True, kw_only=True)
class TextsCutShort(Detected):
    """Most texts fill the whole length, so that most were cut.

    ## What it does
    Counts rows of token ids without padding, where some rows have padding.

    ## Why is this bad?
    What stands beyond the maximal length is lost. If the answer stands there (many reviews
    end with the judgement), no model finds it.

    ## Evidence
    - `share`: share of rows without padding. Reported from 0.50 on.
    - `length`: the ids of a row.

    ## Example
    ```python
    lengths = random.integers(8, 40, size=(200, 1))
    ids = random.integers(1, 500, size=(200, 10)) * (np.arange(10) < lengths)
    model = keras.Sequential([
        keras.Input((10,)),
        keras.layers.Embedding(500, 8, mask_zero=True),
        keras.layers.GlobalAveragePooling1D(),
        keras.layers.Dense(1, "sigmoid"),
    ])
    model.compile(loss="binary_crossentropy")
    model.fit(ids, np.arange(200) % 2)
    ```
    Use instead:
    ```python
    lengths = random.integers(8, 40, size=(200, 1))
    ids = random.integers(1, 500, size=(200, 40)) * (np.arange(40) < lengths)
    model = keras.Sequential([
        keras.Input((40,)),
        keras.layers.Embedding(500, 8, mask_zero=True),
        keras.layers.GlobalAveragePooling1D(),
        keras.layers.Dense(1, "sigmoid"),
    ])
    model.compile(loss="binary_crossentropy")
    model.fit(ids, np.arange(200) % 2)
    ```

    ## When to ignore
    When a longer length was tried and did not help, or costs too much.
    """

    severity: ClassVar[Severity] = "info"
    since: ClassVar[str] = "0.1.0"

    share: float
    length: int

    @property
    def message(self) -> str:
        """How many."""
        return (
            f"{percent(self.share)} of the training texts fill all {self.length} places,"
            " so that most of them were cut."
        )

    @property
    def fix(self) -> str:
        """Longer, or the other end."""
        return (
            "Try a longer maximal length, and the other end: `pad_sequences` keeps the end"
            " of a text, most tokenizers its beginning."
        )

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What the inputs hold."""
        return ("input_encoding",)


def texts_cut_short(fit: Fit) -> Iterator[TextsCutShort]:
    """WL119."""
    tokens = texts_of(fit)
    if LEAST_SHARE <= tokens.full_rows <= MOST_SHARE:
        yield TextsCutShort(share=tokens.full_rows, length=single_input(fit).columns)
