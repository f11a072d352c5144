"""WL110."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import CouldNotRun, Detected
from whylow.checks._rows import held_out_of, whole_part
from whylow.records import Fault, Fit, InputData, Severity

# Two draws of 20 rows from one source differ by a factor of 2 at most, heavy tails aside.
LEAST_RATIO = 5.0
LEAST_SHIFT = 5.0
FEWEST_ROWS = 20


@dataclass(frozen=True, kw_only=True)
class PartsScaledDifferently(Detected):
    """Training and validation inputs were not prepared alike.

    ## What it does
    Compares mean and standard deviation of the inputs of both parts.

    ## Why is this bad?
    Pixels divided by 255 in one part alone, or a scaler that was fitted on one part and
    forgotten on the other: the model is asked about inputs unlike any that it has seen, and
    the validation score says nothing about it.

    ## Evidence
    - `input`: which input, counted from 0.
    - `training_mean`, `training_std`: of all its numbers in the training rows.
    - `validation_mean`, `validation_std`: in the validation rows. Reported where the
      standard deviations differ by a factor of 5, or the means by 5 of the larger one.

    ## Example
    ```python
    pixels = random.integers(0, 256, size=(120, 6))
    y = np.arange(120) % 2
    model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(1, "sigmoid")])
    model.compile(loss="binary_crossentropy")
    model.fit(pixels[:90] / 255, y[:90], validation_data=(pixels[90:], y[90:]))
    ```
    Use instead:
    ```python
    pixels = random.integers(0, 256, size=(120, 6)) / 255
    y = np.arange(120) % 2
    model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(1, "sigmoid")])
    model.compile(loss="binary_crossentropy")
    model.fit(pixels[:90], y[:90], validation_data=(pixels[90:], y[90:]))
    ```

    ## When to ignore
    When the validation rows come from elsewhere on purpose, scaled as in use.
    """

    severity: ClassVar[Severity] = "error"
    since: ClassVar[str] = "0.1.0"

    input: int
    training_mean: float
    training_std: float
    validation_mean: float
    validation_std: float

    @property
    def message(self) -> str:
        """Both ranges."""
        return (
            f"Training inputs have mean {self.training_mean:.3g} and standard deviation"
            f" {self.training_std:.3g}, validation inputs {self.validation_mean:.3g} and"
            f" {self.validation_std:.3g}: they were not prepared alike."
        )

    @property
    def fix(self) -> str:
        """One preparation for both."""
        return (
            "Prepare both parts with the same numbers: fit the scaler on the training rows"
            " and use it on both, or put it into the model (`Normalization`, `Rescaling`)."
        )

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The parts, by their scale."""
        return ("train_val_mismatch", "input_scaling")


def parts_scaled_differently(fit: Fit) -> Iterator[PartsScaledDifferently]:
    """WL110."""
    training, held_out = whole_part(fit), held_out_of(fit)
    if min(training.rows, held_out.rows) < FEWEST_ROWS:
        raise CouldNotRun(f"fewer than {FEWEST_ROWS} rows in a part")
    if len(training.inputs) != len(held_out.inputs):
        raise CouldNotRun("the inputs of both parts were not measured alike")
    for place, (one, other) in enumerate(
        zip(training.inputs, held_out.inputs, strict=True)
    ):
        # Ids of words are no quantities: rare ones move the mean.
        if one.tokens is None and _apart(one, other):
            yield PartsScaledDifferently(
                input=place,
                training_mean=one.mean,
                training_std=one.std,
                validation_mean=other.mean,
                validation_std=other.std,
            )
            return


def _apart(one: InputData, other: InputData) -> bool:
    low, high = sorted((one.std, other.std))
    if high == 0:
        return one.mean != other.mean
    return high >= LEAST_RATIO * low or abs(one.mean - other.mean) >= LEAST_SHIFT * high
