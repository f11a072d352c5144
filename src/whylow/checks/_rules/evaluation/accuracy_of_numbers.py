"""WL409."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Confidence, Detected
from whylow.checks._metrics import accuracies_of
from whylow.checks._reading import DISTANCE_LOSSES
from whylow.checks._rows import known_loss, label_data
from whylow.records import Fault, Fit, Severity

# Whole numbers may be classes after all; of this many hardly anybody trains a distance.
FEWEST_VALUES = 20


@dataclass(frozen=True, kw_only=True)
class AccuracyOfNumbers(Detected):
    """Accuracy is asked of a model that predicts numbers.

    ## What it does
    Looks for an accuracy among the metrics where a loss of distance is trained on targets
    that are numbers and no classes.

    ## Why is this bad?
    Accuracy counts how often prediction and target are equal, after Keras turned the
    prediction into 0 or 1 at 0.5. Of amounts that is 0, or never changes, however good the
    model is.

    ## Evidence
    - `metric`: the accuracy as `compile` has it.
    - `loss`: the loss.
    - `distinct`: different targets. Whole numbers are reported from 20 on.

    ## Example
    ```python
    x = random.normal(size=(100, 3))
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile(loss="mse", metrics=["accuracy"])
    model.fit(x, x[:, 0] + x[:, 1])
    ```
    Use instead:
    ```python
    x = random.normal(size=(100, 3))
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile(loss="mse", metrics=["mae", keras.metrics.R2Score()])
    model.fit(x, x[:, 0] + x[:, 1])
    ```

    ## When to ignore
    Never: the number means nothing.
    """

    severity: ClassVar[Severity] = "error"
    confidence: ClassVar[Confidence] = 0
    since: ClassVar[str] = "0.1.0"

    metric: str
    loss: str
    distinct: int

    @property
    def message(self) -> str:
        """What is counted."""
        return (
            f"`{self.metric}` counts equal values, but the targets of {self.loss} are"
            f" numbers ({self.distinct:,} different ones): it says nothing of this model."
        )

    @property
    def fix(self) -> str:
        """A metric of distance."""
        return "Use `mae` or `keras.metrics.R2Score()`; for classes, a crossentropy loss."

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The metric."""
        return ("metric",)


def accuracy_of_numbers(fit: Fit) -> Iterator[AccuracyOfNumbers]:
    """WL409."""
    labels, loss = label_data(fit), known_loss(fit)
    accuracies = accuracies_of(fit)
    if not accuracies or loss not in DISTANCE_LOSSES:
        return
    numbers = labels.kind in ("numbers", "class-numbers")
    # Whole numbers may be classes, and numbers between 0 and 1 probabilities or pixels.
    many = not labels.whole or labels.distinct >= FEWEST_VALUES
    within = labels.low >= 0 and labels.high <= 1
    if numbers and many and not within:
        yield AccuracyOfNumbers(
            metric=accuracies[0][0], loss=loss, distinct=labels.distinct
        )
