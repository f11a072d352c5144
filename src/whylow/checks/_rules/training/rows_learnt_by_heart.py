"""WL325."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Confidence, CouldNotRun, Detected
from whylow.checks._probed import answers_of, probes_of
from whylow.records import Fault, Fit, Severity

# Three standard errors of a share on 50 rows are 0.2 of it: a gap of 0.6 is none of chance.
FEWEST_ROWS, KNOWN, GAP = 50, 0.9, 0.6


@dataclass(frozen=True, kw_only=True)
class RowsLearntByHeart(Detected):
    """The training rows are known nearly all, held-out rows hardly.

    ## What it does
    Compares how good the answers are on training and on validation rows, at the end
    weights with dropout off.

    ## Why is this bad?
    What was learnt are the rows, not what they have in common. The training metrics say
    nothing of new rows.

    ## Evidence
    - `skill_training`: on training rows: 0 as a constant, 1 all right; at least 0.9.
    - `skill_validation`: on validation rows; at least 0.6 lower.
    - `rows`: validation rows, at least 50.

    ## Example
    ```python
    x, y = random.normal(size=(200, 50)), random.integers(0, 2, 200)
    model = keras.Sequential([
        keras.Input((50,)),
        keras.layers.Dense(64, activation="relu"),
        keras.layers.Dense(1, activation="sigmoid"),
    ])
    model.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(0.01))
    model.fit(x, y, validation_split=0.4, epochs=30)
    ```
    Use instead: fewer epochs, a smaller model, dropout before the last layer, more rows.
    (Here there is nothing to learn at all.)
    ```python
    x, y = random.normal(size=(200, 50)), random.integers(0, 2, 200)
    model = keras.Sequential([
        keras.Input((50,)),
        keras.layers.Dense(64, activation="relu"),
        keras.layers.Dense(1, activation="sigmoid"),
    ])
    model.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(0.01))
    model.fit(x, y, validation_split=0.4, epochs=1)
    ```

    ## When to ignore
    When the validation rows come from elsewhere on purpose.
    """

    severity: ClassVar[Severity] = "error"
    since: ClassVar[str] = "0.1.0"
    confidence: ClassVar[Confidence] = 0

    skill_training: float
    skill_validation: float
    rows: int

    @property
    def message(self) -> str:
        """The fact and its numbers."""
        return (
            f"Skill {self.skill_training:.2f} on training rows and"
            f" {self.skill_validation:.2f} on"
            f" {self.rows} validation rows (0 is a constant answer, 1 all right): the"
            " rows were"
            " learnt by heart."
        )

    @property
    def fix(self) -> str:
        """What to do about it."""
        return "Stop earlier, make the model smaller, or regularize; look for more rows."

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The kind of fault."""
        return ("overfitting", "regularization")


def rows_learnt_by_heart(fit: Fit) -> Iterator[RowsLearntByHeart]:
    """WL325."""
    inside = answers_of(fit)
    outside = probes_of(fit).validation
    if outside is None or outside.skill is None or inside.skill is None:
        raise CouldNotRun("how good the answers on validation rows are is not known")
    if outside.rows < FEWEST_ROWS:
        raise CouldNotRun(f"fewer than {FEWEST_ROWS} validation rows")
    if inside.skill >= KNOWN and inside.skill - outside.skill >= GAP:
        yield RowsLearntByHeart(
            skill_training=inside.skill, skill_validation=outside.skill, rows=outside.rows
        )
