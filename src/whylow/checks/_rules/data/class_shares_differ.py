"""WL111."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import CouldNotRun, Detected
from whylow.checks._reading import percent
from whylow.checks._rows import class_share, held_out_of, training_of
from whylow.checks._rules.data.split_of_sorted_rows import (
    cut_from_sorted_rows,
    total_variation,
)
from whylow.records import Fault, Fit, Severity

LEAST_DISTANCE = 0.25
# Beyond three standard errors of chance, summed over the classes.
ERRORS = 3.0


@dataclass(frozen=True, kw_only=True)
class ClassSharesDiffer(Detected):
    """Training and validation rows hold other shares of the classes.

    ## What it does
    Sums up how the shares of the classes differ between the two parts.

    ## Why is this bad?
    A model learns how frequent a class is. Where that differs, its probabilities, its
    threshold of 0.5 and its validation loss are off, though it may rank well.

    ## Evidence
    - `distance`: half the sum of the differences. Reported from 0.25 on, where it is more
      than chance explains.
    - `most`: the class whose share differs most.
    - `training_share`, `validation_share`: its two shares.

    ## Example
    ```python
    x = random.normal(size=(400, 4))
    y = np.where(np.arange(400) < 200, np.arange(400) % 2, np.arange(400) % 10 == 0)
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, "sigmoid")])
    model.compile(loss="binary_crossentropy")
    model.fit(x[:200], y[:200], validation_data=(x[200:], y[200:]))
    ```
    Use instead:
    ```python
    x = random.normal(size=(400, 4))
    y = np.arange(400) % 2
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, "sigmoid")])
    model.compile(loss="binary_crossentropy")
    model.fit(x[:200], y[:200], validation_data=(x[200:], y[200:]))
    ```

    ## When to ignore
    When training rows were drawn again on purpose to balance the classes; then tune the
    threshold on rows with the true shares.
    """

    severity: ClassVar[Severity] = "info"
    since: ClassVar[str] = "0.1.0"

    distance: float
    most: str
    training_share: float
    validation_share: float

    @property
    def message(self) -> str:
        """The class that differs most."""
        return (
            f"Class {self.most} makes up {percent(self.training_share)} of the training and"
            f" {percent(self.validation_share)} of the validation rows."
        )

    @property
    def fix(self) -> str:
        """Stratify, or tune."""
        return (
            "Split with `train_test_split(..., stratify=y)`; if the training rows were"
            " balanced on purpose, tune the threshold on rows with the true shares."
        )

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The parts."""
        return ("train_val_mismatch",)


def class_shares_differ(fit: Fit) -> Iterator[ClassSharesDiffer]:
    """WL111."""
    training, held_out = training_of(fit), held_out_of(fit)
    one, other = (class_share(part.class_counts) for part in (training, held_out))
    if not one or not other or not training.rows or not held_out.rows:
        raise CouldNotRun("the labels are no classes, or a part has no rows")
    classes = sorted({**one, **other})
    distance = total_variation(one, other)
    rows = 1 / training.rows + 1 / held_out.rows
    chance = sum(
        ((one.get(name, 0) + other.get(name, 0)) / 2 * rows) ** 0.5 for name in classes
    )
    # A class that is in one part alone is reported as that, a sorted order too.
    if (
        cut_from_sorted_rows(fit)
        or set(one) != set(other)
        or distance < max(LEAST_DISTANCE, ERRORS * chance / 2)
    ):
        return
    most = max(classes, key=lambda name: abs(one[name] - other[name]))
    yield ClassSharesDiffer(
        distance=distance,
        most=most,
        training_share=one[most],
        validation_share=other[most],
    )
