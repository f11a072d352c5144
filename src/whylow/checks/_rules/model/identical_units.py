"""WL215."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Detected
from whylow.checks._probed import layers_of
from whylow.checks._reading import model_of
from whylow.records import Fault, Fit, Severity


@dataclass(frozen=True, kw_only=True)
class IdenticalUnits(Detected):
    """All units of a hidden layer have the same weights, before and after training.

    ## What it does
    Compares the units of each trainable hidden layer with one another, at the start and
    at the end.

    ## Why is this bad?
    Units that start equal and are weighed alike by the next layer get equal gradients
    and stay equal: the layer is worth one unit, however wide it is. Kernels of zeros or
    ones in both layers do it.

    ## Evidence
    - `layer`: the layer.
    - `initializer`: its `kernel_initializer`, null where it is not known.

    ## Example
    ```python
    x = random.normal(size=(64, 4))
    model = keras.Sequential([
        keras.Input((4,)),
        keras.layers.Dense(8, activation="relu", kernel_initializer="ones"),
        keras.layers.Dense(1, activation="sigmoid", kernel_initializer="ones"),
    ])
    model.compile(loss="binary_crossentropy")
    model.fit(x, x[:, 0] > 0)
    ```
    Use instead: a random initializer, the default.
    ```python
    x = random.normal(size=(64, 4))
    model = keras.Sequential([
        keras.Input((4,)),
        keras.layers.Dense(8, activation="relu"),
        keras.layers.Dense(1, activation="sigmoid"),
    ])
    model.compile(loss="binary_crossentropy")
    model.fit(x, x[:, 0] > 0)
    ```

    ## When to ignore
    For a last layer that starts at zero on purpose: that one is not reported.
    """

    severity: ClassVar[Severity] = "error"
    since: ClassVar[str] = "0.1.0"

    layer: str
    initializer: str | None

    @property
    def message(self) -> str:
        """The fact and its numbers."""
        return (
            f"All units of `{self.layer}` start with the same weights and end with the"
            " same."
        )

    @property
    def fix(self) -> str:
        """What to do about it."""
        return f"Give `{self.layer}` a random initializer: leave `kernel_initializer` out."

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The kind of fault."""
        return ("init",)


def identical_units(fit: Fit) -> Iterator[IdenticalUnits]:
    """WL215."""
    trainable = [one for one in layers_of(fit) if one.trainable]
    described = {layer.name: layer for layer in model_of(fit).layers}
    for one in trainable[:-1]:
        if one.alike_start and one.alike_end:
            layer = described.get(one.name)
            given = layer.config.get("kernel_initializer") if layer else None
            name = given.get("class_name") if isinstance(given, dict) else given
            yield IdenticalUnits(
                layer=one.name, initializer=name if isinstance(name, str) else None
            )
