"""WL115."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Confidence, CouldNotRun, Detected
from whylow.checks._rows import row_facts, single_input
from whylow.records import Fault, Fit, Severity


@dataclass(frozen=True, kw_only=True)
class LabelInInputs(Detected):
    """A column of the inputs is the label.

    ## What it does
    Compares every column of a table, and every number of the last step of a window, with
    the label, over all rows. Fewer than 50 rows are not judged.

    ## Why is this bad?
    The model copies that column and is right on every row, held out or not. In use the
    column is empty or not there, and nothing else was learnt. A window that ends with the
    value that it should forecast leaks in the same way.

    ## Evidence
    - `column`: the column, counted from 0; of windows, the feature at the last step.
    - `rows`: the training rows; it equals the label on all of them.

    ## Example
    ```python
    table = random.normal(size=(120, 4))
    table[:, 3] = table[:, 0] > 0
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, "sigmoid")])
    model.compile(loss="binary_crossentropy")
    model.fit(table, table[:, 3])
    ```
    Use instead:
    ```python
    table = random.normal(size=(120, 4))
    table[:, 3] = table[:, 0] > 0
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, "sigmoid")])
    model.compile(loss="binary_crossentropy")
    model.fit(table[:, :3], table[:, 3])
    ```

    ## When to ignore
    When the task is to copy, as an exercise.
    """

    severity: ClassVar[Severity] = "error"
    confidence: ClassVar[Confidence] = 2
    since: ClassVar[str] = "0.1.0"

    column: int
    rows: int

    @property
    def message(self) -> str:
        """Which column."""
        return f"Input column {self.column} equals the label on all {self.rows:,} rows."

    @property
    def fix(self) -> str:
        """Drop it."""
        return (
            "Drop the column from the inputs; of windows, let the target be a step after"
            " the last one."
        )

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The leak."""
        return ("label_leak",)


def label_in_inputs(fit: Fit) -> Iterator[LabelInInputs]:
    """WL115."""
    facts = row_facts(fit)
    single_input(fit)
    if fit.training is None or fit.training.labels is None:
        raise CouldNotRun("the labels are not one array")
    if facts.label_column is not None:
        yield LabelInInputs(column=facts.label_column, rows=fit.training.rows)
