"""WL104."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Confidence, Detected
from whylow.checks._reading import training_of
from whylow.records import Fault, Fit, Severity


@dataclass(frozen=True, kw_only=True)
class ValuesNotFinite(Detected):
    """Inputs or labels hold NaN or infinite values.

    ## What it does
    Counts NaN and infinite values in inputs and labels of both parts.

    ## Why is this bad?
    One NaN in a batch makes the loss NaN, and with it every weight for the rest of the
    training. In the validation part it makes every score NaN.

    ## Evidence
    - `part`: `training` or `validation`.
    - `count`: how many such values.

    ## Example
    ```python
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile(loss="mse")
    x = random.normal(size=(60, 3))
    x[5, 1] = np.nan
    model.fit(x, x[:, 0])
    ```
    Use instead:
    ```python
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile(loss="mse")
    x = random.normal(size=(60, 3))
    x[5, 1] = np.nan
    x = np.nan_to_num(x)
    model.fit(x, x[:, 0])
    ```

    ## When to ignore
    When the model itself masks or fills them.
    """

    severity: ClassVar[Severity] = "error"
    confidence: ClassVar[Confidence] = 2
    since: ClassVar[str] = "0.1.0"

    part: str
    count: int

    @property
    def message(self) -> str:
        """How many, and where."""
        return f"The {self.part} data hold {self.count:,} NaN or infinite values."

    @property
    def fix(self) -> str:
        """Fill or drop."""
        return "Fill them in or drop their rows before `fit`."

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The data."""
        return ("data_quality",)


def values_not_finite(fit: Fit) -> Iterator[ValuesNotFinite]:
    """WL104."""
    training = training_of(fit)
    for part, split in (("training", training), ("validation", fit.validation)):
        if split is not None and split.nan_count:
            yield ValuesNotFinite(part=part, count=split.nan_count)
            return
