"""WL107."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import CouldNotRun, Detected
from whylow.checks._reading import absent, percent
from whylow.checks._rows import class_share, held_out_of, label_data, training_of
from whylow.records import Fault, Fit, Severity

# Shuffled rows of two classes change label at every second row; sorted ones hardly ever.
RUNS_PER_CLASS = 2
FEWEST_ROWS_PER_RUN = 5
LEAST_DISTANCE = 0.30


@dataclass(frozen=True, kw_only=True)
class SplitOfSortedRows(Detected):
    """`validation_split` cut the end off rows that are sorted by label.

    ## What it does
    Where `fit` split the validation part off itself, looks whether the training rows are
    in the order of their labels and whether the parts hold other shares of the classes.

    ## Why is this bad?
    `validation_split` takes the last rows, before anything is shuffled. Of sorted rows it
    takes the last class: the model hardly sees it, and is judged on it alone.

    ## Evidence
    - `share`: `validation_split`.
    - `runs`: runs of equal labels in the training rows. Reported up to two a class.
    - `classes`: the classes in both parts.
    - `distance`: half the sum of the differences between the shares of the classes.
      Reported from 0.30 on.
    - `unseen`: classes of validation rows that no training row has.

    ## Example
    ```python
    y = np.repeat([0, 1, 2], 40)
    x = random.normal(size=(120, 4)) + y[:, None]
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, "softmax")])
    model.compile(loss="sparse_categorical_crossentropy")
    model.fit(x, y, validation_split=0.25)
    ```
    Use instead:
    ```python
    y = np.repeat([0, 1, 2], 40)
    x = random.normal(size=(120, 4)) + y[:, None]
    order = random.permutation(len(x))
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, "softmax")])
    model.compile(loss="sparse_categorical_crossentropy")
    model.fit(x[order], y[order], validation_split=0.25)
    ```

    ## When to ignore
    When the question is how the model does on classes that it has not seen.
    """

    severity: ClassVar[Severity] = "error"
    since: ClassVar[str] = "0.1.0"

    share: float
    runs: int
    classes: int
    distance: float
    unseen: tuple[str, ...]

    @property
    def message(self) -> str:
        """What the order did."""
        unseen = (
            f"; class {', '.join(self.unseen[:5])} is in none of the training rows"
            if self.unseen
            else ""
        )
        return (
            f"Training rows come sorted by label ({self.runs} runs of {self.classes}"
            f" classes) and validation_split={self.share:g} took the last of them: the"
            f" parts differ in {percent(self.distance)} of their labels{unseen}."
        )

    @property
    def fix(self) -> str:
        """Shuffle first."""
        return (
            "Shuffle inputs and labels together before `fit`, or split with"
            " `train_test_split(..., stratify=y)` and give `validation_data`."
        )

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The split."""
        return ("train_val_mismatch",)


def split_of_sorted_rows(fit: Fit) -> Iterator[SplitOfSortedRows]:
    """WL107."""
    labels = label_data(fit)
    if fit.settings is None:
        raise absent(fit, "the arguments of fit")
    if not fit.settings.validation_split or fit.validation is None:
        return
    shares = [
        class_share(part.class_counts) for part in (training_of(fit), held_out_of(fit))
    ]
    if not all(shares) or labels.runs is None:
        raise CouldNotRun("the labels are no classes")
    classes = sorted(set(shares[0]) | set(shares[1]))
    if labels.runs > min(
        RUNS_PER_CLASS * len(classes), training_of(fit).rows / FEWEST_ROWS_PER_RUN
    ):
        return
    distance = total_variation(*shares)
    if distance >= LEAST_DISTANCE:
        yield SplitOfSortedRows(
            share=fit.settings.validation_split,
            runs=labels.runs,
            classes=len(classes),
            distance=distance,
            unseen=tuple(name for name in classes if name not in shares[0]),
        )


def total_variation(one: dict[str, float], other: dict[str, float]) -> float:
    """Return half the sum of the differences: the share of labels that differ."""
    return sum(abs(one.get(k, 0.0) - other.get(k, 0.0)) for k in {**one, **other}) / 2


def cut_from_sorted_rows(fit: Fit) -> bool:
    """Whether this check says already why the parts differ."""
    try:
        return any(split_of_sorted_rows(fit))
    except CouldNotRun:
        return False
