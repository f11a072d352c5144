"""WL214."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Detected
from whylow.checks._reading import is_attention, model_of
from whylow.records import Fault, Fit, Severity

_SQUASHING = frozenset("sigmoid hard_sigmoid tanh softmax".split())


@dataclass(frozen=True, kw_only=True)
class SquashedAttentionScores(Detected):
    """Attention scores go through a sigmoid before the softmax.

    ## What it does
    Looks for an attention layer with `attention_activation` set to `sigmoid`,
    `hard_sigmoid`, `tanh` or `softmax`.

    ## Why is this bad?
    Scores between 0 and 1 differ by a factor of e at most after the softmax: no
    position of a long text can get more than a few times the weight of another, and
    attention stays near a mean.

    ## Evidence
    - `layer`: the attention layer.
    - `activation`: its `attention_activation`.

    ## Example
    ```python
    from whylow.layers import SeqSelfAttention

    words = keras.Input((100,), dtype="int32")
    x = keras.layers.Embedding(20_000, 16, mask_zero=True)(words)
    x = SeqSelfAttention(attention_activation="sigmoid")(x)
    x = keras.layers.GlobalAveragePooling1D()(x)
    model = keras.Model(words, keras.layers.Dense(1, activation="sigmoid")(x))
    model.compile(loss="binary_crossentropy")
    ```
    Use instead:
    ```python
    from whylow.layers import SeqSelfAttention

    words = keras.Input((100,), dtype="int32")
    x = keras.layers.Embedding(20_000, 16, mask_zero=True)(words)
    x = SeqSelfAttention()(x)
    x = keras.layers.GlobalAveragePooling1D()(x)
    model = keras.Model(words, keras.layers.Dense(1, activation="sigmoid")(x))
    model.compile(loss="binary_crossentropy")
    ```

    ## When to ignore
    When attention shall stay near a mean on purpose.
    """

    severity: ClassVar[Severity] = "warning"
    since: ClassVar[str] = "0.1.0"

    layer: str
    activation: str

    @property
    def message(self) -> str:
        """The fact and its numbers."""
        return (
            f"`{self.layer}` squashes its scores with {self.activation} before the softmax:"
            " weights can hardly differ."
        )

    @property
    def fix(self) -> str:
        """What to do about it."""
        return f"Leave `attention_activation` of `{self.layer}` out."

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The kind of fault."""
        return ("hidden_activation",)


def squashed_attention_scores(fit: Fit) -> Iterator[SquashedAttentionScores]:
    """WL214."""
    for layer in model_of(fit).layers:
        name = layer.config.get("attention_activation")
        if is_attention(layer) and isinstance(name, str) and name in _SQUASHING:
            yield SquashedAttentionScores(layer=layer.name, activation=name)
