"""WL101."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Confidence, CouldNotRun, Detected
from whylow.checks._rows import known_loss, label_data, training_of
from whylow.records import Fault, Fit, Severity


@dataclass(frozen=True, kw_only=True)
class ConstantLabel(Detected):
    """All training rows have the same label.

    ## What it does
    Looks whether one label stands on every training row. Losses of the script's own, which
    may leave the labels aside, are not judged.

    ## Why is this bad?
    There is nothing to tell apart: a model that ignores its inputs is right on every row,
    and accuracy 1.0 or loss 0.0 says nothing. As a rule the labels were read from the wrong
    column, or the rows were filtered or cut before they were shuffled.

    ## Evidence
    - `rows`: the training rows.
    - `low`, `high`: the lowest and the highest number in the one label; they are equal
      unless it has several numbers.

    ## Example
    ```python
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, "sigmoid")])
    model.compile(loss="binary_crossentropy")
    x = random.normal(size=(60, 4))
    y = np.ones(60)
    model.fit(x, y)
    ```
    Use instead:
    ```python
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, "sigmoid")])
    model.compile(loss="binary_crossentropy")
    x = random.normal(size=(60, 4))
    y = x[:, 0] > 0
    model.fit(x, y)
    ```

    ## When to ignore
    Never, unless training was only started to see that it runs.
    """

    severity: ClassVar[Severity] = "error"
    confidence: ClassVar[Confidence] = 2
    since: ClassVar[str] = "0.1.0"

    rows: int
    low: float
    high: float

    @property
    def message(self) -> str:
        """How many rows, and what they hold."""
        label = f"{self.low:g}" if self.low == self.high else "the same vector"
        return f"The label is {label} on all {self.rows:,} training rows."

    @property
    def fix(self) -> str:
        """Look where the labels come from."""
        return (
            "Check the column that labels are read from, and that rows are shuffled before"
            " they are cut or split."
        )

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The label."""
        return ("constant_label",)


def constant_label(fit: Fit) -> Iterator[ConstantLabel]:
    """WL101."""
    rows = training_of(fit).rows
    labels = label_data(fit)
    known_loss(fit)
    if rows < 2:
        raise CouldNotRun("one row has one label")
    if labels.constant:
        yield ConstantLabel(rows=rows, low=labels.low, high=labels.high)
