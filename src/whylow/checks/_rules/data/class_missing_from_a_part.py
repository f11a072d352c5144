"""WL109."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import CouldNotRun, Detected
from whylow.checks._rows import class_share, held_out_of, training_of
from whylow.checks._rules.data.split_of_sorted_rows import cut_from_sorted_rows
from whylow.records import Fault, Fit, Severity

# Of a class with this many rows expected in the validation part, none is no accident.
EXPECTED_ROWS = 10.0


@dataclass(frozen=True, kw_only=True)
class ClassMissingFromAPart(Detected):
    """A class stands in only one of the two parts.

    ## What it does
    Looks for classes of validation rows that no training row has, and for classes of
    training rows that should have 10 validation rows or more and have none.

    ## Why is this bad?
    A model cannot give an answer that it has never seen: those rows count as errors
    whatever it learnt. A class that is not held out is not judged.

    ## Evidence
    - `missing_from`: `training` or `validation`.
    - `classes`: the classes that are missing there.
    - `rows`: the rows that they have in the other part.

    ## Example
    ```python
    y = np.arange(300) % 3
    x = random.normal(size=(300, 4)) + y[:, None]
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, "softmax")])
    model.compile(loss="sparse_categorical_crossentropy")
    held_out = y == 2
    model.fit(x[~held_out], y[~held_out], validation_data=(x[held_out], y[held_out]))
    ```
    Use instead:
    ```python
    y = np.arange(300) % 3
    x = random.normal(size=(300, 4)) + y[:, None]
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, "softmax")])
    model.compile(loss="sparse_categorical_crossentropy")
    model.fit(x[:200], y[:200], validation_data=(x[200:], y[200:]))
    ```

    ## When to ignore
    When new classes are the point.
    """

    severity: ClassVar[Severity] = "warning"
    since: ClassVar[str] = "0.1.0"

    missing_from: str
    classes: tuple[str, ...]
    rows: int

    @property
    def message(self) -> str:
        """Which classes."""
        names = ", ".join(self.classes[:5]) + (", …" if len(self.classes) > 5 else "")
        other = "validation" if self.missing_from == "training" else "training"
        return (
            f"No {self.missing_from} row is of class {names}; {self.rows:,} {other} rows"
            " are."
        )

    @property
    def fix(self) -> str:
        """Stratify."""
        return (
            "Shuffle before splitting, or split with `train_test_split(..., stratify=y)`."
        )

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The split."""
        return ("train_val_mismatch",)


def class_missing_from_a_part(fit: Fit) -> Iterator[ClassMissingFromAPart]:
    """WL109."""
    training, held_out = training_of(fit), held_out_of(fit)
    shares = class_share(training.class_counts)
    counts = {k: n for k, n in (held_out.class_counts or {}).items() if n}
    if not shares or not counts:
        raise CouldNotRun("the labels are no classes")
    if cut_from_sorted_rows(fit):
        return
    unseen = tuple(sorted(name for name in counts if name not in shares))
    if unseen:
        rows = sum(counts[name] for name in unseen)
        yield ClassMissingFromAPart(missing_from="training", classes=unseen, rows=rows)
        return
    unjudged = tuple(
        sorted(
            name
            for name, share in shares.items()
            if name not in counts and share * held_out.rows >= EXPECTED_ROWS
        )
    )
    if unjudged:
        rows = round(sum(shares[name] for name in unjudged) * training.rows)
        yield ClassMissingFromAPart(missing_from="validation", classes=unjudged, rows=rows)
