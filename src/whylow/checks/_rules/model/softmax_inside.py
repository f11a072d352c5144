"""WL208."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import CouldNotRun, Detected
from whylow.checks._hidden import hidden_layers
from whylow.checks._probed import falls_short
from whylow.checks._reading import model_of
from whylow.records import Fault, Fit, Severity


@dataclass(frozen=True, kw_only=True)
class SoftmaxInside(Detected):
    """A hidden layer ends in a softmax.

    ## What it does
    Looks for a `Dense` or convolution layer with a softmax that the next layer with
    weights reads.

    ## Why is this bad?
    A softmax makes units compete for a sum of 1: the next layer sees numbers near 1
    divided by the number of units, and gradients that nearly cancel.

    ## Evidence
    - `layer`: the hidden layer.
    - `units`: its units.
    - `learnt_nothing`: whether the answers on training rows are no better than a
      constant, or far behind a simple model's. Then this is an error, else a warning.

    ## Example
    ```python
    model = keras.Sequential([
        keras.Input((4,)),
        keras.layers.Dense(64, activation="softmax"),
        keras.layers.Dense(1, activation="sigmoid"),
    ])
    model.compile(loss="binary_crossentropy")
    ```
    Use instead:
    ```python
    model = keras.Sequential([
        keras.Input((4,)),
        keras.layers.Dense(64, activation="relu"),
        keras.layers.Dense(1, activation="sigmoid"),
    ])
    model.compile(loss="binary_crossentropy")
    ```

    ## When to ignore
    When the hidden softmax is a gate or a mixture that is meant to share out 1.
    """

    severity: ClassVar[Severity] = "error"
    since: ClassVar[str] = "0.1.0"

    layer: str
    units: int
    learnt_nothing: bool

    @property
    def message(self) -> str:
        """The fact and its numbers."""
        return (
            f"The hidden layer `{self.layer}` shares out 1 among its {self.units} units"
            " by a"
            " softmax."
        )

    @property
    def fix(self) -> str:
        """What to do about it."""
        return f'Use `activation="relu"` in `{self.layer}`.'

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The kind of fault."""
        return ("hidden_activation",)

    def weight(self) -> Severity:
        """An error where too little was learnt."""
        return "error" if self.learnt_nothing else "warning"


def softmax_inside(fit: Fit) -> Iterator[SoftmaxInside]:
    """WL208."""
    model = model_of(fit)
    if model.class_name != "Sequential":
        raise CouldNotRun("which layer feeds which is known of sequential models alone")
    units = {layer.name: (layer.output_shape or (None,))[-1] for layer in model.layers}
    for name, activation in hidden_layers(model):
        if activation == "softmax":
            yield SoftmaxInside(
                layer=name, units=units[name] or 0, learnt_nothing=falls_short(fit)
            )
