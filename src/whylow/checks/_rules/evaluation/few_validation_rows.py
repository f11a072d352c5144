"""WL415."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import CouldNotRun, Detected
from whylow.checks._rows import class_share, held_out_of
from whylow.records import Fault, Fit, Severity

# The 95 % interval of an accuracy near 80 % is 8 points wide each way on 100 rows, and of a
# class's recall 25 points on 10 rows (sqrt(p (1 - p) / n), p = 0.8).
FEWEST_ROWS = 100
FEWEST_OF_A_CLASS = 10
# With many classes some are always rare.
MOST_CLASSES = 10


@dataclass(frozen=True, kw_only=True)
class FewValidationRows(Detected):
    """So few rows are held out that the score is coarse.

    ## What it does
    Counts the validation rows, and those of the rarest class.

    ## Why is this bad?
    On 100 rows an accuracy of 80 % is one of 72 to 88 %. Each row is a whole point; a
    difference of a few points between two models is luck.

    ## Evidence
    - `rows`: the validation rows. Reported below 100.
    - `rarest`: the rarest class; null where labels are no classes.
    - `rarest_rows`: its rows. Reported below 10, of up to 10 classes.

    ## Example
    ```python
    x, y = random.normal(size=(200, 3)), np.arange(200) % 2
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, "sigmoid")])
    model.compile(loss="binary_crossentropy", metrics=["accuracy"])
    model.fit(x, y, validation_split=0.2)
    ```
    Use instead:
    ```python
    x, y = random.normal(size=(2000, 3)), np.arange(2000) % 2
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, "sigmoid")])
    model.compile(loss="binary_crossentropy", metrics=["accuracy"])
    model.fit(x, y, validation_split=0.2)
    ```

    ## When to ignore
    When there are no more rows; then use cross-validation.
    """

    severity: ClassVar[Severity] = "info"
    since: ClassVar[str] = "0.1.0"

    rows: int
    rarest: str | None
    rarest_rows: int | None

    @property
    def message(self) -> str:
        """How coarse."""
        if self.rows < FEWEST_ROWS:
            return (
                f"{self.rows} rows are held out: one row is {100 / self.rows:.1f} points of"
                " accuracy."
            )
        return (
            f"{self.rarest_rows} of {self.rows:,} validation rows are of class"
            f" {self.rarest}: one row is {100 / max(self.rarest_rows or 1, 1):.0f} points"
            " of its recall."
        )

    @property
    def fix(self) -> str:
        """More rows."""
        return "Hold out more rows, or use cross-validation."

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Chance."""
        return ("chance",)


def few_validation_rows(fit: Fit) -> Iterator[FewValidationRows]:
    """WL415."""
    held_out = held_out_of(fit)
    if not held_out.rows:
        raise CouldNotRun("no row is held out")
    counts = {k: n for k, n in (held_out.class_counts or {}).items() if n}
    rarest = min(counts, key=lambda name: counts[name]) if counts else None
    shares = class_share(counts)
    few = rarest is not None and len(shares) <= MOST_CLASSES
    if held_out.rows < FEWEST_ROWS or (
        few and rarest is not None and counts[rarest] < FEWEST_OF_A_CLASS
    ):
        yield FewValidationRows(
            rows=held_out.rows,
            rarest=rarest,
            rarest_rows=None if rarest is None else counts[rarest],
        )
