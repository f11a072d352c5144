"""WL112."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Detected
from whylow.checks._rules.data.rows_in_both_parts import shared_rows
from whylow.records import Fault, Fit, Severity

# Rows that come again by chance are never nearly all of them.
LEAST_SHARE = 0.95
FEWEST_ROWS = 10


@dataclass(frozen=True, kw_only=True)
class ValidatedOnTrainingRows(Detected):
    """The validation rows are training rows.

    ## What it does
    Looks up each validation row among the training rows. Tables with so few different rows
    that they all come again are left aside.

    ## Why is this bad?
    Nothing is held out: the score tells how well the model knows its training rows, and a
    model that learns them by heart wins.

    ## Evidence
    - `rows`: validation rows looked at. Reported from 10 on.
    - `shared`: those that are training rows too. Reported from 95 % on.

    ## Example
    ```python
    x, y = random.normal(size=(100, 4)), np.arange(100) % 2
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, "sigmoid")])
    model.compile(loss="binary_crossentropy")
    model.fit(x, y, validation_data=(x, y))
    ```
    Use instead:
    ```python
    x, y = random.normal(size=(100, 4)), np.arange(100) % 2
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, "sigmoid")])
    model.compile(loss="binary_crossentropy")
    model.fit(x[:80], y[:80], validation_data=(x[80:], y[80:]))
    ```

    ## When to ignore
    When you look at training rows on purpose, with dropout off.
    """

    severity: ClassVar[Severity] = "error"
    since: ClassVar[str] = "0.1.0"

    rows: int
    shared: int

    @property
    def message(self) -> str:
        """How many."""
        return (
            f"{self.shared:,} of {self.rows:,} validation rows are training rows: nothing"
            " is held out."
        )

    @property
    def fix(self) -> str:
        """Split first."""
        return "Split before `fit`, so that no validation row is trained on."

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The leak."""
        return ("data_leak",)


def validated_on_training_rows(fit: Fit) -> Iterator[ValidatedOnTrainingRows]:
    """WL112."""
    overlap = shared_rows(fit)
    if overlap is None or overlap.validation_rows < FEWEST_ROWS:
        return
    if overlap.shared >= LEAST_SHARE * overlap.validation_rows:
        yield ValidatedOnTrainingRows(rows=overlap.validation_rows, shared=overlap.shared)
