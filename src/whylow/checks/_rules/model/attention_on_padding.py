"""WL211."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Detected
from whylow.checks._hidden import attention_of
from whylow.records import Fault, Fit, Severity

LEAST_SHARE = 0.05


@dataclass(frozen=True, kw_only=True)
class AttentionOnPadding(Detected):
    """Attention puts weight on padding.

    ## What it does
    Adds up, over real positions of a sample of rows, the weight that each attention
    layer puts on zeros of the inputs.

    ## Why is this bad?
    That share of what the layer hands on says nothing of the text but how long it is.

    ## Evidence
    - `layer`: the attention layer.
    - `on_padding`: share of its weight on padding, at least 0.05.

    ## Example
    ```python
    lengths = random.integers(2, 10, (64, 1))
    texts = random.integers(1, 50, (64, 10)) * (np.arange(10) < lengths)
    words = keras.Input((10,))
    states = keras.layers.Embedding(50, 4)(words)
    seen = keras.layers.Attention()([states, states])
    pooled = keras.layers.GlobalAveragePooling1D()(seen)
    model = keras.Model(words, keras.layers.Dense(1, activation="sigmoid")(pooled))
    model.compile(loss="binary_crossentropy")
    model.fit(texts, np.arange(64) % 2)
    ```
    Use instead: `mask_zero=True`, and layers in between that pass the mask on.
    ```python
    lengths = random.integers(2, 10, (64, 1))
    texts = random.integers(1, 50, (64, 10)) * (np.arange(10) < lengths)
    words = keras.Input((10,))
    states = keras.layers.Embedding(50, 4, mask_zero=True)(words)
    seen = keras.layers.Attention()([states, states])
    pooled = keras.layers.GlobalAveragePooling1D()(seen)
    model = keras.Model(words, keras.layers.Dense(1, activation="sigmoid")(pooled))
    model.compile(loss="binary_crossentropy")
    model.fit(texts, np.arange(64) % 2)
    ```

    ## When to ignore
    When 0 is a token like any other.
    """

    severity: ClassVar[Severity] = "warning"
    since: ClassVar[str] = "0.1.0"

    layer: str
    on_padding: float

    @property
    def message(self) -> str:
        """The fact and its numbers."""
        return (
            f"`{self.layer}` puts {100 * self.on_padding:.0f} % of its weight on padding."
        )

    @property
    def fix(self) -> str:
        """What to do about it."""
        return (
            "Make a mask (`mask_zero=True`) and keep it up to the attention layer, or"
            " hand it"
            f" to `{self.layer}` in its call."
        )

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The kind of fault."""
        return ("mask",)


def attention_on_padding(fit: Fit) -> Iterator[AttentionOnPadding]:
    """WL211."""
    for one in attention_of(fit):
        if one.on_padding is not None and one.on_padding >= LEAST_SHARE:
            yield AttentionOnPadding(layer=one.layer, on_padding=one.on_padding)
