"""WL206."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Confidence, Detected
from whylow.checks._hidden import gradient_ratio, hidden_layers
from whylow.checks._probed import falls_short
from whylow.checks._reading import model_of
from whylow.records import Fault, Fit, Severity

# Two of them train, slowly: they count where too little was learnt.
FEWEST, FEWEST_IF_SHORT = 3, 2


@dataclass(frozen=True, kw_only=True)
class SigmoidHiddenStack(Detected):
    """Several hidden layers in a row end in a sigmoid.

    ## What it does
    Counts hidden `Dense` and convolution layers whose activation is `sigmoid` or
    `hard_sigmoid`, one behind the other, and compares the gradient of the first with
    that of the last layer with weights.

    ## Why is this bad?
    A sigmoid's slope is a quarter at most, so each such layer shrinks the gradient of
    those before it at least fourfold; its outputs are all positive too. The first
    layers stand still.

    ## Evidence
    - `layers`: the layers of the longest run, at least two.
    - `gradient_ratio`: gradient of the first layer with weights over that of the last,
      at the start; null where it was not measured.
    - `learnt_nothing`: whether the answers on training rows are no better than a
      constant, or far behind a simple model's. Then this is an error, else a warning.

    ## Example
    ```python
    model = keras.Sequential([
        keras.Input((4,)),
        keras.layers.Dense(16, activation="sigmoid"),
        keras.layers.Dense(16, activation="sigmoid"),
        keras.layers.Dense(16, activation="sigmoid"),
        keras.layers.Dense(1, activation="sigmoid"),
    ])
    model.compile(loss="binary_crossentropy")
    ```
    Use instead:
    ```python
    model = keras.Sequential([
        keras.Input((4,)),
        keras.layers.Dense(16, activation="relu"),
        keras.layers.Dense(16, activation="relu"),
        keras.layers.Dense(16, activation="relu"),
        keras.layers.Dense(1, activation="sigmoid"),
    ])
    model.compile(loss="binary_crossentropy")
    ```

    ## When to ignore
    When a published model is rebuilt on purpose and learns.
    """

    severity: ClassVar[Severity] = "error"
    since: ClassVar[str] = "0.1.0"
    confidence: ClassVar[Confidence] = 2

    layers: tuple[str, ...]
    gradient_ratio: float | None
    learnt_nothing: bool

    @property
    def message(self) -> str:
        """The fact and its numbers."""
        ratio = (
            ""
            if self.gradient_ratio is None
            else f"; the first layer's gradient is {self.gradient_ratio:.1g} of the last's"
        )
        return f"{len(self.layers)} hidden layers in a row end in a sigmoid{ratio}."

    @property
    def fix(self) -> str:
        """What to do about it."""
        return (
            'Use `activation="relu"` in the hidden layers and sigmoid at the output alone.'
        )

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The kind of fault."""
        return ("hidden_activation", "vanishing_gradient")

    def weight(self) -> Severity:
        """An error where too little was learnt."""
        return "error" if self.learnt_nothing else "warning"


def sigmoid_hidden_stack(fit: Fit) -> Iterator[SigmoidHiddenStack]:
    """WL206."""
    run = _longest_run(hidden_layers(model_of(fit)))
    short = falls_short(fit)
    if len(run) < (FEWEST_IF_SHORT if short else FEWEST):
        return
    yield SigmoidHiddenStack(
        layers=tuple(run), gradient_ratio=gradient_ratio(fit), learnt_nothing=short
    )


def _longest_run(layers: list[tuple[str, str]]) -> list[str]:
    longest: list[str] = []
    run: list[str] = []
    for name, activation in layers:
        run = [*run, name] if activation in ("sigmoid", "hard_sigmoid") else []
        longest = max(longest, run, key=len)
    return longest
