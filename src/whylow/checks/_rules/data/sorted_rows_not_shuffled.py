"""WL108."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import CouldNotRun, Detected
from whylow.checks._reading import absent
from whylow.checks._rows import label_data, training_of
from whylow.records import Fault, Fit, Severity

# A run that fills several batches makes batches of one class alone.
FEWEST_BATCHES_A_RUN = 2.0


@dataclass(frozen=True, kw_only=True)
class SortedRowsNotShuffled(Detected):
    """Rows sorted by label are trained in that order.

    ## What it does
    With `shuffle=False`, holds the mean length of runs of equal labels against the batch.

    ## Why is this bad?
    Whole batches hold one class. Each teaches the model to answer with that class and
    undoes what the batches before it taught.

    ## Evidence
    - `runs`: runs of equal labels.
    - `rows`: the training rows.
    - `batch_size`: rows a batch. Reported where a mean run is at least two batches long.

    ## Example
    ```python
    y = np.repeat([0, 1], 100)
    x = random.normal(size=(200, 4)) + y[:, None]
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, "sigmoid")])
    model.compile(loss="binary_crossentropy")
    model.fit(x, y, shuffle=False)
    ```
    Use instead:
    ```python
    y = np.repeat([0, 1], 100)
    x = random.normal(size=(200, 4)) + y[:, None]
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, "sigmoid")])
    model.compile(loss="binary_crossentropy")
    model.fit(x, y, shuffle=True)
    ```

    ## When to ignore
    When rows are steps of one series whose order a stateful layer needs.
    """

    severity: ClassVar[Severity] = "warning"
    since: ClassVar[str] = "0.1.0"

    runs: int
    rows: int
    batch_size: int

    @property
    def message(self) -> str:
        """How long a run is."""
        return (
            f"shuffle=False, and {self.rows:,} training rows come in {self.runs} runs of"
            f" equal labels: whole batches of {self.batch_size} hold one class."
        )

    @property
    def fix(self) -> str:
        """Shuffle."""
        return "Leave `shuffle=True` (the default), or shuffle the rows once before `fit`."

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The order of the data."""
        return ("data_quality",)


def sorted_rows_not_shuffled(fit: Fit) -> Iterator[SortedRowsNotShuffled]:
    """WL108."""
    rows, labels = training_of(fit).rows, label_data(fit)
    if fit.settings is None:
        raise absent(fit, "the arguments of fit")
    if fit.settings.shuffle or labels.constant:
        return
    batch = fit.settings.batch_size
    if labels.runs is None or batch is None:
        raise CouldNotRun("the labels are no classes, or the batch size is not known")
    if rows >= FEWEST_BATCHES_A_RUN * batch * labels.runs:
        yield SortedRowsNotShuffled(runs=labels.runs, rows=rows, batch_size=batch)
