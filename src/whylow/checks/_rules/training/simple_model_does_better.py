"""WL322."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import CouldNotRun, Detected
from whylow.checks._probed import LEAD, answers_of, learnt_nothing, probes_of
from whylow.records import Fit, Severity


@dataclass(frozen=True, kw_only=True)
class SimpleModelDoesBetter(Detected):
    """A linear model or a forest on the same rows is far ahead, on rows it has not seen.

    ## What it does
    Fits a linear model and a forest of 50 trees on some hundred training rows, half and
    half, and scores each half by the other. Done only where a fit learnt little.

    ## Why is this bad?
    There is something to learn in the rows, and the model did not: the fault is in the
    model or its training, not in the data.

    ## Evidence
    - `simple`: the simple model.
    - `rows`: rows that it had.
    - `skill_simple`: its skill on rows it had not seen: 0 as a constant, 1 all right.
    - `skill`: that of the model on its own training rows; at least 0.3 lower.

    ## Example
    ```python
    x = random.normal(size=(256, 4))
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    model.compile(loss="mse", optimizer=keras.optimizers.SGD(1e-5))
    model.fit(x, 3 * x[:, 0] - 2 * x[:, 1], epochs=10)
    ```
    Use instead: a network that learns what there is to learn; the other findings say what
    keeps this one from it.
    ```python
    x = random.normal(size=(256, 4))
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    model.compile(loss="mse", optimizer=keras.optimizers.SGD(0.05))
    model.fit(x, 3 * x[:, 0] - 2 * x[:, 1], epochs=10)
    ```

    ## When to ignore
    When the simple model sees what the network is not meant to see.
    """

    severity: ClassVar[Severity] = "warning"
    since: ClassVar[str] = "0.1.0"

    simple: str
    rows: int
    skill_simple: float
    skill: float

    @property
    def message(self) -> str:
        """The fact and its numbers."""
        return (
            f"On {self.rows} of the rows {self.simple} reaches skill"
            f" {self.skill_simple:.2f} on"
            f" rows it has not seen, the model {max(self.skill, 0):.2f} on its own"
            " training rows"
            " (0 is a constant answer, 1 all right)."
        )

    @property
    def fix(self) -> str:
        """What to do about it."""
        return "See what else was found; start from a model that beats the simple one."


def simple_model_does_better(fit: Fit) -> Iterator[SimpleModelDoesBetter]:
    """WL322."""
    probes = probes_of(fit)
    answers = answers_of(fit)
    simple = probes.control
    if simple is None or answers.skill is None:
        if learnt_nothing(fit):
            why = probes.failed.get("control", "the answers are not finite")
            raise CouldNotRun(f"no simple model was fitted: {why}")
        return
    if simple.skill - answers.skill > LEAD and simple.skill > simple.noise:
        yield SimpleModelDoesBetter(
            simple=simple.name,
            rows=simple.rows,
            skill_simple=simple.skill,
            skill=answers.skill,
        )
