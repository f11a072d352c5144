"""WL227."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Detected
from whylow.checks._probed import layers_of
from whylow.records import Fault, Fit, Severity


@dataclass(frozen=True, kw_only=True)
class EqualProjections(Detected):
    """Projections of an attention layer start from the same numbers.

    ## What it does
    Compares the kernels of each attention layer with one another, at the start weights.

    ## Why is this bad?
    Queries and keys that are the same projection make each position look at itself and at
    those that resemble it; they differ only as far as training drives them apart. An
    initializer with a seed of its own gives the same draw to each kernel of one shape.

    ## Evidence
    - `layer`: the attention layer.
    - `kernels`: those of its kernels that start alike.

    ## Example
    ```python
    x = random.normal(size=(64, 10, 8))
    same = keras.initializers.GlorotUniform(seed=1)
    steps = keras.Input((10, 8))
    attention = keras.layers.MultiHeadAttention(2, 4, kernel_initializer=same)
    pooled = keras.layers.GlobalAveragePooling1D()(attention(steps, steps))
    model = keras.Model(steps, keras.layers.Dense(1, activation="sigmoid")(pooled))
    model.compile(loss="binary_crossentropy")
    model.fit(x, np.arange(64) % 2)
    ```
    Use instead: initializers without a seed, and one seed for the whole program
    (`keras.utils.set_random_seed`).
    ```python
    x = random.normal(size=(64, 10, 8))
    keras.utils.set_random_seed(1)
    steps = keras.Input((10, 8))
    attention = keras.layers.MultiHeadAttention(2, 4)
    pooled = keras.layers.GlobalAveragePooling1D()(attention(steps, steps))
    model = keras.Model(steps, keras.layers.Dense(1, activation="sigmoid")(pooled))
    model.compile(loss="binary_crossentropy")
    model.fit(x, np.arange(64) % 2)
    ```

    ## When to ignore
    When queries and keys shall be one projection.
    """

    severity: ClassVar[Severity] = "warning"
    since: ClassVar[str] = "0.1.0"

    layer: str
    kernels: tuple[str, ...]

    @property
    def message(self) -> str:
        """Which start alike."""
        names = ", ".join(f"`{name}`" for name in self.kernels)
        return f"{names} of `{self.layer}` start from the same numbers."

    @property
    def fix(self) -> str:
        """No seed in the initializer."""
        return (
            "Leave the seed out of the initializer, and call"
            " `keras.utils.set_random_seed` once instead."
        )

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The kind of fault."""
        return ("init",)


def equal_projections(fit: Fit) -> Iterator[EqualProjections]:
    """WL227."""
    for one in layers_of(fit):
        if "attention" in one.class_name.lower() and one.equal_kernels:
            yield EqualProjections(layer=one.name, kernels=one.equal_kernels)
