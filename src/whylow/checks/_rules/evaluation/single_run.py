"""WL403."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import CouldNotRun, Detected
from whylow.checks._reading import absent, validation_accuracy
from whylow.records import Comparison, Fault, Fit, Severity


@dataclass(frozen=True, kw_only=True)
class SingleRun(Detected):
    """The claim rests on one run of each model.

    ## What it does
    Says how far two runs of *the same* model would differ on these validation rows by the
    luck of training alone, and sets the claim beside it.

    ## Why is this bad?
    Train the same model twice and the accuracy differs: rows near the threshold fall on one
    side in one run and on the other in the next. For a calibrated classifier of two classes
    with error `err` on `N` rows, the accuracy of a run varies with variance `err / (2 N)`,
    so that the difference of two runs has a standard deviation of `sqrt(err / N)` (after
    Jordan, "On the Variance of Neural Network Training with respect to Test Sets and
    Distributions", ICLR 2024). Real models vary at least as much.

    ## Evidence
    - `baseline`, `variant`: the two fits.
    - `baseline_runs`, `variant_runs`: the script's own runs of each; reported when either
      is 1.
    - `rows`: the validation rows, `N`.
    - `error`: the larger of the two validation errors at their last epochs.
    - `noise_floor`: `sqrt(error / rows)`, the standard deviation of the difference between
      two runs of one model.
    - `claimed_difference`: what was claimed, if it is an accuracy; else null.
    - `validation_difference`: the difference of the two validation accuracies.

    ## Example
    ```python
    for units in (4, 16):
        model = keras.Sequential([
            keras.Input((3,)),
            keras.layers.Dense(units, activation="relu"),
            keras.layers.Dense(1, activation="sigmoid"),
        ])
        model.compile(loss="binary_crossentropy", metrics=["accuracy"])
        model.fit(x, y, validation_split=0.2)
    ```
    Use instead: several runs of each. Better still, six pairs or more that share seeds and
    data order, and an interval on their differences: `whylow run` trains them.
    ```python
    for seed in range(3):
        keras.utils.set_random_seed(seed)
        for units in (4, 16):
            model = keras.Sequential([
                keras.Input((3,)),
                keras.layers.Dense(units, activation="relu"),
                keras.layers.Dense(1, activation="sigmoid"),
            ])
            model.compile(loss="binary_crossentropy", metrics=["accuracy"])
            model.fit(x, y, validation_split=0.2)
    ```

    ## When to ignore
    When the difference is many times the noise floor.
    """

    severity: ClassVar[Severity] = "info"
    since: ClassVar[str] = "0.1.0"

    baseline: str
    variant: str
    baseline_runs: int
    variant_runs: int
    rows: int
    error: float
    noise_floor: float
    claimed_difference: float | None
    validation_difference: float

    @property
    def message(self) -> str:
        """The noise floor beside the differences."""
        claimed = (
            ""
            if self.claimed_difference is None
            else f"claimed {_points(self.claimed_difference)}, "
        )
        runs = (
            f"One run each of {self.baseline} and {self.variant}"
            if self.baseline_runs == self.variant_runs
            else f"{self.baseline_runs} and {self.variant_runs} runs of {self.baseline} and"
            f" {self.variant}"
        )
        return (
            f"{runs}: two runs of one model differ by"
            f" {100 * self.noise_floor:.2f} points (standard deviation) on {self.rows:,}"
            f" validation rows; here {claimed}on validation"
            f" {_points(self.validation_difference)}."
        )

    @property
    def fix(self) -> str:
        """More runs."""
        return "Train both several times in pairs that share seeds and data order."

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Chance too, where the held-out difference lies within two standard deviations."""
        within = abs(self.validation_difference) <= 2 * self.noise_floor
        return ("single_run", "chance") if within else ("single_run",)


def single_run(comparison: Comparison, baseline: Fit, variant: Fit) -> Iterator[SingleRun]:
    """WL403."""
    if baseline.members and variant.members:
        return
    if baseline.validation is None or not baseline.validation.rows:
        raise absent(baseline, "the number of validation rows")
    accuracies = []
    for fit in (baseline, variant):
        _, values = validation_accuracy(fit)
        known = [value for value in values if value is not None]
        if not known:
            raise CouldNotRun("no epoch has a finite validation accuracy")
        accuracies.append(known[-1])
    claim = comparison.claim
    rows, error = baseline.validation.rows, 1 - min(accuracies)
    yield SingleRun(
        baseline=baseline.name,
        variant=variant.name,
        baseline_runs=1 + len(baseline.members),
        variant_runs=1 + len(variant.members),
        rows=rows,
        error=error,
        noise_floor=math.sqrt(max(error, 0.0) / rows),
        claimed_difference=(
            claim.difference if claim is not None and "acc" in claim.metric else None
        ),
        validation_difference=accuracies[1] - accuracies[0],
    )


def _points(difference: float) -> str:
    return f"{100 * difference:+.2f} points"
