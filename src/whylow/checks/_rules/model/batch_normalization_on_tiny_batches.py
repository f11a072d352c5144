"""WL220."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import CouldNotRun, Detected
from whylow.checks._reading import model_of
from whylow.records import Fault, Fit, Severity

MOST_ROWS = 4


@dataclass(frozen=True, kw_only=True)
class BatchNormalizationOnTinyBatches(Detected):
    """Batch normalisation takes its mean and variance from very few rows.

    ## What it does
    Looks for `BatchNormalization` in a model that is trained on batches of at most four
    rows.

    ## Why is this bad?
    The standard deviation of four numbers is off by a third as a rule, and that noise
    goes into every layer; at prediction other numbers are used, so that training and
    validation disagree.

    ## Evidence
    - `layer`: the first such layer.
    - `batch_size`: rows a batch, at most 4.

    ## Example
    ```python
    x = random.normal(size=(64, 4))
    model = keras.Sequential([
        keras.Input((4,)),
        keras.layers.Dense(8),
        keras.layers.BatchNormalization(),
        keras.layers.Activation("relu"),
        keras.layers.Dense(1, activation="sigmoid"),
    ])
    model.compile(loss="binary_crossentropy")
    model.fit(x, x[:, 0] > 0, batch_size=2)
    ```
    Use instead: batches of 32, or `LayerNormalization`.
    ```python
    x = random.normal(size=(64, 4))
    model = keras.Sequential([
        keras.Input((4,)),
        keras.layers.Dense(8),
        keras.layers.BatchNormalization(),
        keras.layers.Activation("relu"),
        keras.layers.Dense(1, activation="sigmoid"),
    ])
    model.compile(loss="binary_crossentropy")
    model.fit(x, x[:, 0] > 0, batch_size=32)
    ```

    ## When to ignore
    When each row holds many places (images, where the mean is over pixels too).
    """

    severity: ClassVar[Severity] = "warning"
    since: ClassVar[str] = "0.1.0"

    layer: str
    batch_size: int

    @property
    def message(self) -> str:
        """The fact and its numbers."""
        return f"`{self.layer}` normalises over batches of {self.batch_size} rows."

    @property
    def fix(self) -> str:
        """What to do about it."""
        return "Use larger batches, or `LayerNormalization`."

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The kind of fault."""
        return ("batch_size", "layer")


def batch_normalization_on_tiny_batches(
    fit: Fit,
) -> Iterator[BatchNormalizationOnTinyBatches]:
    """WL220."""
    settings = fit.settings
    layers = model_of(fit).layers
    if settings is None or settings.batch_size is None:
        raise CouldNotRun("the size of the batches is not known")
    for layer in layers:
        flat = layer.output_shape is None or len(layer.output_shape) == 2
        if layer.class_name == "BatchNormalization" and flat:
            if settings.batch_size <= MOST_ROWS:
                yield BatchNormalizationOnTinyBatches(
                    layer=layer.name, batch_size=settings.batch_size
                )
            return
