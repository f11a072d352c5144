"""WL313."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Confidence, CouldNotRun, Detected
from whylow.checks._probed import layers_of, learnt_nothing, mends
from whylow.records import Fault, Fit, Severity

MOST = 0.9


@dataclass(frozen=True, kw_only=True)
class DeadUnits(Detected):
    """Most units of a ReLU layer give zero for every row.

    ## What it does
    Counts, at the end weights, units that are zero for every row of a batch (and every
    place in it).

    ## Why is this bad?
    Such a unit has no gradient and cannot come back. As a rule a step that was too
    long, or inputs far from zero, pushed it there.

    ## Evidence
    - `layer`: the layer that is worst off.
    - `dead`: share of its units that are dead at the end, at least 0.9.
    - `dead_start`: the same at the start.
    - `learnt_nothing`: whether the whole layer is dead, nothing was learnt, and no
      change that was tried mends that. Then this is an error, else a warning.

    ## Example
    ```python
    low = keras.initializers.Constant(-10)
    x = random.normal(size=(64, 4))
    model = keras.Sequential([
        keras.Input((4,)),
        keras.layers.Dense(8, activation="relu", bias_initializer=low),
        keras.layers.Dense(1, activation="sigmoid"),
    ])
    model.compile(loss="binary_crossentropy")
    model.fit(x, x[:, 0] > 0)
    ```
    Use instead: biases of 0, scaled inputs, a lower learning rate, or `leaky_relu`.
    ```python
    x = random.normal(size=(64, 4))
    model = keras.Sequential([
        keras.Input((4,)),
        keras.layers.Dense(8, activation="relu"),
        keras.layers.Dense(1, activation="sigmoid"),
    ])
    model.compile(loss="binary_crossentropy")
    model.fit(x, x[:, 0] > 0)
    ```

    ## When to ignore
    When the layer is far wider than needed and the model learns.
    """

    severity: ClassVar[Severity] = "error"
    since: ClassVar[str] = "0.1.0"
    confidence: ClassVar[Confidence] = 0

    layer: str
    dead: float
    dead_start: float | None
    learnt_nothing: bool

    @property
    def message(self) -> str:
        """The fact and its numbers."""
        return (
            f"{100 * self.dead:.0f} % of the units of `{self.layer}` give zero for every"
            " row."
        )

    @property
    def fix(self) -> str:
        """What to do about it."""
        return "Lower the learning rate, scale the inputs, or use `leaky_relu`."

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The kind of fault."""
        return ("dead_units",)

    def weight(self) -> Severity:
        """An error where too little was learnt."""
        return "error" if self.learnt_nothing else "warning"


def dead_units(fit: Fit) -> Iterator[DeadUnits]:
    """WL313."""
    layers = [one for one in layers_of(fit) if one.dead_end is not None]
    if not layers:
        return
    worst = max(layers, key=lambda one: one.dead_end or 0.0)
    if (worst.dead_end or 0.0) < MOST:
        return
    # A layer that is dead as a whole stops all learning; if a change mends the fit, that
    # change is what was wrong.
    whole = (worst.dead_end or 0.0) == 1 and learnt_nothing(fit) and not _mended(fit)
    yield DeadUnits(
        layer=worst.name,
        dead=worst.dead_end or 0.0,
        dead_start=worst.dead_start,
        learnt_nothing=whole,
    )


def _mended(fit: Fit) -> bool:
    try:
        return bool(mends(fit))
    except CouldNotRun:
        return False
