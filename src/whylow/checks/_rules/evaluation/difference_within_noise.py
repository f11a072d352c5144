"""WL405."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import CouldNotRun, Detected
from whylow.checks._curves import accuracies
from whylow.records import Comparison, Fault, Fit, Severity

DEVIATIONS = 2.0
# Where the number of rows is not known: hardly anybody holds out fewer.
FEWEST_ROWS = 200


@dataclass(frozen=True, kw_only=True)
class DifferenceWithinNoise(Detected):
    """The validation difference is no larger than that of two runs of one model.

    ## What it does
    Sets the difference in validation accuracy, each model at its best epoch, beside the
    noise floor `sqrt(error / rows)`: the standard deviation of the difference between two
    runs of one and the same recipe (see `single-run`). Where the number of rows is not
    known, it says from how many rows on the difference would stand out.

    ## Why is this bad?
    Within two standard deviations, which is where 19 of 20 such differences fall, training
    the same model twice explains the difference as well as the change does.

    ## Evidence
    - `baseline`, `variant`: the two fits.
    - `difference`: variant minus baseline, each at its best validation epoch.
    - `error`: the mean of the two errors there.
    - `rows`: the validation rows; null where not known.
    - `noise_floor`: `sqrt(error / rows)`; null likewise. Reported when the difference
      is at most twice as large, or when it is null.
    - `rows_to_stand_out`: the rows from which on the difference would be more than
      twice the floor; null where there is no difference. Reported from 200 on where the
      rows are not known.

    ## Example
    ```text
    without attention
    Epoch 1/2
    100/100 - 46s - loss: 0.20 - accuracy: 0.9410 - val_loss: 0.172 - val_accuracy: 0.9403
    Epoch 2/2
    100/100 - 46s - loss: 0.06 - accuracy: 0.9822 - val_loss: 0.241 - val_accuracy: 0.9227
    with attention
    Epoch 1/2
    100/100 - 64s - loss: 0.22 - accuracy: 0.9390 - val_loss: 0.210 - val_accuracy: 0.9398
    Epoch 2/2
    100/100 - 64s - loss: 0.09 - accuracy: 0.9745 - val_loss: 0.165 - val_accuracy: 0.9430
    ```
    Use instead: several runs of each in pairs, or more validation rows.
    ```text
    without attention
    Epoch 1/2
    100/100 - 46s - loss: 0.40 - accuracy: 0.8010 - val_loss: 0.39 - val_accuracy: 0.8003
    Epoch 2/2
    100/100 - 46s - loss: 0.36 - accuracy: 0.8222 - val_loss: 0.35 - val_accuracy: 0.8227
    with attention
    Epoch 1/2
    100/100 - 48s - loss: 0.30 - accuracy: 0.8890 - val_loss: 0.29 - val_accuracy: 0.8898
    Epoch 2/2
    100/100 - 48s - loss: 0.26 - accuracy: 0.9045 - val_loss: 0.25 - val_accuracy: 0.9030
    ```

    ## When to ignore
    When many runs point the same way.
    """

    severity: ClassVar[Severity] = "info"
    since: ClassVar[str] = "0.1.0"

    baseline: str
    variant: str
    difference: float
    error: float
    rows: int | None
    noise_floor: float | None
    rows_to_stand_out: int | None

    @property
    def message(self) -> str:
        """The difference beside the floor."""
        points = f"{100 * self.difference:+.2f} points at the best epochs"
        if self.rows_to_stand_out is None:
            return f"{points}: no difference."
        if self.noise_floor is None:
            return (
                f"{points} would be noise with fewer than {self.rows_to_stand_out:,}"
                " validation rows."
            )
        return (
            f"{points} is within noise: two runs of one model differ by"
            f" {100 * self.noise_floor:.2f} (one standard deviation) on {self.rows:,}"
            f" validation rows. It would take {self.rows_to_stand_out:,} rows to stand out."
        )

    @property
    def fix(self) -> str:
        """More runs, more rows."""
        return "Train both several times in pairs; hold out more rows."

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Chance."""
        return ("chance", "single_run")


def difference_within_noise(
    comparison: Comparison, baseline: Fit, variant: Fit
) -> Iterator[DifferenceWithinNoise]:
    """WL405."""
    best = []
    for fit in (baseline, variant):
        _, held_out, _ = accuracies(fit)
        if not held_out:
            raise CouldNotRun("no epoch has a finite validation accuracy")
        best.append(max(value for _, value in held_out))
    if not all(0 <= value <= 1 for value in best):
        raise CouldNotRun("the validation accuracy is no share of rows")
    difference = best[1] - best[0]
    error = 1 - (best[0] + best[1]) / 2
    rows = baseline.validation.rows if baseline.validation else 0
    floor = math.sqrt(error / rows) if rows else None
    if floor is not None and abs(difference) > DEVIATIONS * floor:
        return
    stand_out = (DEVIATIONS / difference) ** 2 * error if difference else None
    if floor is None and stand_out is not None and stand_out < FEWEST_ROWS:
        return
    yield DifferenceWithinNoise(
        baseline=baseline.name,
        variant=variant.name,
        difference=difference,
        error=error,
        rows=rows or None,
        noise_floor=floor,
        rows_to_stand_out=None if stand_out is None else _rounded(stand_out),
    )


def _rounded(rows: float) -> int:
    """Round up to two digits: the floor is no more exact than that."""
    if rows <= 10:
        return math.ceil(rows)
    unit = 10 ** (math.floor(math.log10(rows)) - 1)
    return math.ceil(rows / unit) * unit
