"""WL113."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import CouldNotRun, Detected
from whylow.checks._reading import percent
from whylow.checks._rows import held_out_of, row_facts
from whylow.records import Fault, Fit, Overlap, Severity

# Questions asked on the web come again to about 1 %; a split after oversampling, or of
# overlapping windows, shares far more.
LEAST_SHARE = 0.05
FEWEST_ROWS = 5
# Tables of a few codes have few different rows, and most come again.
LEAST_DISTINCT = 0.30
MOST_SHARE = 0.95
# Rows of several numbers with fractions are equal only where one is a copy of the other.
GRAVE_SHARE, FEWEST_COLUMNS = 0.25, 3


@dataclass(frozen=True, kw_only=True)
class RowsInBothParts(Detected):
    """Rows stand in the training and in the validation part.

    ## What it does
    Looks up each validation row among the training rows, equal number by number. Tables
    whose rows mostly come again within the training part are left aside.

    ## Why is this bad?
    On those rows the model can answer from memory, so that the score is too good, the more
    so the more it overfits. Duplicates in the source or oversampling before the split are
    the usual ways.

    ## Evidence
    - `rows`: validation rows looked at.
    - `shared`: those that are training rows too. Reported from 5 % and 5 rows on.
    - `same_label`: those whose label is known from there.
    - `sampled`: whether training rows were looked up in part, so that there are more.
    - `copies`: whether rows hold three or more numbers with fractions, so that equal ones
      are copies. From 25 % of the validation rows on this is an error then, else a warning.

    ## Example
    ```python
    x, y = random.normal(size=(200, 4)), np.arange(200) % 2
    drawn = random.integers(0, 200, size=400)
    x, y = x[drawn], y[drawn]
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, "sigmoid")])
    model.compile(loss="binary_crossentropy")
    model.fit(x, y, validation_split=0.2)
    ```
    Use instead:
    ```python
    x, y = random.normal(size=(200, 4)), np.arange(200) % 2
    drawn = random.integers(0, 160, size=320)
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, "sigmoid")])
    model.compile(loss="binary_crossentropy")
    model.fit(x[drawn], y[drawn], validation_data=(x[160:], y[160:]))
    ```

    ## When to ignore
    When such rows come again in use as well.
    """

    severity: ClassVar[Severity] = "error"
    since: ClassVar[str] = "0.1.0"

    rows: int
    shared: int
    same_label: int
    sampled: bool
    copies: bool

    @property
    def message(self) -> str:
        """How many, and whether their label is known."""
        least = "at least " if self.sampled else ""
        return (
            f"{least}{self.shared:,} of {self.rows:,} validation rows"
            f" ({percent(self.shared / self.rows)}) are training rows too,"
            f" {self.same_label:,} of them with the same label."
        )

    @property
    def fix(self) -> str:
        """Drop duplicates before the split."""
        return (
            "Drop duplicates before splitting; oversample and augment the training part"
            " alone, after the split."
        )

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The leak."""
        return ("data_leak",)

    def weight(self) -> Severity:
        """An error where copies are a good part of what is judged on."""
        grave = self.copies and self.shared >= GRAVE_SHARE * self.rows
        return "error" if grave else "warning"


def rows_in_both_parts(fit: Fit) -> Iterator[RowsInBothParts]:
    """WL113."""
    overlap = shared_rows(fit)
    if overlap is None or overlap.shared < FEWEST_ROWS:
        return
    share = overlap.shared / overlap.validation_rows
    if LEAST_SHARE <= share < MOST_SHARE:
        yield RowsInBothParts(
            rows=overlap.validation_rows,
            shared=overlap.shared,
            same_label=overlap.same_label,
            sampled=fit.training is not None and overlap.training_rows < fit.training.rows,
            copies=_fractions(fit),
        )


def _fractions(fit: Fit) -> bool:
    inputs = fit.training.inputs if fit.training else ()
    return sum(one.columns for one in inputs if not one.whole) >= FEWEST_COLUMNS


def shared_rows(fit: Fit) -> Overlap | None:
    """Return what the parts share; None where rows come again by their nature.

    Raises:
        CouldNotRun: There is no validation part, or the parts do not compare.
    """
    facts = row_facts(fit)
    held_out_of(fit)
    if fit.overlap is None or not fit.overlap.validation_rows:
        raise CouldNotRun("the parts were not compared row by row")
    few = facts.distinct < LEAST_DISTINCT * facts.looked_at
    # Unless the two parts are one and the same.
    same = fit.training is not None and fit.validation is not None
    same = same and fit.training.digest == fit.validation.digest != ""  # type: ignore[union-attr]
    return None if few and not same else fit.overlap
