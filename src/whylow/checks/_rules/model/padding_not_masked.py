"""WL202."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import CouldNotRun, Detected
from whylow.checks._reading import (
    carries_time,
    is_attention,
    is_recurrent,
    model_of,
    training_of,
)
from whylow.records import Fault, Fit, Layer, Severity

# Text padded to a fixed length is mostly zeros; token 0 as a word like any other is rare.
LEAST_ZERO_SHARE = 0.10


@dataclass(frozen=True, kw_only=True)
class PaddingNotMasked(Detected):
    """A recurrent or attention layer reads padding as if it were words.

    ## What it does
    Looks for an `Embedding` without `mask_zero=True` whose inputs hold many zeros and are
    read by a recurrent or attention layer. Where a mask is made, it follows it from layer
    to layer and names the one that loses it.

    ## Why is this bad?
    A recurrent layer goes on over the padding and may forget the text before it; attention
    spreads its weights over positions without words. How much that costs depends on the
    share of padding and on which side it stands.

    ## Evidence
    - `embedding`: the embedding layer.
    - `reader`: the first layer that reads the sequence without a mask.
    - `reader_is_attention`: whether that layer is attention rather than recurrent.
    - `lost_in`: the layer that takes the mask in and does not pass it on; null where no
      mask is made at all.
    - `zero_share`: share of zeros in the integer inputs. Below 0.10 nothing is reported.

    ## Example
    ```python
    model = keras.Sequential([
        keras.Input((100,), dtype="int32"),
        keras.layers.Embedding(20_000, 100),
        keras.layers.LSTM(64),
        keras.layers.Dense(1, activation="sigmoid"),
    ])
    ```
    Use instead:
    ```python
    model = keras.Sequential([
        keras.Input((100,), dtype="int32"),
        keras.layers.Embedding(20_000, 100, mask_zero=True),
        keras.layers.LSTM(64),
        keras.layers.Dense(1, activation="sigmoid"),
    ])
    ```

    ## When to ignore
    When 0 is a token like any other, or when the model makes its mask in a way that the
    record does not show.
    """

    severity: ClassVar[Severity] = "warning"
    since: ClassVar[str] = "0.1.0"

    embedding: str
    reader: str
    reader_is_attention: bool
    lost_in: str | None
    zero_share: float

    @property
    def message(self) -> str:
        """How much padding there is, and who reads it."""
        share = (
            f"{100 * self.zero_share:.0f} % of the inputs are zeros (padding, as a rule)"
        )
        why = f"`{self.embedding}` makes no mask"
        if self.lost_in is not None:
            why = f"the mask of `{self.embedding}` is lost in `{self.lost_in}`"
        return f"{share}; {why}, so `{self.reader}` reads them all."

    @property
    def fix(self) -> str:
        """Make the mask, or carry it on."""
        if self.lost_in is None:
            return f"Set `mask_zero=True` on `{self.embedding}`, with 0 for padding alone."
        return (
            f"Put `{self.lost_in}` elsewhere or replace it by a layer that passes masks on,"
            f" or hand the mask to `{self.reader}` in its call."
        )

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The mask."""
        return ("mask",)


def padding_not_masked(fit: Fit) -> Iterator[PaddingNotMasked]:
    """WL202."""
    layers = model_of(fit).layers
    places = [
        place for place, layer in enumerate(layers) if layer.class_name == "Embedding"
    ]
    # A mask computed by hand (`x != 0`) reaches the reader by a way that no list shows.
    if not places or any(layer.class_name in ("NotEqual", "Masking") for layer in layers):
        return
    place = places[0]
    embedding, after = layers[place], layers[place + 1 :]
    readers = [layer for layer in after if is_recurrent(layer) or is_attention(layer)]
    if not readers:
        return
    share = training_of(fit).zero_share
    if share is None:
        raise CouldNotRun("the share of zeros in the inputs is not known")
    if share < LEAST_ZERO_SHARE:
        return
    if not embedding.config.get("mask_zero", False):
        yield _finding(embedding, readers[0], None, share)
        return
    if embedding.masked is None:
        raise CouldNotRun("which layers pass the mask on was not recorded")
    lost = _lost_in(embedding, after)
    if lost is not None:
        behind = after[after.index(lost) + 1 :]
        reader = next((layer for layer in behind if layer in readers), None)
        if reader is not None:
            yield _finding(embedding, reader, lost.name, share)


def _lost_in(embedding: Layer, after: Sequence[Layer]) -> Layer | None:
    """Return the first layer that still carries the sequence, but not its mask."""
    before = embedding
    for layer in after:
        if before.masked and layer.masked is False and carries_time(layer):
            return layer
        before = layer
    return None


def _finding(
    embedding: Layer, reader: Layer, lost: str | None, share: float
) -> PaddingNotMasked:
    return PaddingNotMasked(
        embedding=embedding.name,
        reader=reader.name,
        reader_is_attention=is_attention(reader),
        lost_in=lost,
        zero_share=share,
    )
