"""WL319."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import CouldNotRun, Detected, Status
from whylow.checks._probed import answers_of, learnt_nothing, probes_of
from whylow.records import Fit, Severity

LITTLE = 0.1


@dataclass(frozen=True, kw_only=True)
class OneBatchNotLearnt(Detected):
    """The model cannot learn a single batch by heart.

    ## What it does
    Trains the model from its own start on one batch, 60 times, and scores it on that
    batch. Done only where a fit learnt little.

    ## Why is this bad?
    A model that cannot learn a handful of rows by heart has a fault in its output, its
    loss or its steps; more data or epochs will not help.

    ## Evidence
    - `steps`: steps on the one batch.
    - `skill`: on that batch: 0 as a constant, 1 all right; null if not finite. Reported
      below 0.1.

    ## Example
    ```python
    x = random.normal(size=(64, 4))
    model = keras.Sequential([
        keras.Input((4,)),
        keras.layers.Dense(1, activation="sigmoid"),
        keras.layers.Lambda(keras.ops.round),
    ])
    model.compile(loss="mse", optimizer=keras.optimizers.Adam(0.1))
    model.fit(x, x[:, 0] > 0)
    ```
    Use instead: a model whose loss has a slope by its weights.
    ```python
    x = random.normal(size=(64, 4))
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, "sigmoid")])
    model.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(0.1))
    model.fit(x, x[:, 0] > 0)
    ```

    ## When to ignore
    When dropout or a penalty is what keeps it from learning, on purpose.
    """

    severity: ClassVar[Severity] = "warning"
    status: ClassVar[Status] = "stable"
    since: ClassVar[str] = "0.1.0"

    steps: int
    skill: float | None

    @property
    def message(self) -> str:
        """The fact and its numbers."""
        skill = "not finite" if self.skill is None else f"{max(self.skill, 0):.2f}"
        return (
            f"{self.steps} steps on one batch leave its skill on that batch at {skill} (0"
            " is a"
            " constant answer, 1 all right)."
        )

    @property
    def fix(self) -> str:
        """What to do about it."""
        return "Look at last layer, loss, labels, learning rate and optimizer first."


def one_batch_not_learnt(fit: Fit) -> Iterator[OneBatchNotLearnt]:
    """WL319."""
    probes = probes_of(fit)
    one = probes.single_batch
    if one is None:
        if learnt_nothing(fit):
            why = probes.failed.get("single_batch") or probes.failed.get("trials")
            raise CouldNotRun(f"it was not tried: {why or 'the labels are not known'}")
        answers_of(fit)
        return
    if learnt_nothing(fit) and (one.skill is None or one.skill < LITTLE):
        yield OneBatchNotLearnt(steps=one.steps, skill=one.skill)
