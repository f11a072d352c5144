"""WL117."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Confidence, CouldNotRun, Detected, Status
from whylow.checks._rows import gain, held_out_of, label_data
from whylow.checks._rules.data.labels_shifted import LEAST_SHIFTED, association_of
from whylow.records import Fault, Fit, Severity

# A correlation of nothing has a standard error of 1 / sqrt(rows), and the best of ten
# classes lies at two of them.
ERRORS = 3.0
FEWEST_ROWS = 250
# Enough where the network learnt its training rows by heart and nothing beyond them.
FEWEST_BY_HEART, BY_HEART = 100, 0.5
MOST_GAIN = 0.02


@dataclass(frozen=True, kw_only=True)
class LabelsUnrelatedToInputs(Detected):
    """Nothing in the inputs tells the labels: not to a line, to neighbours, to the model.

    ## What it does
    Puts together three attempts on rows left out: a linear probe, the ten nearest rows, and
    the model itself, whose validation loss never fell under that of a constant answer.

    ## Why is this bad?
    As a rule inputs and labels no longer belong together: one of them was shuffled or
    sorted alone. Or the labels are noise. No architecture mends that.

    ## Evidence
    - `linear`, `neighbours`: correlations of the two probes with the labels.
    - `chance`: what both stay below by chance, three standard errors.
    - `rows`: rows left out for them. Reported from 250 on; from 100 on where the training
      rows were learnt by heart, and neither a linear model nor a forest finds anything.
    - `model_gain`: share of the constant answer's validation loss that the model took away
      at its best epoch. Reported below 0.02.

    ## Example
    ```python
    x = random.normal(size=(800, 4))
    y = x[:, 0] > 0
    random.shuffle(x)
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, "sigmoid")])
    model.compile(loss="binary_crossentropy")
    model.fit(x, y, validation_split=0.2)
    ```
    Use instead:
    ```python
    x = random.normal(size=(800, 4))
    y = x[:, 0] > 0
    order = random.permutation(len(x))
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, "sigmoid")])
    model.compile(loss="binary_crossentropy")
    model.fit(x[order], y[order], validation_split=0.2)
    ```

    ## When to ignore
    When the task is known to be solvable, and hard (parity, ciphers).
    """

    severity: ClassVar[Severity] = "error"
    status: ClassVar[Status] = "stable"
    confidence: ClassVar[Confidence] = 0
    since: ClassVar[str] = "0.1.0"

    linear: float
    neighbours: float
    chance: float
    rows: int
    model_gain: float

    @property
    def message(self) -> str:
        """Three attempts."""
        return (
            f"Inputs do not tell the labels: on {self.rows:,} rows left out a linear probe"
            f" correlates {self.linear:.2f} with them, the nearest rows"
            f" {self.neighbours:.2f} (chance: up to {self.chance:.2f}), and the model's"
            " validation loss is that of a constant answer."
        )

    @property
    def fix(self) -> str:
        """Check the rows."""
        return (
            "Check on a few rows that input and label belong together, and that they are"
            " shuffled, sorted and filtered together; then the labels themselves."
        )

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Noise, or slipped by more than was tried."""
        return ("label_noise", "label_misalignment")


def labels_unrelated_to_inputs(fit: Fit) -> Iterator[LabelsUnrelatedToInputs]:
    """WL117."""
    told = association_of(fit)
    held_out_of(fit)
    fewest = FEWEST_BY_HEART if _by_heart(fit) else FEWEST_ROWS
    if label_data(fit).constant or told.rows < fewest:
        raise CouldNotRun(f"fewer than {2 * FEWEST_ROWS} rows, or one label")
    measured = fit.probes.validation if fit.probes else None
    share = measured.skill if measured is not None else None
    share = gain(fit, "val_loss") if share is None else share
    if share is None:
        raise CouldNotRun("whether the model learnt is not known")
    chance = ERRORS / told.rows**0.5
    # Labels that fit when they are moved are reported as that.
    if max(told.linear, told.neighbours) < chance and told.shifted < LEAST_SHIFTED:
        if share >= MOST_GAIN:
            return
        yield LabelsUnrelatedToInputs(
            linear=told.linear,
            neighbours=told.neighbours,
            chance=chance,
            rows=told.rows,
            model_gain=share,
        )


def are_unrelated(fit: Fit) -> bool:
    """Whether the rule finds them so; False where it cannot tell."""
    try:
        return any(labels_unrelated_to_inputs(fit))
    except CouldNotRun:
        return False


def _by_heart(fit: Fit) -> bool:
    """Whether the network knows its training rows, of which simple models see nothing."""
    probes = fit.probes
    if probes is None or probes.training is None or probes.control is None:
        return False
    known = (probes.training.skill or 0.0) >= BY_HEART
    return known and probes.control.skill < probes.control.noise
