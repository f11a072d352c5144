"""WL213."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Detected
from whylow.checks._hidden import attention_of
from whylow.records import Fault, Fit, Severity

# More than 99 % on one of 30 positions.
COLLAPSED = 0.02


@dataclass(frozen=True, kw_only=True)
class AttentionOnOnePosition(Detected):
    """Attention puts nearly all weight on one position.

    ## What it does
    Measures the entropy of the attention weights, over that of uniform weights.

    ## Why is this bad?
    One position stands for the whole text, and no gradient reaches the others: scores
    have grown so large that the softmax is saturated.

    ## Evidence
    - `layer`: the attention layer.
    - `relative_entropy`: 0 is one position; reported up to 0.02.

    ## Example
    ```python
    x = random.normal(size=(64, 10, 100))
    steps = keras.Input((10, 100))
    seen = keras.layers.Attention()([steps, steps])
    pooled = keras.layers.GlobalAveragePooling1D()(seen)
    model = keras.Model(steps, keras.layers.Dense(1, activation="sigmoid")(pooled))
    model.compile(loss="binary_crossentropy")
    model.fit(x, np.arange(64) % 2)
    ```
    Use instead: dot products over the root of the number of features, of learnt
    projections.
    ```python
    x = random.normal(size=(64, 10, 100))
    steps = keras.Input((10, 100))
    seen = keras.layers.MultiHeadAttention(1, 16)(steps, steps)
    pooled = keras.layers.GlobalAveragePooling1D()(seen)
    model = keras.Model(steps, keras.layers.Dense(1, activation="sigmoid")(pooled))
    model.compile(loss="binary_crossentropy")
    model.fit(x, np.arange(64) % 2)
    ```

    ## When to ignore
    When one token decides and the layer has found it.
    """

    severity: ClassVar[Severity] = "info"
    since: ClassVar[str] = "0.1.0"

    layer: str
    relative_entropy: float

    @property
    def message(self) -> str:
        """The fact and its numbers."""
        return (
            f"`{self.layer}` puts nearly all weight on one position of each text (entropy"
            f" {self.relative_entropy:.3f} of that of uniform weights)."
        )

    @property
    def fix(self) -> str:
        """What to do about it."""
        return (
            "Divide the scores by the root of the number of features, or normalise before."
        )

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The kind of fault."""
        return ("layer",)


def attention_on_one_position(fit: Fit) -> Iterator[AttentionOnOnePosition]:
    """WL213."""
    for one in attention_of(fit):
        entropy = one.relative_entropy
        if entropy is not None and entropy <= COLLAPSED:
            yield AttentionOnOnePosition(layer=one.layer, relative_entropy=entropy)
