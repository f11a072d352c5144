"""WL324."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import CouldNotRun, Detected
from whylow.checks._probed import answers_of, probes_of
from whylow.records import Fault, Fit, Severity

FEWEST_ROWS, MANY_STEPS, KNOWN = 100, 500, 0.5


@dataclass(frozen=True, kw_only=True)
class FewUpdates(Detected):
    """All rows go into one or two batches, so that an epoch is one or two steps.

    ## What it does
    Divides steps by epochs, where a fit has at least 100 rows and fewer than 500 steps
    in all and has not learnt its training rows.

    ## Why is this bad?
    What counts are steps. With one step an epoch, 20 epochs are 20 steps, which is next
    to no training; smaller batches give 30 times as many in the same time.

    ## Evidence
    - `steps`: steps in all.
    - `epochs`: epochs.
    - `batch_size`: rows a batch.
    - `skill`: on training rows: 0 as a constant, 1 all right; reported below 0.5.

    ## Example
    ```python
    x = random.normal(size=(200, 4))
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, "sigmoid")])
    model.compile(loss="binary_crossentropy")
    model.fit(x, np.arange(200) % 2, batch_size=len(x), epochs=2)
    ```
    Use instead: `batch_size=32`.
    ```python
    x = random.normal(size=(200, 4))
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, "sigmoid")])
    model.compile(loss="binary_crossentropy")
    model.fit(x, np.arange(200) % 2, batch_size=32, epochs=2)
    ```

    ## When to ignore
    When the optimizer is made for whole batches.
    """

    severity: ClassVar[Severity] = "warning"
    since: ClassVar[str] = "0.1.0"

    steps: int
    epochs: int
    batch_size: int
    skill: float | None

    @property
    def message(self) -> str:
        """The fact and its numbers."""
        return (
            f"{self.epochs} epochs of {self.batch_size} rows a batch are {self.steps}"
            " steps in all,"
            " and the training rows are not learnt."
        )

    @property
    def fix(self) -> str:
        """What to do about it."""
        return "Use batches of 32 rows."

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The kind of fault."""
        return ("batch_size", "epochs")


def few_updates(fit: Fit) -> Iterator[FewUpdates]:
    """WL324."""
    probes = probes_of(fit)
    answers = answers_of(fit)
    settings = fit.settings
    if (
        settings is None
        or settings.batch_size is None
        or not probes.steps
        or not fit.epochs
    ):
        raise CouldNotRun("the size of the batches is not known")
    rows = fit.training.rows if fit.training else 0
    known = answers.skill is not None and answers.skill >= KNOWN
    few = probes.steps <= 2 * fit.epochs and probes.steps < MANY_STEPS
    if few and rows >= FEWEST_ROWS and not known:
        yield FewUpdates(
            steps=probes.steps,
            epochs=fit.epochs,
            batch_size=settings.batch_size,
            skill=answers.skill,
        )
