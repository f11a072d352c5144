"""WL317."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Confidence, CouldNotRun, Detected
from whylow.checks._probed import answers_of, learnt_nothing, probes_of
from whylow.records import Fault, Fit, Severity

SHARE, COLLAPSED, KNOWN = 0.5, 0.2, 0.5


@dataclass(frozen=True, kw_only=True)
class PenaltyDominates(Detected):
    """The penalty on the weights is most of the loss, and the training rows are not learnt.

    ## What it does
    Compares the sum of all regularizers with the loss, at the start and at the end
    weights, and how far the kernels shrank.

    ## Why is this bad?
    Training makes weights small instead of answers right: they shrink until the output
    is nearly constant.

    ## Evidence
    - `share_start`: the penalty over the whole loss at the start.
    - `share_end`: the same at the end.
    - `shrunk`: size of the kernel that shrank most, end over start; null where there is
      none. Reported where the penalty is half of the loss at the end, or was at the
      start and a kernel shrank to a fifth.
    - `skill`: on training rows: 0 as a constant, 1 all right; reported below 0.5.
    - `learnt_nothing`: whether the answers on training rows are no better than a
      constant, or far behind a simple model's. Then this is an error, else a warning.

    ## Example
    ```python
    x = random.normal(size=(64, 4))
    penalty = keras.regularizers.L2(1.0)
    model = keras.Sequential([
        keras.Input((4,)),
        keras.layers.Dense(8, activation="relu", kernel_regularizer=penalty),
        keras.layers.Dense(1, activation="sigmoid"),
    ])
    model.compile(loss="binary_crossentropy")
    model.fit(x, np.arange(64) % 2)
    ```
    Use instead: `L2(1e-4)`, or none until the training rows are learnt.
    ```python
    x = random.normal(size=(64, 4))
    penalty = keras.regularizers.L2(1e-4)
    model = keras.Sequential([
        keras.Input((4,)),
        keras.layers.Dense(8, activation="relu", kernel_regularizer=penalty),
        keras.layers.Dense(1, activation="sigmoid"),
    ])
    model.compile(loss="binary_crossentropy")
    model.fit(x, np.arange(64) % 2)
    ```

    ## When to ignore
    When sparse weights are what is wanted.
    """

    severity: ClassVar[Severity] = "error"
    since: ClassVar[str] = "0.1.0"
    confidence: ClassVar[Confidence] = 1

    share_start: float
    share_end: float
    shrunk: float | None
    skill: float | None
    learnt_nothing: bool

    @property
    def message(self) -> str:
        """The fact and its numbers."""
        shrunk = (
            ""
            if self.shrunk is None
            else f", a kernel shrank to {self.shrunk:.2g} of its size"
        )
        return (
            f"The penalty on the weights is {100 * self.share_start:.0f} % of the loss at"
            " the"
            f" start and {100 * self.share_end:.0f} % at the end{shrunk}; the training"
            " rows are"
            " not learnt."
        )

    @property
    def fix(self) -> str:
        """What to do about it."""
        return "Divide the regularizers by 100, until the training rows are learnt."

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The kind of fault."""
        return ("regularization",)

    def weight(self) -> Severity:
        """An error where too little was learnt."""
        return "error" if self.learnt_nothing else "warning"


def penalty_dominates(fit: Fit) -> Iterator[PenaltyDominates]:
    """WL317."""
    probes = probes_of(fit)
    answers = answers_of(fit)
    if probes.penalty_start is None or probes.penalty_end is None:
        raise CouldNotRun("the penalty was not measured")
    if answers.skill is not None and answers.skill >= KNOWN:
        return
    start = _share(probes.penalty_start, probes.loss_start)
    end = _share(probes.penalty_end, probes.loss_training_mode)
    sizes = [
        one.weight_end / one.weight_start
        for one in probes.layers
        if one.weight_start and one.weight_end is not None
    ]
    shrunk = min(sizes, default=None)
    collapsed = start >= SHARE and shrunk is not None and shrunk <= COLLAPSED
    if end >= SHARE or collapsed:
        yield PenaltyDominates(
            share_start=start,
            share_end=end,
            shrunk=shrunk,
            skill=answers.skill,
            learnt_nothing=learnt_nothing(fit),
        )


def _share(penalty: float, loss: float | None) -> float:
    return penalty / loss if loss is not None and loss > 0 else 0.0
