"""WL222."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Detected
from whylow.checks._reading import inner, is_recurrent, model_of
from whylow.records import Fault, Fit, Severity

_UNBOUNDED = frozenset("relu elu selu leaky_relu gelu softplus swish silu".split())


@dataclass(frozen=True, kw_only=True)
class ReluInRecurrentLayer(Detected):
    """A recurrent layer has an activation without bounds.

    ## What it does
    Looks for `LSTM`, `GRU` and `SimpleRNN` with `relu` and its like as activation.

    ## Why is this bad?
    A state that is fed back without bounds can grow by a factor at each step: over 50
    steps by thousands. It also leaves the fast implementation on a GPU.

    ## Evidence
    - `layer`: the recurrent layer.
    - `activation`: its activation.
    - `steps`: time steps that it reads.

    ## Example
    ```python
    model = keras.Sequential([
        keras.Input((100,), dtype="int32"),
        keras.layers.Embedding(20_000, 16, mask_zero=True),
        keras.layers.LSTM(16, activation="relu"),
        keras.layers.Dense(1, activation="sigmoid"),
    ])
    model.compile(loss="binary_crossentropy")
    ```
    Use instead:
    ```python
    model = keras.Sequential([
        keras.Input((100,), dtype="int32"),
        keras.layers.Embedding(20_000, 16, mask_zero=True),
        keras.layers.LSTM(16),
        keras.layers.Dense(1, activation="sigmoid"),
    ])
    model.compile(loss="binary_crossentropy")
    ```

    ## When to ignore
    When the sequences are short and the loss is steady.
    """

    severity: ClassVar[Severity] = "warning"
    since: ClassVar[str] = "0.1.0"

    layer: str
    activation: str
    steps: int | None

    @property
    def message(self) -> str:
        """The fact and its numbers."""
        steps = "" if self.steps is None else f" over {self.steps} steps"
        return f"`{self.layer}` feeds its state back through {self.activation}{steps}."

    @property
    def fix(self) -> str:
        """What to do about it."""
        return f"Leave `activation` of `{self.layer}` out (tanh)."

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The kind of fault."""
        return ("hidden_activation", "exploding")


def relu_in_recurrent_layer(fit: Fit) -> Iterator[ReluInRecurrentLayer]:
    """WL222."""
    for layer in model_of(fit).layers:
        name = inner(layer.config).get("activation")
        if is_recurrent(layer) and isinstance(name, str) and name in _UNBOUNDED:
            shape = layer.input_shape
            steps = shape[1] if shape and len(shape) > 2 else None
            yield ReluInRecurrentLayer(layer=layer.name, activation=name, steps=steps)
