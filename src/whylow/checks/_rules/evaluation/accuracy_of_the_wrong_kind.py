"""WL412."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

from whylow.checks._base import Detected, Status
from whylow.checks._head import head_of
from whylow.checks._metrics import accuracies_of
from whylow.checks._reading import BINARY_LOSSES, compile_of, loss_name, model_of
from whylow.checks._rows import label_data
from whylow.records import Fault, Fit, Severity


@dataclass(frozen=True, kw_only=True)
class AccuracyOfTheWrongKind(Detected):
    """The accuracy compares something else than what the model answers.

    ## What it does
    Works out which accuracy Keras takes for `"accuracy"` from the shapes of output and
    labels, or reads which one was asked for, and holds it against the labels.

    ## Why is this bad?
    Of several labels a row, `"accuracy"` becomes `categorical_accuracy`: it asks whether
    the highest output is the first of the labels, and calls everything else wrong. Of
    one-hot classes, `binary_accuracy` counts the zeros: 9 of 10 are right when the answer
    is wrong. Of logits, `binary_accuracy` cuts at 0.5, which is a probability of 0.62.

    ## Evidence
    - `metric`: the accuracy as `compile` has it.
    - `meaning`: the accuracy that Keras computes.
    - `case`: `several-labels`, `zeros-of-one-hot` or `logits`.
    - `units`: output units.

    ## Example
    ```python
    x, y = random.normal(size=(100, 3)), random.integers(0, 2, size=(100, 5))
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(5, "sigmoid")])
    model.compile(loss="binary_crossentropy", metrics=["accuracy"])
    model.fit(x, y)
    ```
    Use instead:
    ```python
    x, y = random.normal(size=(100, 3)), random.integers(0, 2, size=(100, 5))
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(5, "sigmoid")])
    model.compile(loss="binary_crossentropy", metrics=["binary_accuracy"])
    model.fit(x, y)
    ```

    ## When to ignore
    When that is the comparison that you mean.
    """

    severity: ClassVar[Severity] = "warning"
    status: ClassVar[Status] = "stable"
    since: ClassVar[str] = "0.1.0"

    metric: str
    meaning: str
    case: Literal["several-labels", "zeros-of-one-hot", "logits"]
    units: int

    @property
    def message(self) -> str:
        """What is compared."""
        if self.case == "several-labels":
            return (
                f"`{self.metric}` is {self.meaning} here: it compares the highest of"
                f" {self.units} outputs with one label, but rows have several."
            )
        if self.case == "zeros-of-one-hot":
            return (
                f"`{self.metric}` is {self.meaning} here: it judges each of {self.units}"
                f" outputs by itself, so that a wrong class still counts"
                f" {self.units - 2} of {self.units} as right."
            )
        return (
            f"`{self.metric}` cuts at 0.5, but the output is a logit, whose even odds lie"
            " at 0."
        )

    @property
    def fix(self) -> str:
        """Name the right one."""
        return {
            "several-labels": "Use `binary_accuracy`, `AUC(multi_label=True)` or F1.",
            "zeros-of-one-hot": "Use `categorical_accuracy`.",
            "logits": "Use `keras.metrics.BinaryAccuracy(threshold=0.0)`.",
        }[self.case]

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The metric."""
        return ("metric",)


def accuracy_of_the_wrong_kind(fit: Fit) -> Iterator[AccuracyOfTheWrongKind]:
    """WL412."""
    labels = label_data(fit)
    head, compiled = head_of(model_of(fit)), compile_of(fit)
    if head.leading:
        return
    kinds = ("binary_accuracy", "categorical_accuracy")
    guess = kinds[0] if head.units == 1 else kinds[1]
    binary = loss_name(compiled) in BINARY_LOSSES
    for name, kind in accuracies_of(fit):
        meaning = guess if kind == "accuracy" else kind
        case: Literal["several-labels", "zeros-of-one-hot", "logits"]
        if labels.kind == "several-of-many" and meaning == kinds[1]:
            case = "several-labels"
        elif labels.kind == "one-hot" and head.units > 2 and meaning == kinds[0]:
            case = "zeros-of-one-hot"
        elif binary and compiled.from_logits and head.units == 1:
            # An accuracy that is given as an object may have a threshold of its own.
            if kind != "accuracy" and "BinaryAccuracy" in compiled.metric_kinds:
                continue
            case = "logits"
        else:
            continue
        yield AccuracyOfTheWrongKind(
            metric=name, meaning=meaning, case=case, units=head.units
        )
        return
