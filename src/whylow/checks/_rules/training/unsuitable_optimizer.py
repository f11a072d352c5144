"""WL326."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Confidence, Detected
from whylow.checks._probed import mends, rate_of, trials_of
from whylow.checks._rules.data.labels_unrelated_to_inputs import are_unrelated
from whylow.records import Fault, Fit, Severity


@dataclass(frozen=True, kw_only=True)
class UnsuitableOptimizer(Detected):
    """With Adam the same training learns, with its own optimizer at no rate.

    ## What it does
    Where a fit learnt nothing, trains from the same start with Adam as Keras makes it.
    Reported where that learns (skill 0.4, and 0.3 more) and nothing else that was tried
    does: a tenth, a hundredth, ten and a hundred times the learning rate, more steps,
    numbers of an ordinary size. Not tried where the optimizer is Adam or one of its kind.

    ## Why is this bad?
    Plain gradient descent moves every weight by one rate. The row of a word that few texts
    hold gets a tiny gradient in few of the steps and hardly moves, while a rate that would
    move it throws the other layers off. Adam divides each weight's step by the size of
    its own gradients (Kingma and Ba 2015, arXiv 1412.6980, section 2). `Adadelta` of Keras
    starts from a rate of 0.001, a thousandth of the paper's.

    ## Evidence
    - `optimizer`: the fit's own.
    - `learning_rate`: as it was set; null for a schedule.
    - `factors`: what it was multiplied by in vain.
    - `steps`: steps of the short trainings.
    - `skill`: of the unchanged one, on training rows: 0 as a constant, 1 all right;
      null if it was not finite.
    - `skill_own`: the best that was reached with the own optimizer, at any rate.
    - `skill_adam`: with Adam, at least 0.4 and 0.3 above `skill`.

    ## Example
    ```python
    x = random.integers(1, 60, size=(1000, 12))
    model = keras.Sequential([
        keras.Input((12,)),
        keras.layers.Embedding(60, 32),
        keras.layers.LSTM(32),
        keras.layers.Dense(1, activation="sigmoid"),
    ])
    model.compile(loss="binary_crossentropy", optimizer="sgd")
    model.fit(x, x[:, 0] % 2, epochs=8)
    ```
    Use instead: an optimizer whose steps follow each weight's own scale.
    ```python
    x = random.integers(1, 60, size=(1000, 12))
    model = keras.Sequential([
        keras.Input((12,)),
        keras.layers.Embedding(60, 32),
        keras.layers.LSTM(32),
        keras.layers.Dense(1, activation="sigmoid"),
    ])
    model.compile(loss="binary_crossentropy", optimizer="adam")
    model.fit(x, x[:, 0] % 2, epochs=8)
    ```

    ## When to ignore
    When the optimizer is what you study. Otherwise never known to be right; it was tried.
    """

    severity: ClassVar[Severity] = "error"
    since: ClassVar[str] = "0.1.0"
    confidence: ClassVar[Confidence] = 2

    optimizer: str
    learning_rate: float | None
    factors: tuple[float, ...]
    steps: int
    skill: float | None
    skill_own: float
    skill_adam: float

    @property
    def message(self) -> str:
        """The fact and its numbers."""
        return (
            f"In {self.steps} steps Adam reaches skill {self.skill_adam:.2f} on training"
            f" rows, {self.optimizer} {self.skill_own:.2f} at most ({self._rates}0 is a"
            " constant answer, 1 all right)."
        )

    @property
    def _rates(self) -> str:
        if not self.factors or self.learning_rate is None:
            return ""
        tried = [1.0, *self.factors]
        low, high = (self.learning_rate * end for end in (min(tried), max(tried)))
        return f"rates {low:g} to {high:g}; "

    @property
    def fix(self) -> str:
        """What to do about it."""
        return 'Compile with `optimizer="adam"`.'

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The kind of fault."""
        return ("optimizer",)


def unsuitable_optimizer(fit: Fit) -> Iterator[UnsuitableOptimizer]:
    """WL326."""
    first = next(iter(mends(fit)), None)
    if first is None or first.change != "optimizer" or first.skill is None:
        return
    if are_unrelated(fit):
        return
    own, others = trials_of(fit)
    rates = [trial for trial in others if trial.factor is not None]
    yield UnsuitableOptimizer(
        optimizer=(fit.compile and fit.compile.optimizer) or "its own",
        learning_rate=rate_of(fit),
        factors=tuple(sorted(trial.factor for trial in rates if trial.factor)),
        steps=first.steps,
        skill=own.skill,
        skill_own=max(0.0, *(trial.skill or 0.0 for trial in (own, *rates))),
        skill_adam=first.skill,
    )
