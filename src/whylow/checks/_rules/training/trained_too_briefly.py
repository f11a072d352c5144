"""WL311."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Confidence, Detected, Status
from whylow.checks._probed import mends, probes_of, rate_of, trials_of, usual_rate
from whylow.checks._rules.data.labels_unrelated_to_inputs import are_unrelated
from whylow.records import Fault, Fit, Severity

_INSTEAD = {"longer": "train for more epochs", "optimizer": "compile with Adam"}


@dataclass(frozen=True, kw_only=True)
class TrainedTooBriefly(Detected):
    """Training ended before it had begun to learn; with longer steps or more it does.

    ## What it does
    Where a fit learnt nothing, goes on for up to twenty times as many steps, and trains
    from the same start with ten and a hundred times its learning rate. Reported where
    that learns and no other change explains it better. Labels that nothing in the inputs
    tells are learnt by heart by any training that is long enough: that does not count.

    ## Why is this bad?
    Each step goes a short way; few of them end near the start. Nothing else need be
    wrong with the model.

    ## Evidence
    - `steps`: steps that the fit took.
    - `epochs`: epochs of the fit.
    - `learning_rate`: as it was set; null for a schedule.
    - `usual_rate`: the default of the optimizer.
    - `factor`: what the rate was multiplied by; null where more steps were enough.
    - `more_steps`: how many more those were; null where the rate was enough.
    - `skill`: of the unchanged training, on training rows: 0 as a constant, 1 all
      right.
    - `skill_changed`: of the changed one, at least 0.4 and 0.3 above.
    - `instead`: what else learnt when it was tried: more steps, Adam.

    ## Example
    ```python
    x = random.normal(size=(256, 4))
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    model.compile(loss="mse", optimizer=keras.optimizers.Adam(0.001))
    model.fit(x, 5 + 3 * x[:, 0] - 2 * x[:, 1], epochs=10)
    ```
    Use instead: more epochs, or longer steps.
    ```python
    x = random.normal(size=(256, 4))
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    model.compile(loss="mse", optimizer=keras.optimizers.Adam(0.1))
    model.fit(x, 5 + 3 * x[:, 0] - 2 * x[:, 1], epochs=10)
    ```

    ## When to ignore
    Never known to be right; it was tried.
    """

    severity: ClassVar[Severity] = "error"
    status: ClassVar[Status] = "stable"
    since: ClassVar[str] = "0.1.0"
    confidence: ClassVar[Confidence] = 2

    steps: int
    epochs: int
    learning_rate: float | None
    usual_rate: float
    factor: float | None
    more_steps: int | None
    skill: float | None
    skill_changed: float
    instead: tuple[str, ...]

    @property
    def message(self) -> str:
        """The fact and its numbers."""
        how = (
            f"{self.more_steps} more"
            if self.factor is None
            else f"{self.factor:g} times as long ones"
        )
        return (
            f"After {self.steps} steps ({self.epochs} epochs) nothing is learnt; with"
            f" {how} the"
            f" skill on training rows is {self.skill_changed:.2f} (0 is a constant"
            " answer, 1 all"
            " right)."
        )

    @property
    def fix(self) -> str:
        """What to do about it."""
        rate = "raise the learning rate"
        if self.factor is not None and self.learning_rate is not None:
            rate = f"set the learning rate to {self.learning_rate * self.factor:g}"
        ways = [rate, *self.instead]
        if self.factor is None:
            ways = ["train for more epochs", *ways]
        all_ways = ", or ".join(ways)
        return f"{all_ways[0].upper()}{all_ways[1:]}."

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The kind of fault."""
        low = self.learning_rate is not None and self.learning_rate < self.usual_rate / 3
        # At the optimizer's usual rate or above it is not the rate that is unusual.
        return ("learning_rate", "epochs") if low else ("epochs", "learning_rate")


def trained_too_briefly(fit: Fit) -> Iterator[TrainedTooBriefly]:
    """WL311."""
    first, *others = (*mends(fit), None)
    longer = first is not None and first.change == "longer"
    faster = first is not None and first.factor is not None and first.factor > 1
    if first is None or first.skill is None or not (longer or faster):
        return
    if are_unrelated(fit):
        return
    own, _ = trials_of(fit)
    yield TrainedTooBriefly(
        steps=probes_of(fit).steps or first.steps,
        epochs=fit.epochs,
        more_steps=None if faster else first.steps,
        learning_rate=rate_of(fit),
        usual_rate=usual_rate(fit),
        factor=first.factor,
        skill=own.skill,
        skill_changed=first.skill,
        instead=tuple(
            _INSTEAD[one.change] for one in others if one and one.change in _INSTEAD
        ),
    )
