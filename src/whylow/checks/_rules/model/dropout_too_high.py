"""WL221."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Confidence, Detected, Status
from whylow.checks._probed import answers_of, learnt_nothing
from whylow.checks._reading import model_of
from whylow.records import Fault, Fit, Severity

HIGH_RATE = 0.6
# Less than a tenth of the signals reach the end.
LITTLE = 0.1
KNOWN = 0.5


@dataclass(frozen=True, kw_only=True)
class DropoutTooHigh(Detected):
    """Dropout leaves so little that the model does not learn its training rows.

    ## What it does
    Multiplies what the dropouts of the model let through, looks for a single rate above
    0.6, and how well training rows are known with dropout off.

    ## Why is this bad?
    Dropout is meant against overfitting. Where the training rows themselves are not
    learnt there is nothing to regularise.

    ## Evidence
    - `layers`: the dropouts.
    - `highest`: the highest rate.
    - `kept`: what all of them let through together.
    - `skill`: how well training rows are known with dropout off, 0 as a constant, 1 all
      right.
    - `learnt_nothing`: whether the answers on training rows are no better than a
      constant, or far behind a simple model's. Then this is an error, else a warning.

    ## Example
    ```python
    x = random.normal(size=(64, 4))
    model = keras.Sequential([
        keras.Input((4,)),
        keras.layers.Dense(8, activation="relu"),
        keras.layers.Dropout(0.95),
        keras.layers.Dense(1, activation="sigmoid"),
    ])
    model.compile(loss="binary_crossentropy")
    model.fit(x, np.arange(64) % 2)
    ```
    Use instead: `Dropout(0.2)`, or none until the training rows are learnt.
    ```python
    x = random.normal(size=(64, 4))
    model = keras.Sequential([
        keras.Input((4,)),
        keras.layers.Dense(8, activation="relu"),
        keras.layers.Dropout(0.2),
        keras.layers.Dense(1, activation="sigmoid"),
    ])
    model.compile(loss="binary_crossentropy")
    model.fit(x, np.arange(64) % 2)
    ```

    ## When to ignore
    When training rows are learnt better later on.
    """

    severity: ClassVar[Severity] = "error"
    status: ClassVar[Status] = "stable"
    since: ClassVar[str] = "0.1.0"
    confidence: ClassVar[Confidence] = 0

    layers: tuple[str, ...]
    highest: float
    kept: float
    skill: float | None
    learnt_nothing: bool

    @property
    def message(self) -> str:
        """The fact and its numbers."""
        return (
            f"Dropout up to {self.highest:g} lets {100 * self.kept:.0f} % through in all,"
            " and the"
            " training rows are not learnt."
        )

    @property
    def fix(self) -> str:
        """What to do about it."""
        return "Take dropout out until the training rows are learnt; then add 0.1 to 0.3."

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The kind of fault."""
        return ("regularization",)

    def weight(self) -> Severity:
        """An error where too little was learnt."""
        return "error" if self.learnt_nothing else "warning"


def dropout_too_high(fit: Fit) -> Iterator[DropoutTooHigh]:
    """WL221."""
    dropouts = [
        layer
        for layer in model_of(fit).layers
        if "Dropout" in layer.class_name
        and isinstance(layer.config.get("rate"), (int, float))
    ]
    rates = [float(layer.config["rate"]) for layer in dropouts]
    answers = answers_of(fit)
    kept = math.prod(1 - rate for rate in rates)
    if not rates or (max(rates) <= HIGH_RATE and kept >= LITTLE):
        return
    known = answers.finite and answers.skill is not None and answers.skill >= KNOWN
    if not known:
        yield DropoutTooHigh(
            layers=tuple(layer.name for layer in dropouts),
            highest=max(rates),
            kept=kept,
            skill=answers.skill,
            learnt_nothing=learnt_nothing(fit),
        )
