"""WL219."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Detected
from whylow.checks._probed import layers_of
from whylow.checks._reading import model_of
from whylow.records import Fault, Fit, Severity


@dataclass(frozen=True, kw_only=True)
class FrozenRandomWeights(Detected):
    """A frozen layer holds the random weights it was created with.

    ## What it does
    Looks for layers with weights that are not trained and that still hold what their
    random initializer drew.

    ## Why is this bad?
    Freezing keeps what was learnt before. Here nothing was: the pre-trained weights
    were not loaded, or the wrong layer is frozen.

    ## Evidence
    - `layers`: the layers.
    - `parameters`: their parameters.

    ## Example
    ```python
    texts = random.integers(1, 50, (64, 10))
    vectors = keras.layers.Embedding(50, 8, trainable=False)
    model = keras.Sequential([
        keras.Input((10,)),
        vectors,
        keras.layers.GlobalAveragePooling1D(),
        keras.layers.Dense(1, activation="sigmoid"),
    ])
    model.compile(loss="binary_crossentropy")
    model.fit(texts, np.arange(64) % 2)
    ```
    Use instead: `set_weights` with the pre-trained vectors, or `trainable=True`.
    ```python
    texts = random.integers(1, 50, (64, 10))
    vectors = keras.layers.Embedding(50, 8, trainable=False)
    model = keras.Sequential([
        keras.Input((10,)),
        vectors,
        keras.layers.GlobalAveragePooling1D(),
        keras.layers.Dense(1, activation="sigmoid"),
    ])
    vectors.set_weights([random.normal(size=(50, 8))])  # those of a file, as a rule
    model.compile(loss="binary_crossentropy")
    model.fit(texts, np.arange(64) % 2)
    ```

    ## When to ignore
    When random features are meant (reservoirs, random projections).
    """

    severity: ClassVar[Severity] = "warning"
    since: ClassVar[str] = "0.1.0"

    layers: tuple[str, ...]
    parameters: int

    @property
    def message(self) -> str:
        """The fact and its numbers."""
        names = ", ".join(f"`{name}`" for name in self.layers)
        return (
            f"{names} ({self.parameters:,} parameters) is frozen and holds the random"
            " weights it"
            " was created with."
        )

    @property
    def fix(self) -> str:
        """What to do about it."""
        return "Load the weights before `fit`, or set `trainable=True`."

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The kind of fault."""
        return ("layer",)


def frozen_random_weights(fit: Fit) -> Iterator[FrozenRandomWeights]:
    """WL219."""
    described = {layer.name: layer for layer in model_of(fit).layers}
    frozen = [one.name for one in layers_of(fit) if one.drawn and not one.trainable]
    if frozen:
        yield FrozenRandomWeights(
            layers=tuple(frozen),
            parameters=sum(
                described[name].parameters for name in frozen if name in described
            ),
        )
