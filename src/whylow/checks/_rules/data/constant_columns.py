"""WL103."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Detected
from whylow.checks._rows import single_input, whole_part
from whylow.records import Fault, Fit, Severity


@dataclass(frozen=True, kw_only=True)
class ConstantColumns(Detected):
    """Columns of a table hold one value on every row.

    ## What it does
    Counts the columns of a table that hold one value, other than 0, on all rows looked at.
    Columns of zeros are no news where they stand for words or pixels that do not occur.

    ## Why is this bad?
    Such a column only shifts the bias. It is harmless by itself, and often the trace of a
    filter, a failed join or an encoding that went wrong.

    ## Evidence
    - `columns`: how many columns are constant.
    - `of`: how many there are.

    ## Example
    ```python
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile(loss="mse")
    x = random.normal(size=(60, 3))
    x[:, 1] = 7.0
    model.fit(x, x[:, 0] + x[:, 2])
    ```
    Use instead:
    ```python
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile(loss="mse")
    x = random.normal(size=(60, 2))
    model.fit(x, x[:, 0] + x[:, 1])
    ```

    ## When to ignore
    When the column varies in rows to come, or is there as a bias.
    """

    severity: ClassVar[Severity] = "info"
    since: ClassVar[str] = "0.1.0"

    columns: int
    of: int

    @property
    def message(self) -> str:
        """How many."""
        return f"{self.columns} of {self.of} input columns hold one value on every row."

    @property
    def fix(self) -> str:
        """Drop or mend them."""
        return "Drop them, or look whether the data were read and joined as meant."

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The data."""
        return ("data_quality",)


def constant_columns(fit: Fit) -> Iterator[ConstantColumns]:
    """WL103."""
    facts = single_input(fit)
    table = [len(shape) for shape in whole_part(fit).input_shapes] == [2]
    if table and facts.constant_columns and not facts.constant:
        yield ConstantColumns(columns=facts.constant_columns, of=facts.columns)
