"""WL410."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import CouldNotRun, Detected
from whylow.checks._metrics import accuracies_of, sees_rare_classes
from whylow.checks._reading import percent
from whylow.checks._rows import class_share, training_of
from whylow.checks._rules.evaluation.accuracy_at_or_below_majority_class import (
    accuracy_at_or_below_majority_class,
)
from whylow.records import Fault, Fit, Severity

# At nine to one a model that never finds the rare class is right on 90 % of the rows.
LEAST_SHARE = 0.90


@dataclass(frozen=True, kw_only=True)
class AccuracyHidesRareClass(Detected):
    """Accuracy is the only metric, and nearly all rows are of one class.

    ## What it does
    Looks for accuracy without any metric that a rare class moves (precision, recall, F1,
    AUC) where one class holds 90 % of the rows or more. Left out where
    `accuracy-at-or-below-majority-class` says so already.

    ## Why is this bad?
    Always answering with that class is right as often. Two models may differ in all that
    matters, the rare rows, and hardly at all in accuracy.

    ## Evidence
    - `metric`: the accuracy as `compile` has it.
    - `majority_class`: the most frequent class.
    - `majority_share`: its share. Reported from 0.90 on.
    - `part`: `validation` where its labels are known, else `training`.

    ## Example
    ```python
    x, y = random.normal(size=(200, 3)), np.arange(200) % 20 == 0
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, "sigmoid")])
    model.compile(loss="binary_crossentropy", metrics=["accuracy"])
    model.fit(x, y)
    ```
    Use instead:
    ```python
    x, y = random.normal(size=(200, 3)), np.arange(200) % 20 == 0
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, "sigmoid")])
    average_precision = keras.metrics.AUC(curve="PR", name="average_precision")
    model.compile(loss="binary_crossentropy", metrics=["accuracy", average_precision])
    model.fit(x, y)
    ```

    ## When to ignore
    When other metrics are computed after training, from predictions.
    """

    severity: ClassVar[Severity] = "warning"
    since: ClassVar[str] = "0.1.0"

    metric: str
    majority_class: str
    majority_share: float
    part: str

    @property
    def message(self) -> str:
        """The share."""
        return (
            f"{percent(self.majority_share)} of the {self.part} rows are of class"
            f" {self.majority_class}, and no metric but `{self.metric}` judges the answers:"
            " always answering with that class is right as often."
        )

    @property
    def fix(self) -> str:
        """A metric that sees the rare class."""
        return (
            'Add `keras.metrics.AUC(curve="PR")` or `keras.metrics.F1Score`, and compare'
            " by it."
        )

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Unequal classes, judged by accuracy."""
        return ("imbalance", "metric")


def accuracy_hides_rare_class(fit: Fit) -> Iterator[AccuracyHidesRareClass]:
    """WL410."""
    part, split = "validation", fit.validation
    if split is None or not class_share(split.class_counts):
        part, split = "training", training_of(fit)
    shares = class_share(split.class_counts)
    if len(shares) < 2:
        raise CouldNotRun("the labels are no classes, or of one class")
    accuracies = accuracies_of(fit)
    majority = max(shares, key=lambda name: shares[name])
    if not accuracies or shares[majority] < LEAST_SHARE or sees_rare_classes(fit):
        return
    if not _no_better(fit):
        yield AccuracyHidesRareClass(
            metric=accuracies[0][0],
            majority_class=majority,
            majority_share=shares[majority],
            part=part,
        )


def _no_better(fit: Fit) -> bool:
    """Whether it is told already that this very accuracy is that of one answer."""
    try:
        return any(accuracy_at_or_below_majority_class(fit))
    except CouldNotRun:
        return False
