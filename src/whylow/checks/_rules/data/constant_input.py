"""WL102."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Confidence, CouldNotRun, Detected
from whylow.checks._rows import training_of, whole_part
from whylow.records import Fault, Fit, Severity


@dataclass(frozen=True, kw_only=True)
class ConstantInput(Detected):
    """The inputs are the same on every row.

    ## What it does
    Looks whether all rows of all inputs are equal.

    ## Why is this bad?
    A model can tell nothing apart by what does not vary. Texts that all became the same
    ids, or images divided as integers, look like this.

    ## Evidence
    - `rows`: the rows looked at.
    - `value`: their highest number.

    ## Example
    ```python
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, "sigmoid")])
    model.compile(loss="binary_crossentropy")
    pixels = random.integers(0, 255, size=(60, 4))
    model.fit(pixels // 255, np.arange(60) % 2)
    ```
    Use instead:
    ```python
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, "sigmoid")])
    model.compile(loss="binary_crossentropy")
    pixels = random.integers(0, 255, size=(60, 4))
    model.fit(pixels / 255, np.arange(60) % 2)
    ```

    ## When to ignore
    When training was only started to see that it runs.
    """

    severity: ClassVar[Severity] = "error"
    confidence: ClassVar[Confidence] = 2
    since: ClassVar[str] = "0.1.0"

    rows: int
    value: float

    @property
    def message(self) -> str:
        """How many rows."""
        return f"The inputs are the same on all {self.rows:,} training rows looked at."

    @property
    def fix(self) -> str:
        """Look at what becomes of the raw data."""
        return (
            "Print a few rows just before `fit`: integer division, a wrong vocabulary or a"
            " wrong column makes them all alike."
        )

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The data."""
        return ("data_quality",)


def constant_input(fit: Fit) -> Iterator[ConstantInput]:
    """WL102."""
    split = whole_part(fit)
    if not split.inputs or training_of(fit).rows < 2:
        raise CouldNotRun("there are no two rows of numbers")
    # One of several may be constant by design (a start state, positions).
    if not all(facts.constant for facts in split.inputs):
        return
    looked_at = split.facts.looked_at if split.facts else split.rows
    yield ConstantInput(rows=looked_at, value=split.inputs[0].high)
