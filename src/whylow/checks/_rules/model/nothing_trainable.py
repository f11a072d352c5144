"""WL225."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Confidence, Detected
from whylow.checks._probed import layers_of
from whylow.checks._reading import model_of
from whylow.records import Fault, Fit, Severity


@dataclass(frozen=True, kw_only=True)
class NothingTrainable(Detected):
    """No layer of the model is trained.

    ## What it does
    Looks whether any traced layer has trainable weights.

    ## Why is this bad?
    `fit` runs, and nothing can change but running means: the metrics of all epochs are
    the same.

    ## Evidence
    - `layers`: layers of the model.
    - `parameters`: parameters, all of them frozen.

    ## Example
    ```python
    x = random.normal(size=(64, 4))
    base = keras.Sequential([keras.Input((4,)), keras.layers.Dense(8, activation="relu")])
    model = keras.Sequential([base, keras.layers.Dense(1, activation="sigmoid")])
    model.trainable = False
    model.compile(loss="binary_crossentropy")
    model.fit(x, x[:, 0] > 0)
    ```
    Use instead: freeze the base alone.
    ```python
    x = random.normal(size=(64, 4))
    base = keras.Sequential([keras.Input((4,)), keras.layers.Dense(8, activation="relu")])
    model = keras.Sequential([base, keras.layers.Dense(1, activation="sigmoid")])
    base.trainable = False
    model.compile(loss="binary_crossentropy")
    model.fit(x, x[:, 0] > 0)
    ```

    ## When to ignore
    When `fit` only shall bring running statistics up to date.
    """

    severity: ClassVar[Severity] = "error"
    since: ClassVar[str] = "0.1.0"
    confidence: ClassVar[Confidence] = 2

    layers: int
    parameters: int

    @property
    def message(self) -> str:
        """The fact and its numbers."""
        return f"None of the {self.parameters:,} parameters is trained."

    @property
    def fix(self) -> str:
        """What to do about it."""
        return "Set `trainable = True` on the layers that shall learn, and compile again."

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The kind of fault."""
        return ("layer",)


def nothing_trainable(fit: Fit) -> Iterator[NothingTrainable]:
    """WL225."""
    model = model_of(fit)
    traced = layers_of(fit)
    if model.parameters and not any(one.trainable for one in traced):
        yield NothingTrainable(layers=len(traced), parameters=model.parameters)
