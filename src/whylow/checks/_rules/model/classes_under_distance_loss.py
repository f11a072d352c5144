"""WL223."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import CouldNotRun, Detected
from whylow.checks._head import head_of
from whylow.checks._probed import falls_short, probes_of
from whylow.checks._reading import DISTANCE_LOSSES, compile_of, loss_name, model_of
from whylow.records import Fault, Fit, Severity


@dataclass(frozen=True, kw_only=True)
class ClassesUnderDistanceLoss(Detected):
    """Classes are trained with a loss that is made for numbers.

    ## What it does
    Looks for `mean_squared_error` and its like over a softmax or a sigmoid whose labels
    are classes.

    ## Why is this bad?
    Where a sigmoid or softmax is sure and wrong, the slope of a squared error is next
    to zero, and the row that is wrong most teaches least. Cross-entropy has its
    steepest slope there.

    ## Evidence
    - `loss`: the loss.
    - `activation`: the last activation.
    - `labels`: how the labels are written.
    - `learnt_nothing`: whether the answers on training rows are no better than a
      constant, or far behind a simple model's. Then this is an error, else a warning.

    ## Example
    ```python
    x, labels = random.normal(size=(60, 4)), np.arange(60) % 3
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, "softmax")])
    model.compile(loss="mean_squared_error")
    model.fit(x, keras.utils.to_categorical(labels))
    ```
    Use instead: `categorical_crossentropy`, or `binary_crossentropy` under a sigmoid.
    ```python
    x, labels = random.normal(size=(60, 4)), np.arange(60) % 3
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, "softmax")])
    model.compile(loss="categorical_crossentropy")
    model.fit(x, keras.utils.to_categorical(labels))
    ```

    ## When to ignore
    When the Brier score is what shall be small, and the model learns.
    """

    severity: ClassVar[Severity] = "error"
    since: ClassVar[str] = "0.1.0"

    loss: str
    activation: str
    labels: str
    learnt_nothing: bool

    @property
    def message(self) -> str:
        """The fact and its numbers."""
        return (
            f"{self.loss} under {self.activation} with classes as labels ({self.labels}):"
            " where the"
            " model is sure and wrong it learns next to nothing."
        )

    @property
    def fix(self) -> str:
        """What to do about it."""
        loss = (
            "binary_crossentropy"
            if self.activation == "sigmoid"
            else "categorical_crossentropy"
        )
        return f"Use `{loss}`."

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The kind of fault."""
        return ("loss",)

    def weight(self) -> Severity:
        """An error where too little was learnt."""
        return "error" if self.learnt_nothing else "warning"


def classes_under_distance_loss(fit: Fit) -> Iterator[ClassesUnderDistanceLoss]:
    """WL223."""
    head = head_of(model_of(fit))
    loss = loss_name(compile_of(fit))
    labels = probes_of(fit).labels
    if labels is None:
        raise CouldNotRun("the labels were not measured")
    binary = labels.form == "classes" and labels.distinct == 2 and head.units == 1
    classes = labels.form in ("one-hot", "multi-hot") or binary
    fitting = (
        head.activation == "softmax" and head.units > 1
    ) or head.activation == "sigmoid"
    if loss in DISTANCE_LOSSES and classes and fitting and not head.leading:
        yield ClassesUnderDistanceLoss(
            loss=loss,
            activation=head.activation or "",
            labels=labels.form,
            learnt_nothing=falls_short(fit),
        )
