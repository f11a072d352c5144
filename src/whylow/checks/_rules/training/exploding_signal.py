"""WL316."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Detected
from whylow.checks._probed import layers_of
from whylow.records import Fault, Fit, Severity

FACTOR = 100.0


@dataclass(frozen=True, kw_only=True)
class ExplodingSignal(Detected):
    """Signals grow out of bounds from layer to layer.

    ## What it does
    Compares the standard deviation of what leaves the first layer with that of the
    layer where it is largest, at the start weights, and looks for losses that are not
    finite there.

    ## Why is this bad?
    What grows a hundredfold on the way forward grows as much on the way back: gradients
    explode, and single steps ruin what was learnt.

    ## Evidence
    - `layer`: the layer of the largest signal.
    - `std`: its standard deviation at the start.
    - `growth`: over that of the first layer; reported from 100 on.

    ## Example
    ```python
    x = random.normal(size=(64, 4))
    start = keras.initializers.RandomNormal(stddev=1.0)
    hidden = [keras.layers.Dense(64, "relu", kernel_initializer=start) for _ in range(5)]
    model = keras.Sequential([keras.Input((4,)), *hidden, keras.layers.Dense(1)])
    model.compile(loss="mse")
    model.fit(x, x[:, 0])
    ```
    Use instead: the default initializer, or `he_normal` before `relu`.
    ```python
    x = random.normal(size=(64, 4))
    start = "he_normal"
    hidden = [keras.layers.Dense(64, "relu", kernel_initializer=start) for _ in range(5)]
    model = keras.Sequential([keras.Input((4,)), *hidden, keras.layers.Dense(1)])
    model.compile(loss="mse")
    model.fit(x, x[:, 0])
    ```

    ## When to ignore
    When a last layer shall give large numbers.
    """

    severity: ClassVar[Severity] = "warning"
    since: ClassVar[str] = "0.1.0"

    layer: str
    std: float
    growth: float

    @property
    def message(self) -> str:
        """The fact and its numbers."""
        return (
            f"What leaves `{self.layer}` is {self.growth:.3g} times as large as what"
            " leaves the"
            f" first layer (standard deviation {self.std:.3g}) at the start."
        )

    @property
    def fix(self) -> str:
        """What to do about it."""
        return "Leave the initializers out, normalise between layers, or clip gradients."

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The kind of fault."""
        return ("exploding", "init")


def exploding_signal(fit: Fit) -> Iterator[ExplodingSignal]:
    """WL316."""
    layers = [one for one in layers_of(fit) if one.activation_std_start]
    if len(layers) < 2:
        return
    first = layers[0].activation_std_start or 0.0
    largest = max(layers, key=lambda one: one.activation_std_start or 0.0)
    std = largest.activation_std_start or 0.0
    if std >= FACTOR * first and std >= FACTOR:
        yield ExplodingSignal(layer=largest.name, std=std, growth=std / first)
