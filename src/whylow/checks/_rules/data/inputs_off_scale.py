"""WL105."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Confidence, Detected, Status
from whylow.checks._reading import model_of
from whylow.checks._rows import NotTried, fell_short, reads_numbers, single_input, tried
from whylow.records import Fault, Fit, Severity

# `benchmarks/input_scale.py`: 30 standard deviations away from 0 a small network explains
# nothing any more (10 away, a quarter of the log-loss; at 0, half or more); at a spread of
# 100 it still learns, off 0 or at 1,000 it does not.
LARGE_OFFSET = 20.0
LARGE = 100.0


@dataclass(frozen=True, kw_only=True)
class InputsOffScale(Detected):
    """Inputs lie far from the range that a network learns from, and it learnt little.

    ## What it does
    Where the first layer weighs raw numbers (no normalization, rescaling or embedding
    stands before it), takes the short training with standardised inputs that was tried on
    a model that learnt nothing. Where none was, looks at the size of the inputs and at how
    far they lie from 0 in their own standard deviations.

    ## Why is this bad?
    Initial weights and learning rates are made for inputs of about -1 to 1. Numbers in the
    hundreds make the first steps huge; numbers that vary by 1 around 100 all look alike to
    the first layer, which has to learn the difference of large sums.

    ## Evidence
    - `layer`: the layer that reads them.
    - `low`, `high`: the range of all values.
    - `offset`: |mean| / standard deviation of a column, the median of all. Where nothing
      was tried, reported from 20 on.
    - `largest_column`: |mean| + standard deviation of the largest column. Where nothing
      was tried, reported from 100 on.
    - `skill`, `skill_scaled`: what the same short training learnt without and with
      standardised inputs, 0 nothing and 1 all; null where it was not tried.

    ## Example
    ```python
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, "sigmoid")])
    model.compile(loss="binary_crossentropy", optimizer="sgd")
    x = random.normal(size=(200, 2)) + 100
    model.fit(x, x[:, 0] > 100, epochs=2)
    ```
    Use instead:
    ```python
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, "sigmoid")])
    model.compile(loss="binary_crossentropy", optimizer="sgd")
    x = random.normal(size=(200, 2)) + 100
    model.fit((x - x.mean(axis=0)) / x.std(axis=0), x[:, 0] > 100, epochs=2)
    ```

    ## When to ignore
    When scaled inputs do not help: the finding is then refuted by a replay.
    """

    severity: ClassVar[Severity] = "error"
    status: ClassVar[Status] = "stable"
    confidence: ClassVar[Confidence] = 1
    since: ClassVar[str] = "0.1.0"

    layer: str
    low: float
    high: float
    offset: float
    largest_column: float
    skill: float | None
    skill_scaled: float | None

    @property
    def message(self) -> str:
        """The range, and who reads it."""
        where = f"inputs from {self.low:g} to {self.high:g} as they are"
        if self.offset >= LARGE_OFFSET:
            where += f", {self.offset:.0f} standard deviations away from 0"
        if self.skill_scaled is None:
            return f"`{self.layer}` reads {where}, and the model hardly learnt from them."
        return (
            f"`{self.layer}` reads {where}: the model learnt nothing, and the same training"
            f" with standardised inputs gets to {self.skill_scaled:.2f} (1 is all right)."
        )

    @property
    def fix(self) -> str:
        """Scale them."""
        return (
            "Scale each column to mean 0 and standard deviation 1 by the training rows"
            " (`keras.layers.Normalization`), or pixels to 0…1 (`keras.layers.Rescaling`)."
        )

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The scale."""
        return ("input_scaling",)


def inputs_off_scale(fit: Fit) -> Iterator[InputsOffScale]:
    """WL105."""
    facts = single_input(fit)
    layer = reads_numbers(model_of(fit))
    if layer is None or facts.constant:
        return
    try:
        skills = tried(fit, "inputs standardised")
        found = skills is not None
    except NotTried:
        skills = None
        large = facts.offset >= LARGE_OFFSET or facts.largest_column >= LARGE
        found = large and fell_short(fit)
    if found:
        yield InputsOffScale(
            layer=layer.name,
            low=facts.low,
            high=facts.high,
            offset=facts.offset,
            largest_column=facts.largest_column,
            skill=skills[0] if skills else None,
            skill_scaled=skills[1] if skills else None,
        )
