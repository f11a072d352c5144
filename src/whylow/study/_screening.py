"""The screen: each suspect undone alone, in the pairs of the comparison.

The lanes of the comparison are used again, so that a suspect costs its own lanes only. What
they take is guessed from the comparison at first; a round that took less leaves time for
another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from whylow import engine, verdict
from whylow.causes import Screened, Suspect
from whylow.lanes import HeldOut, Lane
from whylow.live import LiveFit
from whylow.study._cells import affordable
from whylow.study._interrupts import finishing
from whylow.study._retrained import Retrained, Retrainer

SCREEN_PAIRS = 6
# Where cells take longer than the comparison let expect, the screen has to do with these.
FEWEST_SCREENED = 4
# Of the time that is left, the screen may take this part; the rest confirms.
SCREEN_SHARE = 0.5


class Screening:
    """What suspects of one variant give back, each undone alone.

    Args:
        baseline, variant: Names of the two fits.
        lanes: The lanes of the comparison, by the name of the fit.
        plan: How they are scored.
        held_out: The texts.
        clock: The budget.

    Attributes:
        screened: The suspects that were trained, with what they give.
        not_examined: Those that were not, and why.
        notes: What the report has to say about it.
        per_lane: Seconds that a lane takes, by the last that is known.
        seconds: What the screen took.
        interrupted: The person ended it.
    """

    def __init__(
        self,
        baseline: str,
        variant: str,
        lanes: Mapping[str, Sequence[Lane]],
        plan: verdict.Plan,
        held_out: HeldOut,
        clock: engine.Clock,
    ) -> None:
        self._baseline, self._variant = baseline, variant
        self._lanes, self._plan = lanes, plan
        self._held_out, self._clock = held_out, clock
        self.screened: list[Screened] = []
        self.not_examined: list[str] = []
        self.notes: list[str] = []
        self.per_lane = clock.spent / max(sum(map(len, lanes.values())), 1)
        self.seconds = 0.0
        self.interrupted = False

    @property
    def pairs(self) -> int:
        """How many pairs the suspects have that were trained."""
        return min((len(one.gain) for one in self.screened), default=0)

    def run(self, found: Sequence[Suspect], retrainer: Retrainer) -> list[Suspect]:
        """Screen as many suspects as the time allows, and return them."""
        began = self._clock.spent
        share = SCREEN_SHARE * self._clock.left
        screened: list[Suspect] = []
        waiting = list(found)
        while waiting:
            left = share - (self._clock.spent - began)
            chosen, too_many = affordable(waiting, self.per_lane, SCREEN_PAIRS, left)
            screened += chosen
            if not chosen or not self._round(chosen, retrainer, left):
                done = self._clock.spent - began
                self.not_examined += [
                    f"{one.remedy.name}: the budget was too short for it; "
                    f"--budget {_minutes(began + (done + seconds) / SCREEN_SHARE)} would do"
                    for one, seconds in too_many
                ]
                break
            waiting = [one for one, _ in too_many]
        self.seconds = self._clock.spent - began
        return screened

    def _round(self, chosen: Sequence[Suspect], retrainer: Retrainer, left: float) -> bool:
        """Screen these, and say whether there may be time for more."""
        began = self._clock.spent
        cells = [
            live
            for one in chosen
            for live in (one.variant, one.baseline, one.planted)
            if live is not None
        ]
        screen = retrainer.train(
            cells,
            seed=self._plan.seed,
            pairs=SCREEN_PAIRS,
            stage="screening suspects",
            fewest=FEWEST_SCREENED,
            seconds=left,
        )
        with finishing():
            self._take(chosen, screen)
        self.per_lane = (self._clock.spent - began) / max(screen.lanes_done, 1)
        self.interrupted = screen.interrupted
        return screen.ended == "planned" and screen.pairs >= SCREEN_PAIRS

    def _take(self, chosen: Sequence[Suspect], screen: Retrained) -> None:
        self.notes += screen.notes
        before = self._of(self._lanes[self._variant], screen.pairs)
        for one in chosen:
            lanes = screen.lanes.get(one.variant.fit.name)
            if not lanes or screen.pairs < 2:
                why = screen.why(one.variant.fit.name)
                self.not_examined.append(f"{one.remedy.name}: {why}")
                continue
            self.screened.append(
                Screened(
                    remedy=one.remedy,
                    code=one.code,
                    gain=self._of(lanes, screen.pairs) - before,
                    for_baseline=self._in_baseline(one.baseline, screen),
                    planted=self._in_baseline(one.planted, screen),
                )
            )

    def _in_baseline(self, changed: LiveFit | None, screen: Retrained) -> Any:
        """Return what a change of the baseline changes, or `None` where there is none."""
        if changed is None or changed.fit.name not in screen.lanes:
            return None
        there = self._of(screen.lanes[changed.fit.name], screen.pairs)
        return there - self._of(self._lanes[self._baseline], screen.pairs)

    def gap(self, pairs: int) -> Any:
        """Return the difference on the pairs of the comparison, per-text values."""
        both = (self._lanes[name] for name in (self._variant, self._baseline))
        variant, baseline = (self._of(lanes, pairs) for lanes in both)
        return variant - baseline

    def _of(self, lanes: Sequence[Lane], pairs: int) -> Any:
        return verdict.text_values(lanes[:pairs], self._held_out, self._plan)


def _minutes(seconds: float) -> str:
    """Return a budget as the command line takes it, rounded up."""
    return f"{int(seconds // 60) + 1}m"
