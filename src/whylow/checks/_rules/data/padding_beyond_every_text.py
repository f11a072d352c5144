"""WL120."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Detected
from whylow.checks._rows import single_input
from whylow.checks._tokens import texts_of
from whylow.records import Fault, Fit, Severity

MOST_USED = 0.60
FEWEST_COLUMNS = 20


@dataclass(frozen=True, kw_only=True)
class PaddingBeyondEveryText(Detected):
    """Rows are padded far beyond the longest text.

    ## What it does
    Compares the longest text with the length of a row of token ids.

    ## Why is this bad?
    Time is spent on places that no text uses. Where the model does not mask them, every
    text is mostly padding, and a recurrent layer may forget what stood before it.

    ## Evidence
    - `longest`: ids of the longest text. Reported up to 60 % of a row.
    - `length`: the ids of a row. Reported from 20 on.

    ## Example
    ```python
    ids = random.integers(1, 500, size=(200, 100)) * (np.arange(100) < 30)
    model = keras.Sequential([
        keras.Input((100,)),
        keras.layers.Embedding(500, 8, mask_zero=True),
        keras.layers.GlobalAveragePooling1D(),
        keras.layers.Dense(1, "sigmoid"),
    ])
    model.compile(loss="binary_crossentropy")
    model.fit(ids, np.arange(200) % 2)
    ```
    Use instead:
    ```python
    ids = random.integers(1, 500, size=(200, 30))
    model = keras.Sequential([
        keras.Input((30,)),
        keras.layers.Embedding(500, 8, mask_zero=True),
        keras.layers.GlobalAveragePooling1D(),
        keras.layers.Dense(1, "sigmoid"),
    ])
    model.compile(loss="binary_crossentropy")
    model.fit(ids, np.arange(200) % 2)
    ```

    ## When to ignore
    When longer texts come in use.
    """

    severity: ClassVar[Severity] = "info"
    since: ClassVar[str] = "0.1.0"

    longest: int
    length: int

    @property
    def message(self) -> str:
        """Both lengths."""
        return (
            f"The longest training text has {self.longest} ids, and rows are padded to"
            f" {self.length}."
        )

    @property
    def fix(self) -> str:
        """A shorter row."""
        return f"Pad to {self.longest}, or to the longest text of each batch."

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What the inputs hold."""
        return ("input_encoding",)


def padding_beyond_every_text(fit: Fit) -> Iterator[PaddingBeyondEveryText]:
    """WL120."""
    tokens, length = texts_of(fit), single_input(fit).columns
    if length >= FEWEST_COLUMNS and tokens.longest <= MOST_USED * length:
        yield PaddingBeyondEveryText(longest=tokens.longest, length=length)
