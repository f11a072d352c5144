"""WL318."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import CouldNotRun, Detected, Status
from whylow.checks._probed import answers_of, probes_of
from whylow.records import Fit, Severity

SHARE = 0.001


@dataclass(frozen=True, kw_only=True)
class AnswersDoNotVary(Detected):
    """The trained model gives every training row the same answer.

    ## What it does
    Compares the standard deviation of the answers over training rows with that of the
    labels.

    ## Why is this bad?
    The model does not look at its inputs: units are dead or saturated, the last
    activation cannot vary, the inputs are all alike, or the penalty has won.

    ## Evidence
    - `spread`: standard deviation of the answers over rows.
    - `labels`: that of the labels; reported where the answers have less than a
      thousandth of it.
    - `low`: the lowest answer.
    - `high`: the highest.

    ## Example
    ```python
    x = random.normal(size=(64, 4))
    low = keras.initializers.Constant(-10)
    head = keras.layers.Dense(1, "relu", bias_initializer=low)
    model = keras.Sequential([keras.Input((4,)), head])
    model.compile(loss="mse")
    model.fit(x, x[:, 0] > 0)
    ```
    Use instead: a start, or an activation, from which the answers can vary.
    ```python
    x = random.normal(size=(64, 4))
    low = keras.initializers.Constant(0)
    head = keras.layers.Dense(1, "relu", bias_initializer=low)
    model = keras.Sequential([keras.Input((4,)), head])
    model.compile(loss="mse")
    model.fit(x, x[:, 0] > 0)
    ```

    ## When to ignore
    Never; but the reason may be in the data.
    """

    severity: ClassVar[Severity] = "warning"
    status: ClassVar[Status] = "stable"
    since: ClassVar[str] = "0.1.0"

    spread: float
    labels: float
    low: float
    high: float

    @property
    def message(self) -> str:
        """The fact and its numbers."""
        return (
            f"Every training row gets the same answer ({self.low:.4g} to {self.high:.4g})."
        )

    @property
    def fix(self) -> str:
        """What to do about it."""
        return "See what else was found; then whether the model can learn ten rows."


def answers_do_not_vary(fit: Fit) -> Iterator[AnswersDoNotVary]:
    """WL318."""
    answers = answers_of(fit)
    labels = probes_of(fit).labels
    if labels is None:
        raise CouldNotRun("the labels were not measured")
    if answers.finite and labels.std > 0 and answers.spread < SHARE * labels.std:
        yield AnswersDoNotVary(
            spread=answers.spread, labels=labels.std, low=answers.low, high=answers.high
        )
