"""WL317."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Confidence, CouldNotRun, Detected
from whylow.checks._probed import answers_of, learnt_nothing, probes_of
from whylow.records import Fault, Fit, Severity

SHARE, KNOWN = 0.5, 0.5


@dataclass(frozen=True, kw_only=True)
class PenaltyDominates(Detected):
    """The penalty on the weights is most of the loss, and the training rows are not learnt.

    ## What it does
    Compares the sum of all regularizers at the end weights with the loss.

    ## Why is this bad?
    Training makes weights small instead of answers right: they shrink until the output
    is nearly constant.

    ## Evidence
    - `penalty`: sum of the regularizers at the end weights.
    - `loss`: the whole loss there.
    - `share`: the penalty over the loss, at least a half.
    - `skill`: on training rows: 0 as a constant, 1 all right; reported below 0.5.
    - `learnt_nothing`: whether the answers on training rows are no better than a
      constant. Then this is an error, else a warning.

    ## Example
    `kernel_regularizer=keras.regularizers.L2(1.0)`.

    Use instead: `L2(1e-4)`.

    ## When to ignore
    When sparse weights are what is wanted.
    """

    severity: ClassVar[Severity] = "error"
    since: ClassVar[str] = "0.1.0"
    confidence: ClassVar[Confidence] = 1

    penalty: float
    loss: float
    share: float
    skill: float | None
    learnt_nothing: bool

    @property
    def message(self) -> str:
        """The fact and its numbers."""
        return (
            f"The penalty on the weights is {self.penalty:.3g} of a loss of"
            f" {self.loss:.3g}, and the"
            " training rows are not learnt."
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
        """An error where nothing was learnt."""
        return "error" if self.learnt_nothing else "warning"


def penalty_dominates(fit: Fit) -> Iterator[PenaltyDominates]:
    """WL317."""
    probes = probes_of(fit)
    answers = answers_of(fit)
    penalty, loss = probes.penalty_end, probes.loss_training_mode
    if penalty is None or loss is None:
        raise CouldNotRun("the penalty was not measured")
    known = answers.skill is not None and answers.skill >= KNOWN
    if loss > 0 and penalty >= SHARE * loss and not known:
        yield PenaltyDominates(
            penalty=penalty,
            loss=loss,
            share=penalty / loss,
            skill=answers.skill,
            learnt_nothing=learnt_nothing(fit),
        )
