"""WL314."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Detected
from whylow.checks._probed import layers_of
from whylow.records import Fault, Fit, Severity

MOST = 0.9


@dataclass(frozen=True, kw_only=True)
class SaturatedUnits(Detected):
    """A hidden layer stands at the ends of its activation.

    ## What it does
    Counts, at the end weights, outputs of hidden sigmoid and tanh layers that lie
    within a hundredth of the span of either end.

    ## Why is this bad?
    There the slope is next to zero: the layer passes no gradient on to those before it.

    ## Evidence
    - `layer`: the layer that is worst off.
    - `saturated`: share of its outputs at either end, at least 0.9.
    - `saturated_start`: the same at the start.

    ## Example
    ```python
    x = 300 + 50 * random.normal(size=(64, 4))
    model = keras.Sequential([
        keras.Input((4,)),
        keras.layers.Dense(8, activation="tanh"),
        keras.layers.Dense(1, activation="sigmoid"),
    ])
    model.compile(loss="binary_crossentropy")
    model.fit(x, np.arange(64) % 2)
    ```
    Use instead: inputs of mean 0 and standard deviation 1.
    ```python
    x = 300 + 50 * random.normal(size=(64, 4))
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    model = keras.Sequential([
        keras.Input((4,)),
        keras.layers.Dense(8, activation="tanh"),
        keras.layers.Dense(1, activation="sigmoid"),
    ])
    model.compile(loss="binary_crossentropy")
    model.fit(x, np.arange(64) % 2)
    ```

    ## When to ignore
    When the layer shall give near-binary codes.
    """

    severity: ClassVar[Severity] = "warning"
    since: ClassVar[str] = "0.1.0"

    layer: str
    saturated: float
    saturated_start: float | None

    @property
    def message(self) -> str:
        """The fact and its numbers."""
        return (
            f"{100 * self.saturated:.0f} % of the outputs of `{self.layer}` stand at"
            " either end of"
            " its activation."
        )

    @property
    def fix(self) -> str:
        """What to do about it."""
        return "Scale the inputs, use smaller initial weights, or `relu`."

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The kind of fault."""
        return ("hidden_activation", "input_scaling")


def saturated_units(fit: Fit) -> Iterator[SaturatedUnits]:
    """WL314."""
    layers = [one for one in layers_of(fit)[:-1] if one.saturated_end is not None]
    last = layers_of(fit)[-1].name
    layers = [one for one in layers if one.name != last]
    if not layers:
        return
    worst = max(layers, key=lambda one: one.saturated_end or 0.0)
    if (worst.saturated_end or 0.0) >= MOST:
        yield SaturatedUnits(
            layer=worst.name,
            saturated=worst.saturated_end or 0.0,
            saturated_start=worst.saturated_start,
        )
