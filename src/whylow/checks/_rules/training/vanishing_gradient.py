"""WL315."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Confidence, Detected
from whylow.checks._probed import layers_of, learnt_nothing
from whylow.records import Fault, Fit, Severity

# Four powers of ten: what six sigmoid layers do at the least.
LEAST = 1e-4


@dataclass(frozen=True, kw_only=True)
class VanishingGradient(Detected):
    """The gradient of the first layer is a tiny part of that of the last.

    ## What it does
    Compares the gradients of the first and the last layer with weights, at the start
    weights.

    ## Why is this bad?
    The first layers stand still while the last ones learn from what those happen to
    give.

    ## Evidence
    - `first`: the first layer with weights.
    - `last`: the last one.
    - `ratio`: root mean square of the first one's gradient over that of the last;
      reported below 0.0001.
    - `learnt_nothing`: whether the answers on training rows are no better than a
      constant. Then this is an error, else a warning.

    ## Example
    ```python
    x = random.normal(size=(64, 4))
    hidden = [keras.layers.Dense(8, activation="sigmoid") for _ in range(9)]
    head = keras.layers.Dense(1, activation="sigmoid")
    model = keras.Sequential([keras.Input((4,)), *hidden, head])
    model.compile(loss="binary_crossentropy")
    model.fit(x, x[:, 0] > 0)
    ```
    Use instead: `relu`, normalisation between the layers, residual connections.
    ```python
    x = random.normal(size=(64, 4))
    hidden = [keras.layers.Dense(8, activation="relu") for _ in range(9)]
    head = keras.layers.Dense(1, activation="sigmoid")
    model = keras.Sequential([keras.Input((4,)), *hidden, head])
    model.compile(loss="binary_crossentropy")
    model.fit(x, x[:, 0] > 0)
    ```

    ## When to ignore
    For an embedding: most of its rows occur in no batch. It is not counted.
    """

    severity: ClassVar[Severity] = "error"
    since: ClassVar[str] = "0.1.0"
    confidence: ClassVar[Confidence] = 0

    first: str
    last: str
    ratio: float
    learnt_nothing: bool

    @property
    def message(self) -> str:
        """The fact and its numbers."""
        return (
            f"The gradient of `{self.first}` is {self.ratio:.1g} of that of `{self.last}`"
            " at the"
            " start."
        )

    @property
    def fix(self) -> str:
        """What to do about it."""
        return "Use `relu`, a normalisation between the layers, or residual connections."

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The kind of fault."""
        return ("vanishing_gradient",)

    def weight(self) -> Severity:
        """An error where too little was learnt."""
        return "error" if self.learnt_nothing else "warning"


def vanishing_gradient(fit: Fit) -> Iterator[VanishingGradient]:
    """WL315."""
    layers = [
        one
        for one in layers_of(fit)
        if one.gradient_start is not None and one.class_name != "Embedding"
    ]
    if len(layers) < 2:
        return
    first, last = layers[0], layers[-1]
    if first.gradient_start and last.gradient_start:
        ratio = first.gradient_start / last.gradient_start
        if ratio < LEAST:
            yield VanishingGradient(
                first=first.name,
                last=last.name,
                ratio=ratio,
                learnt_nothing=learnt_nothing(fit),
            )
