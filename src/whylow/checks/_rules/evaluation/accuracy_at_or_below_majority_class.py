"""WL401."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import CouldNotRun, Detected
from whylow.checks._reading import absent, percent, validation_accuracy
from whylow.records import Fault, Fit, Severity

# Logs are printed with four digits.
ROUNDING = 0.00005
# Above this share accuracy says more of the classes than of the model.
IMBALANCED = 0.60


@dataclass(frozen=True, kw_only=True)
class AccuracyAtOrBelowMajorityClass(Detected):
    """The validation accuracy is no better than always giving the same answer.

    ## What it does
    Compares the validation accuracy after the last epoch with the share of the most
    frequent class among the validation rows.

    ## Why is this bad?
    A model that ignores its input and always answers with that class does as well. On rare
    classes such an accuracy looks high (94 % where 6 % are positive) and hides that nothing
    was learnt, or that the threshold is wrong; two such accuracies cannot be compared.

    ## Evidence
    - `metric`: the metric as Keras calls it.
    - `epoch`: the last epoch.
    - `accuracy`: its value there.
    - `best_epoch`, `best_accuracy`: the highest value and its epoch.
    - `majority_class`: the most frequent class.
    - `majority_share`: its share of the validation rows.
    - `rows`: the validation rows. Reported when the accuracy is not at least half a row
      above the share.

    ## Example
    ```python
    x, y = random.normal(size=(400, 3)), np.arange(400) % 16 == 0
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, "sigmoid")])
    model.compile(loss="binary_crossentropy", metrics=["accuracy"])
    model.fit(x, y, validation_split=0.25, epochs=5)
    ```
    Use instead: a metric that sees the rare class, and inputs that tell it.
    ```python
    x = random.normal(size=(400, 3))
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, "sigmoid")])
    model.compile(
        loss="binary_crossentropy",
        optimizer=keras.optimizers.Adam(0.1),
        metrics=["accuracy", keras.metrics.AUC(curve="PR", name="average_precision")],
    )
    model.fit(x, x[:, 0] > 1, validation_split=0.25, epochs=20)
    ```

    ## When to ignore
    When training was only started to see that it runs.
    """

    severity: ClassVar[Severity] = "warning"
    since: ClassVar[str] = "0.1.0"

    metric: str
    epoch: int
    accuracy: float
    best_epoch: int
    best_accuracy: float
    majority_class: str
    majority_share: float
    rows: int

    @property
    def message(self) -> str:
        """How far below, and whether an earlier epoch was better."""
        below = 100 * (self.majority_share - self.accuracy)
        level = "equals" if abs(below) < 0.005 else f"is {below:.2f} points below"
        text = (
            f"{self.metric} {percent(self.accuracy)} after epoch {self.epoch} {level} the"
            f" {percent(self.majority_share)} of always answering {self.majority_class!r}"
        )
        if self.best_epoch == self.epoch:
            return f"{text}."
        return (
            f"{text} (best: {percent(self.best_accuracy)} after epoch {self.best_epoch})."
        )

    @property
    def fix(self) -> str:
        """Another metric where classes are unequal; else find out why nothing is learnt."""
        if self.majority_share >= IMBALANCED:
            return (
                "Judge by a metric that sees the rare class (macro-F1 at a tuned threshold,"
                " average precision), and take the epoch that is best by it."
            )
        return (
            "Nothing was learnt that helps on other rows: see the other findings first,"
            " then the learning rate and whether the model can fit a few training rows."
        )

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Unequal classes, where they are."""
        return ("imbalance", "metric") if self.majority_share >= IMBALANCED else ()


def accuracy_at_or_below_majority_class(
    fit: Fit,
) -> Iterator[AccuracyAtOrBelowMajorityClass]:
    """WL401."""
    metric, values = validation_accuracy(fit)
    if fit.validation is None:
        raise absent(fit, "the validation labels")
    counts = fit.validation.class_counts
    if not counts or not sum(counts.values()):
        raise CouldNotRun("the validation labels are no classes")
    if sum(count > 0 for count in counts.values()) == 1:
        raise CouldNotRun("the validation rows are of one class only")
    known = [
        (epoch, value) for epoch, value in enumerate(values, start=1) if value is not None
    ]
    if not known:
        raise CouldNotRun("no epoch has a finite validation accuracy")
    rows = sum(counts.values())
    majority = max(counts, key=lambda name: counts[name])
    share = counts[majority] / rows
    epoch, accuracy = known[-1]
    best_epoch, best = max(known, key=lambda row: row[1])
    # Accuracies are counts of rows: half a row is the finest step that can be told apart.
    if accuracy >= share + max(0.5 / rows, ROUNDING):
        return
    yield AccuracyAtOrBelowMajorityClass(
        metric=metric,
        epoch=epoch,
        accuracy=accuracy,
        best_epoch=best_epoch,
        best_accuracy=best,
        majority_class=majority,
        majority_share=share,
        rows=rows,
    )
