"""WL116."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Confidence, CouldNotRun, Detected
from whylow.checks._rows import row_facts
from whylow.records import Association, Fault, Fit, Severity

# The best of six shifts of ten classes reaches a correlation of 0.2 by chance on 200 rows.
LEAST_SHIFTED = 0.35
MOST_IN_PLACE = 0.5


@dataclass(frozen=True, kw_only=True)
class LabelsShifted(Detected):
    """The labels have slipped against the rows.

    ## What it does
    Reads a quick linear probe that was tried with the labels as they are and moved by up
    to three rows, each time on rows left out.

    ## Why is this bad?
    Each row is trained with the label of another one: a header line counted on one side,
    a row dropped from one array alone. What the model learns is noise.

    ## Evidence
    - `shift`: by how many rows labels stand too late (negative: too early).
    - `in_place`: correlation of prediction and label as they are.
    - `moved`: correlation with that shift undone. Reported from 0.35 on, where the labels
      in place give less than half of it.
    - `rows`: rows left out for it.

    ## Example
    ```python
    x = random.normal(size=(600, 4))
    y = x[:, 0] > 0
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, "sigmoid")])
    model.compile(loss="binary_crossentropy")
    model.fit(x[1:], y[:-1])
    ```
    Use instead:
    ```python
    x = random.normal(size=(600, 4))
    y = x[:, 0] > 0
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, "sigmoid")])
    model.compile(loss="binary_crossentropy")
    model.fit(x[1:], y[1:])
    ```

    ## When to ignore
    When rows are steps of one series, and the target lies steps away on purpose.
    """

    severity: ClassVar[Severity] = "error"
    confidence: ClassVar[Confidence] = 2
    since: ClassVar[str] = "0.1.0"

    shift: int
    in_place: float
    moved: float
    rows: int

    @property
    def message(self) -> str:
        """The shift and what it does."""
        way = "late" if self.shift > 0 else "early"
        return (
            f"The labels stand {abs(self.shift)} row{'s' * (abs(self.shift) > 1)} too"
            f" {way}: a linear probe reaches a correlation of {self.moved:.2f} with them"
            f" moved and of {self.in_place:.2f} as they are ({self.rows:,} rows left out)."
        )

    @property
    def fix(self) -> str:
        """Keep rows together."""
        return (
            "Build inputs and labels from the same rows: drop, sort and shuffle them"
            " together, and look for a header that is counted on one side."
        )

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The labels."""
        return ("label_misalignment",)


def association_of(fit: Fit) -> Association:
    """Return the probes of inputs and labels.

    Raises:
        CouldNotRun: There are too few rows, or inputs or labels do not vary.
    """
    told = row_facts(fit).association
    if told is None:
        raise CouldNotRun("fewer than 200 rows, or nothing varies")
    return told


def labels_shifted(fit: Fit) -> Iterator[LabelsShifted]:
    """WL116."""
    told = association_of(fit)
    if told.shifted < LEAST_SHIFTED or told.linear >= MOST_IN_PLACE * told.shifted:
        return
    # Nearest rows see what a linear probe cannot: then labels belong where they are.
    if told.neighbours < MOST_IN_PLACE * told.shifted:
        yield LabelsShifted(
            shift=told.shift, in_place=told.linear, moved=told.shifted, rows=told.rows
        )
