"""One variant taken apart: each suspect undone, trained again in the same pairs, measured.

The verdict comes first; what it leaves of the budget goes here. Suspects are screened on
the pairs of the comparison, whose lanes are used again; the strongest two or three go into
a full factorial on fresh seeds. Whatever ends it, what is known is reported, and what is
not is listed with the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from whylow import causes, engine, records, verdict
from whylow.causes import Screened, Suspect
from whylow.lanes import HeldOut, Lane
from whylow.live import LiveFit
from whylow.study._cells import Factorial, affordable, factorial
from whylow.study._interrupts import finishing
from whylow.study._options import Watcher
from whylow.study._pairs import Compared
from whylow.study._retrained import Retrained, Retrainer

SCREEN_PAIRS = 6
# Where cells take longer than the comparison let expect, the screen has to do with these.
FEWEST_SCREENED = 4
FRESH_PAIRS = 12
# Of the time that is left, the screen may take this part; the rest confirms.
SCREEN_SHARE = 0.5
# What tells the fresh seeds from those of the comparison.
_FRESH = 1_000_003


@dataclass(frozen=True)
class Caused:
    """What came of looking for causes.

    Args:
        attributed: The causes and the remainder.
        not_examined: What was not toggled, and why.
        protocol: How it was done.
        notes: What the report has to say about it.
    """

    attributed: causes.Attributed = field(default_factory=causes.Attributed)
    not_examined: tuple[str, ...] = ()
    protocol: dict[str, Any] | None = None
    notes: tuple[str, ...] = ()


class Examination:
    """The screen and the factorial of one variant against its baseline."""

    def __init__(
        self,
        baseline: LiveFit,
        variant: LiveFit,
        compared: Compared,
        plan: verdict.Plan,
        held_out: HeldOut,
        clock: engine.Clock,
    ) -> None:
        self._baseline, self._variant = baseline, variant
        self._plan, self._held_out, self._clock = plan, held_out, clock
        self._lanes = compared.lanes
        self._worse = any(
            one.variant == variant.fit.name and one.verdict == "worse"
            for one in compared.comparisons
        )
        lanes = sum(map(len, compared.lanes.values()))
        self._per_lane = clock.spent / max(lanes, 1)
        self._screened: list[Screened] = []
        self._factorial: Factorial | None = None
        # Whether the screen ran to its end and saw nothing that was worth fresh seeds.
        self._nothing_stood_out = False
        self._interrupted = False
        self._cells: dict[frozenset[str], Any] = {}
        self._not_examined: list[str] = []
        self._notes: list[str] = []
        self._seconds: dict[str, float] = {}

    # Training -------------------------------------------------------------------------

    def run(self, found: Sequence[Suspect], watcher: Watcher, workers: int) -> None:
        """Screen the suspects, then confirm the strongest on fresh seeds."""
        retrainer = Retrainer(self._held_out, self._clock, watcher, workers)
        chosen = self._screen(found, retrainer)
        if not self._screened or self._interrupted:
            return
        with finishing():
            pairs = min(len(one.gain) for one in self._screened)
            strong = causes.strongest(
                self._screened, self._held_out, self._plan, float(self._gap(pairs).mean())
            )
            self._nothing_stood_out = not strong
            by_name = {one.remedy.name: one for one in chosen}
            self._factorial = factorial(
                self._baseline,
                self._variant,
                [by_name[name] for name in strong],
                pairs=FRESH_PAIRS,
                per_lane=self._per_lane,
                left=self._clock.left,
            )
        if self._factorial is not None:
            self._confirm(self._factorial, retrainer)

    def _screen(self, found: Sequence[Suspect], retrainer: Retrainer) -> list[Suspect]:
        """Screen as many suspects as the time allows, and return them.

        What a lane takes is guessed from the comparison. A round that took less leaves
        time for another.
        """
        began = self._clock.spent
        share = SCREEN_SHARE * self._clock.left
        screened: list[Suspect] = []
        waiting = list(found)
        while waiting:
            left = share - (self._clock.spent - began)
            chosen, too_many = affordable(waiting, self._per_lane, SCREEN_PAIRS, left)
            screened += chosen
            if not chosen or not self._screen_round(chosen, retrainer, left):
                done = self._clock.spent - began
                self._not_examined += [
                    f"{one.remedy.name}: the budget was too short for it; "
                    f"--budget {_minutes(began + (done + seconds) / SCREEN_SHARE)} would do"
                    for one, seconds in too_many
                ]
                break
            waiting = [one for one, _ in too_many]
        self._seconds["screen"] = self._clock.spent - began
        return screened

    def _screen_round(
        self, chosen: Sequence[Suspect], retrainer: Retrainer, left: float
    ) -> bool:
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
            self._take_screen(chosen, screen)
        self._per_lane = (self._clock.spent - began) / max(screen.lanes_done, 1)
        self._interrupted = screen.interrupted
        return screen.ended == "planned" and screen.pairs >= SCREEN_PAIRS

    def _take_screen(self, chosen: Sequence[Suspect], screen: Retrained) -> None:
        self._notes += screen.notes
        before = self._of(self._lanes[self._variant.fit.name], screen.pairs)
        for one in chosen:
            lanes = screen.lanes.get(one.variant.fit.name)
            if not lanes or screen.pairs < 2:
                why = screen.why(one.variant.fit.name)
                self._not_examined.append(f"{one.remedy.name}: {why}")
                continue
            self._screened.append(
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
        return there - self._of(self._lanes[self._baseline.fit.name], screen.pairs)

    def _gap(self, pairs: int) -> Any:
        """Return the difference on the pairs of the comparison, per-text values."""
        both = (self._lanes[one.fit.name] for one in (self._variant, self._baseline))
        variant, baseline = (self._of(lanes, pairs) for lanes in both)
        return variant - baseline

    def _confirm(self, planned: Factorial, retrainer: Retrainer) -> None:
        began = self._clock.spent
        fresh = retrainer.train(
            planned.fits(),
            seed=self._plan.seed + _FRESH,
            pairs=planned.pairs,
            stage="confirming causes on fresh seeds",
        )
        self._seconds["confirmation"] = self._clock.spent - began
        self._notes += fresh.notes
        if fresh.pairs < 2 or any(
            live.fit.name not in fresh.lanes for live in planned.fits()
        ):
            return
        with finishing():
            plan = self._plan.model_copy(update={"seed": self._plan.seed + _FRESH})
            values = {
                name: verdict.text_values(lanes[: fresh.pairs], self._held_out, plan)
                for name, lanes in fresh.lanes.items()
            }
            self._cells = planned.gaps(values)
            self._screened = [
                replace(one, time_ratio=planned.time_ratio(one.remedy.name, fresh.seconds))
                for one in self._screened
            ]

    def _of(self, lanes: Sequence[Lane], pairs: int) -> Any:
        return verdict.text_values(lanes[:pairs], self._held_out, self._plan)

    # After training -------------------------------------------------------------------

    def caused(self) -> Caused:
        """Return what is known."""
        factors = self._factorial.names if self._factorial and self._cells else []
        attributed = causes.attribute(
            self._screened,
            self._cells,
            factors,
            held_out=self._held_out,
            plan=self._plan,
            fit=self._variant.fit.name,
            worse=self._worse,
            apart=self._factorial.apart if self._factorial and self._cells else (),
            gap=self._gap(len(self._screened[0].gain)) if self._nothing_stood_out else None,
        )
        view = self._best_epoch()
        views = () if view is None else (view,)
        if view is None and self._epochs() > 1:
            self._not_examined.append(
                "best-epoch: the epoch that the other half chooses is not the best by "
                f"{self._plan.metric}"
            )
        return Caused(
            attributed=replace(attributed, causes=(*attributed.causes, *views)),
            not_examined=tuple(self._not_examined),
            protocol=self._protocol(factors),
            notes=tuple(dict.fromkeys(self._notes)),
        )

    def _best_epoch(self) -> records.Cause | None:
        if self._epochs() < 2:
            return None
        both = [self._lanes[one.fit.name] for one in (self._baseline, self._variant)]
        pairs = min(map(len, both))
        best, last = (
            [
                verdict.text_values(
                    lanes[:pairs], self._held_out, self._plan, last_epoch=end
                )
                for lanes in both
            ]
            for end in (False, True)
        )
        return causes.best_epoch(
            (best[0], best[1]),
            (last[0], last[1]),
            held_out=self._held_out,
            plan=self._plan,
            fit=self._variant.fit.name,
        )

    def _epochs(self) -> int:
        settings = self._variant.fit.settings
        return 0 if settings is None else settings.epochs

    def _protocol(self, factors: Sequence[str]) -> dict[str, Any]:
        return {
            "screened": [one.remedy.name for one in self._screened],
            "screen_pairs": len(self._screened[0].gain) if self._screened else 0,
            "confirmed": list(factors),
            "confirmed_apart": list(self._factorial.apart)
            if self._factorial and self._cells
            else [],
            "fresh_pairs": len(next(iter(self._cells.values()))) if self._cells else 0,
            "seconds": {key: round(value, 1) for key, value in self._seconds.items()},
            "intervals": "crossed seeds x texts, at 1 - .05 / suspects screened",
            "named": "by Holm over all that were screened, on fresh seeds alone",
        }


def _minutes(seconds: float) -> str:
    """Return a budget as the command line takes it, rounded up."""
    return f"{int(seconds // 60) + 1}m"
