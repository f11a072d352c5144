"""WL216."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Detected
from whylow.checks._probed import layers_of, probes_of
from whylow.checks._reading import model_of
from whylow.records import Fault, Fit, Layer, Severity

# He's initialisation is at most twice Glorot's, LeCun's 1.4 times.
FACTOR = 4.0


@dataclass(frozen=True, kw_only=True)
class InitialWeightsTooLarge(Detected):
    """Weights start far larger than keeps signals at their size.

    ## What it does
    Compares the size of each kernel at the start with that of Glorot's initialisation
    for its shape, the root of 2 / (inputs + outputs).

    ## Why is this bad?
    Each such layer makes its signal larger by the same factor: sigmoids saturate,
    softmaxes start sure and wrong, gradients explode.

    ## Evidence
    - `layer`: the layer that is farthest off.
    - `size`: root mean square of its kernel at the start.
    - `usual`: Glorot's for its shape.
    - `loss_start`: loss at the start weights; null where it was not measured.
    - `loss_constant`: loss of the best constant answer; null likewise.

    ## Example
    ```python
    wide = keras.initializers.RandomNormal(stddev=1.0)
    x = random.normal(size=(64, 100))
    model = keras.Sequential([
        keras.Input((100,)),
        keras.layers.Dense(30, activation="tanh", kernel_initializer=wide),
        keras.layers.Dense(1, activation="sigmoid"),
    ])
    model.compile(loss="binary_crossentropy")
    model.fit(x, x[:, 0] > 0)
    ```
    Use instead: the default initializer.
    ```python
    x = random.normal(size=(64, 100))
    model = keras.Sequential([
        keras.Input((100,)),
        keras.layers.Dense(30, activation="tanh"),
        keras.layers.Dense(1, activation="sigmoid"),
    ])
    model.compile(loss="binary_crossentropy")
    model.fit(x, x[:, 0] > 0)
    ```

    ## When to ignore
    When a normalisation follows, or the scale comes from a paper.
    """

    severity: ClassVar[Severity] = "warning"
    since: ClassVar[str] = "0.1.0"

    layer: str
    size: float
    usual: float
    loss_start: float | None
    loss_constant: float | None

    @property
    def message(self) -> str:
        """The fact and its numbers."""
        off = ""
        if self.loss_start is not None and self.loss_constant is not None:
            off = (
                f"; the loss starts at {self.loss_start:.3g}, where guessing has"
                f" {self.loss_constant:.3g}"
            )
        return (
            f"`{self.layer}` starts with weights of size {self.size:.2g}, where"
            f" {self.usual:.2g} keeps signals at their size{off}."
        )

    @property
    def fix(self) -> str:
        """What to do about it."""
        return f"Leave `kernel_initializer` of `{self.layer}` out."

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The kind of fault."""
        return ("init",)


def initial_weights_too_large(fit: Fit) -> Iterator[InitialWeightsTooLarge]:
    """WL216."""
    described = {layer.name: layer for layer in model_of(fit).layers}
    found = []
    for one in layers_of(fit):
        layer = described.get(one.name)
        usual = _usual(layer) if layer and one.drawn else None
        if usual and one.weight_start and one.weight_start >= FACTOR * usual:
            found.append((one.weight_start / usual, one.name, one.weight_start, usual))
    if not found:
        return
    _, name, size, usual = max(found)
    probes = probes_of(fit)
    yield InitialWeightsTooLarge(
        layer=name,
        size=size,
        usual=usual,
        loss_start=probes.loss_start,
        loss_constant=probes.loss_constant,
    )


def _usual(layer: Layer) -> float | None:
    ends = layer.input_shape, layer.output_shape
    if layer.class_name != "Dense" or not ends[0] or not ends[1]:
        return None
    inputs, outputs = ends[0][-1], ends[1][-1]
    return (2 / (inputs + outputs)) ** 0.5 if inputs and outputs else None
