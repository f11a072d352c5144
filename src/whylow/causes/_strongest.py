"""Which of the screened suspects are worth fresh seeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from whylow.causes._effects import effect
from whylow.lanes import HeldOut
from whylow.remedies import Remedy
from whylow.verdict import Plan


@dataclass(frozen=True, kw_only=True)
class Screened:
    """What the screen saw of one suspect, on the pairs of the comparison.

    Args:
        remedy: What undoes it.
        code: The check that proposed it.
        gain: What undoing gives the variant, per-text values `(pairs, texts)`.
        for_baseline: What it gives the baseline, where that has the same fault.
        planted: What the same difference, alone, changes in the baseline.
        time_ratio: Seconds of training with it over those without.
    """

    remedy: Remedy
    code: str | None
    gain: np.ndarray
    for_baseline: np.ndarray | None = None
    planted: np.ndarray | None = None
    time_ratio: float | None = None

    @property
    def values(self) -> np.ndarray:
        """What it gives the variant beyond what it gives the baseline."""
        return self.gain if self.for_baseline is None else self.gain - self.for_baseline


# A suspect whose effect in the screen is likelier than this by luck alone is not confirmed.
_WORTH_A_LOOK = 0.2


def strongest(
    screened: Sequence[Screened],
    held_out: HeldOut,
    plan: Plan,
    gap: float | None = None,
) -> list[str]:
    """Return the suspects that are worth fresh seeds, the strongest first.

    Those whose effect may well reach the smallest meaningful difference, in the order of
    how surely they have one, undone in the variant or put alone into the baseline: of two
    faults that each suffice, undoing one gives nothing back. What the screen acquits needs
    no second look, nor does the remedy of a fault that seems to give nothing back, nor
    what six pairs hardly show: a factor without an effect of its own doubles the cells and
    blurs the real causes. A setting that may be tried either way undoes nothing that was
    done, and would share the credit of what was: it comes last, and only where the others
    leave something of the difference.

    Args:
        screened: All that were screened.
        held_out: The texts.
        plan: Metric and smallest meaningful difference.
        gap: The difference of the variant from the baseline on the same pairs.
    """
    effects = {
        one.remedy.name: effect(one.values, held_out, plan, sharing=len(screened))
        for one in screened
    }
    alone = {
        one.remedy.name: effect(-one.planted, held_out, plan, sharing=len(screened))
        for one in screened
        if one.planted is not None
    }
    smallest = plan.smallest_meaningful_difference

    def sureness(one: Screened) -> float:
        """Return the smallest p of what may matter, 1 where nothing may."""
        found = [effects[one.remedy.name]]
        if one.remedy.name in alone:
            found.append(alone[one.remedy.name])
        either_way = counts_either_way(one.remedy) and not (gap is not None and gap < 0)
        return min(
            (
                each.p
                for each in found
                if (each.estimate > 0 and each.high > smallest)
                or (either_way and each.low < -smallest)
            ),
            default=1.0,
        )

    sure = {one.remedy.name: sureness(one) for one in screened}
    likely = [one for one in screened if sure[one.remedy.name] < _WORTH_A_LOOK]
    likely.sort(key=lambda one: sure[one.remedy.name])
    undoing = [one.remedy.name for one in likely if one.remedy.kind != "try"]
    trying = [one.remedy.name for one in likely if one.remedy.kind == "try"]
    if not undoing or gap is None:
        return undoing + trying
    side = np.sign(gap)
    # Of faults that hide one another each does more alone than undoing it gives back.
    shares = [
        max(-side * effects[name].estimate, -side * alone[name].estimate)
        if name in alone
        else -side * effects[name].estimate
        for name in undoing
    ]
    left = abs(gap) - sum(share for share in shares if share > 0)
    return undoing if left < smallest else undoing + trying


def counts_either_way(remedy: Remedy) -> bool:
    """Whether what it takes away may be the very change whose gain is to be explained."""
    return remedy.kind in ("control", "difference")
