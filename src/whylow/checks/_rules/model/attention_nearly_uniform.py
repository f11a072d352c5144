"""WL212."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Detected
from whylow.checks._hidden import attention_of
from whylow.records import Fault, Fit, Severity

# With 30 positions: weights that differ by a factor of 1.3 at most, as a rule.
UNIFORM = 0.99


@dataclass(frozen=True, kw_only=True)
class AttentionNearlyUniform(Detected):
    """Attention weighs all positions alike.

    ## What it does
    Measures the entropy of the attention weights, over that of uniform weights for
    texts of the same length.

    ## Why is this bad?
    Uniform attention is a mean over time: the layer has learnt nothing, or its scores
    are squashed so much that they cannot differ.

    ## Evidence
    - `layer`: the attention layer.
    - `relative_entropy`: 1 is uniform; reported from 0.99 on.

    ## Example
    ```python
    texts = random.integers(1, 50, (64, 10))
    words = keras.Input((10,))
    states = keras.layers.Embedding(50, 8)(words)
    seen = keras.layers.Attention()([states, states])
    pooled = keras.layers.GlobalAveragePooling1D()(seen)
    model = keras.Model(words, keras.layers.Dense(1, activation="sigmoid")(pooled))
    model.compile(loss="binary_crossentropy")
    model.fit(texts, np.arange(64) % 2)
    ```
    Use instead: scores that can differ: states of a size (here a new embedding has numbers
    up to 0.05), no squashing activation of the scores, a longer training. Or a mean
    pooling, which is cheaper.
    ```python
    texts = random.integers(1, 50, (64, 10))
    words = keras.Input((10,))
    states = keras.layers.Embedding(50, 8)(words)
    states = keras.layers.LayerNormalization()(states)
    seen = keras.layers.Attention()([states, states])
    pooled = keras.layers.GlobalAveragePooling1D()(seen)
    model = keras.Model(words, keras.layers.Dense(1, activation="sigmoid")(pooled))
    model.compile(loss="binary_crossentropy")
    model.fit(texts, np.arange(64) % 2)
    ```

    ## When to ignore
    When the layer shall take a mean.
    """

    severity: ClassVar[Severity] = "info"
    since: ClassVar[str] = "0.1.0"

    layer: str
    relative_entropy: float

    @property
    def message(self) -> str:
        """The fact and its numbers."""
        return (
            f"`{self.layer}` weighs all positions alike (entropy"
            f" {self.relative_entropy:.3f} of"
            " that of uniform weights): it takes a mean."
        )

    @property
    def fix(self) -> str:
        """What to do about it."""
        return "Compare with a mean pooling in its place; leave squashing activations out."

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The kind of fault."""
        return ("layer",)


def attention_nearly_uniform(fit: Fit) -> Iterator[AttentionNearlyUniform]:
    """WL212."""
    for one in attention_of(fit):
        entropy = one.relative_entropy
        if entropy is not None and entropy >= UNIFORM:
            yield AttentionNearlyUniform(layer=one.layer, relative_entropy=entropy)
