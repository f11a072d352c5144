"""WL217."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Detected
from whylow.checks._probed import layers_of
from whylow.records import Fault, Fit, Severity


@dataclass(frozen=True, kw_only=True)
class LayerWithoutGradient(Detected):
    """No gradient reaches a layer that is to be trained.

    ## What it does
    Looks for trainable layers whose gradient is exactly zero on a batch, at the start
    and at the end, while others have one.

    ## Why is this bad?
    The output does not depend on the layer, or something before the loss cuts the
    gradient off (rounding, `argmax`, `stop_gradient`, units that are all dead).

    ## Evidence
    - `layers`: the layers.
    - `share`: their share of the trainable layers.

    ## Example
    ```python
    x = random.normal(size=(64, 4))
    model = keras.Sequential([
        keras.Input((4,)),
        keras.layers.Dense(8),
        keras.layers.Lambda(keras.ops.round),
        keras.layers.Dense(1, activation="sigmoid"),
    ])
    model.compile(loss="binary_crossentropy")
    model.fit(x, x[:, 0] > 0)
    ```
    Use instead: a step that has a slope; rounding, `argmax` and `stop_gradient` have none.
    ```python
    x = random.normal(size=(64, 4))
    model = keras.Sequential([
        keras.Input((4,)),
        keras.layers.Dense(8),
        keras.layers.Activation("tanh"),
        keras.layers.Dense(1, activation="sigmoid"),
    ])
    model.compile(loss="binary_crossentropy")
    model.fit(x, x[:, 0] > 0)
    ```

    ## When to ignore
    When a part of the model is trained by another loss or at another time.
    """

    severity: ClassVar[Severity] = "warning"
    since: ClassVar[str] = "0.1.0"

    layers: tuple[str, ...]
    share: float

    @property
    def message(self) -> str:
        """The fact and its numbers."""
        names = ", ".join(f"`{name}`" for name in self.layers)
        return f"No gradient reaches {names}, neither at the start nor at the end."

    @property
    def fix(self) -> str:
        """What to do about it."""
        return (
            "See whether the output depends on it; look for rounding or dead units"
            " behind it."
        )

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The kind of fault."""
        return ("layer",)


def layer_without_gradient(fit: Fit) -> Iterator[LayerWithoutGradient]:
    """WL217."""
    traced = [one for one in layers_of(fit) if one.gradient_start is not None]
    without = [
        one.name for one in traced if one.gradient_start == 0 and one.gradient_end == 0
    ]
    if without and len(without) < len(traced):
        yield LayerWithoutGradient(layers=tuple(without), share=len(without) / len(traced))
