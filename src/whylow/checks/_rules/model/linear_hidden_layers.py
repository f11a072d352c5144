"""WL207."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import CouldNotRun, Detected, Status
from whylow.checks._hidden import hidden_layers, linear_layers, nonlinear
from whylow.checks._probed import falls_short
from whylow.checks._reading import model_of
from whylow.records import Fault, Fit, Severity


@dataclass(frozen=True, kw_only=True)
class LinearHiddenLayers(Detected):
    """Hidden layers have no activation, so that they add up to one linear layer.

    ## What it does
    Looks for `Dense` and convolution layers behind which the next layer with weights
    follows with no activation in between.

    ## Why is this bad?
    Two linear layers in a row can do no more than one: the parameters of the first are
    for nothing. If all hidden layers are linear, the whole model is a linear one.

    ## Evidence
    - `layers`: the layers without an activation.
    - `all_hidden`: whether every hidden layer is among them.
    - `learnt_nothing`: whether the answers on training rows are no better than a
      constant, or far behind a simple model's. Then this is an error, else a warning.

    ## Example
    ```python
    model = keras.Sequential([
        keras.Input((4,)),
        keras.layers.Dense(64),
        keras.layers.Dense(32),
        keras.layers.Dense(1, activation="sigmoid"),
    ])
    model.compile(loss="binary_crossentropy")
    ```
    Use instead:
    ```python
    model = keras.Sequential([
        keras.Input((4,)),
        keras.layers.Dense(64, activation="relu"),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(1, activation="sigmoid"),
    ])
    model.compile(loss="binary_crossentropy")
    ```

    ## When to ignore
    When a narrow linear layer saves parameters on purpose (a factorised projection, a
    linear autoencoder).
    """

    severity: ClassVar[Severity] = "error"
    status: ClassVar[Status] = "stable"
    since: ClassVar[str] = "0.1.0"

    layers: tuple[str, ...]
    all_hidden: bool
    learnt_nothing: bool

    @property
    def message(self) -> str:
        """The fact and its numbers."""
        names = ", ".join(f"`{name}`" for name in self.layers)
        whole = ": the whole model is linear" if self.all_hidden else ""
        return f"No activation follows {names} before the next layer with weights{whole}."

    @property
    def fix(self) -> str:
        """What to do about it."""
        return 'Give hidden layers an activation (`activation="relu"`).'

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The kind of fault."""
        return ("hidden_activation",)

    def weight(self) -> Severity:
        """An error where too little was learnt."""
        return "error" if self.learnt_nothing else "warning"


def linear_hidden_layers(fit: Fit) -> Iterator[LinearHiddenLayers]:
    """WL207."""
    model = model_of(fit)
    if model.class_name != "Sequential":
        raise CouldNotRun("which layer feeds which is known of sequential models alone")
    linear = linear_layers(model)
    if not linear:
        return
    hidden = hidden_layers(model)
    # Whatever bends the sequence elsewhere (recurrence, attention, pooling by maximum).
    bent = any(nonlinear(layer) for layer in model.layers[:-1])
    every = not bent and len(linear) == len(hidden)
    yield LinearHiddenLayers(
        layers=tuple(linear),
        all_hidden=every,
        learnt_nothing=every and falls_short(fit),
    )
