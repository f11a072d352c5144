"""WL122."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Detected
from whylow.checks._reading import model_of
from whylow.checks._rows import reads_numbers, single_input
from whylow.records import Fault, Fit, InputData, Severity

# Fewer ids may be counts, codes of a table or grey values.
FEWEST_IDS = 50
# Texts have zeros at one end; of an image or a table of counts they stand everywhere.
LEAST_PADDING = 0.05
MOST_INSIDE = 0.002


@dataclass(frozen=True, kw_only=True)
class TokenIdsReadAsNumbers(Detected):
    """Token ids go into a layer that weighs them as quantities.

    ## What it does
    Looks for inputs that are padded texts by their looks (whole numbers, many different
    ones, zeros at one end of the rows and none within) and that no embedding reads.

    ## Why is this bad?
    Id 4,000 is not twice id 2,000: the numbers are names. A layer that multiplies them by
    weights sees how rare words are at each place and nothing of what they mean.

    ## Evidence
    - `layer`: the layer that reads them.
    - `ids`: different ids in the rows looked at. Reported from 50 on.
    - `highest`: the highest id.
    - `padding`: share of zeros at the ends of rows. Reported from 0.05 on.

    ## Example
    ```python
    ids = random.integers(1, 2000, size=(60, 20)) * (np.arange(20) < 12)
    model = keras.Sequential([
        keras.Input((20,)),
        keras.layers.Dense(16, "relu"),
        keras.layers.Dense(1, "sigmoid"),
    ])
    model.compile(loss="binary_crossentropy")
    model.fit(ids, np.arange(60) % 2)
    ```
    Use instead:
    ```python
    ids = random.integers(1, 2000, size=(60, 20)) * (np.arange(20) < 12)
    model = keras.Sequential([
        keras.Input((20,)),
        keras.layers.Embedding(2000, 16, mask_zero=True),
        keras.layers.GlobalAveragePooling1D(),
        keras.layers.Dense(1, "sigmoid"),
    ])
    model.compile(loss="binary_crossentropy")
    model.fit(ids, np.arange(60) % 2)
    ```

    ## When to ignore
    When the numbers are quantities after all: readings of a sensor that ends early.
    """

    severity: ClassVar[Severity] = "error"
    since: ClassVar[str] = "0.1.0"

    layer: str
    ids: int
    highest: float
    padding: float

    @property
    def message(self) -> str:
        """How many ids, and who reads them."""
        return (
            f"`{self.layer}` weighs what looks like token ids as quantities"
            f" ({self.ids:,} different ones up to {self.highest:,.0f},"
            f" {100 * self.padding:.0f} % padding)."
        )

    @property
    def fix(self) -> str:
        """An embedding, or counts."""
        return (
            "Put an `Embedding` first, or feed counts of words (`CategoryEncoding`,"
            " `TextVectorization(output_mode='tf_idf')`)."
        )

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The encoding."""
        return ("input_encoding",)


def looks_like_texts(facts: InputData) -> bool:
    """Whether whole numbers in two axes are padded token ids, by their looks."""
    tokens = facts.tokens
    if tokens is None or facts.low < 0 or tokens.distinct < FEWEST_IDS:
        return False
    at_one_end = max(tokens.leading, tokens.trailing)
    return at_one_end >= LEAST_PADDING and (
        tokens.inside <= MOST_INSIDE and min(tokens.leading, tokens.trailing) <= MOST_INSIDE
    )


def token_ids_read_as_numbers(fit: Fit) -> Iterator[TokenIdsReadAsNumbers]:
    """WL122."""
    facts = single_input(fit)
    layer = reads_numbers(model_of(fit))
    if layer is None or facts.tokens is None or not looks_like_texts(facts):
        return
    yield TokenIdsReadAsNumbers(
        layer=layer.name,
        ids=facts.tokens.distinct,
        highest=facts.high,
        padding=max(facts.tokens.leading, facts.tokens.trailing),
    )
