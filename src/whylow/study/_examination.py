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
from whylow.lanes import HeldOut
from whylow.live import LiveFit
from whylow.study._cells import Factorial, factorial
from whylow.study._interrupts import finishing
from whylow.study._options import Watcher
from whylow.study._pairs import Compared
from whylow.study._retrained import Retrainer
from whylow.study._screening import Screening

FRESH_PAIRS = 12
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
        self._screening = Screening(
            baseline.fit.name, variant.fit.name, compared.lanes, plan, held_out, clock
        )
        self._screened: list[Screened] = self._screening.screened
        self._factorial: Factorial | None = None
        # Whether the screen ran to its end and saw nothing that was worth fresh seeds.
        self._nothing_stood_out = False
        self._cells: dict[frozenset[str], Any] = {}
        self._notes: list[str] = []
        self._confirming_took: float | None = None

    # Training -------------------------------------------------------------------------

    def run(self, found: Sequence[Suspect], watcher: Watcher, workers: int) -> None:
        """Screen the suspects, then confirm the strongest on fresh seeds."""
        retrainer = Retrainer(self._held_out, self._clock, watcher, workers)
        screening = self._screening
        chosen = screening.run(found, retrainer)
        if not self._screened or screening.interrupted:
            return
        with finishing():
            gap = float(screening.gap(screening.pairs).mean())
            strong = causes.strongest(self._screened, self._held_out, self._plan, gap)
            self._nothing_stood_out = not strong
            by_name = {one.remedy.name: one for one in chosen}
            self._factorial = factorial(
                self._baseline,
                self._variant,
                [by_name[name] for name in strong],
                pairs=FRESH_PAIRS,
                per_lane=screening.per_lane,
                left=self._clock.left,
            )
        if self._factorial is not None:
            self._confirm(self._factorial, retrainer)

    def _confirm(self, planned: Factorial, retrainer: Retrainer) -> None:
        began = self._clock.spent
        fresh = retrainer.train(
            planned.fits(),
            seed=self._plan.seed + _FRESH,
            pairs=planned.pairs,
            stage="confirming causes on fresh seeds",
        )
        self._confirming_took = self._clock.spent - began
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

    # After training -------------------------------------------------------------------

    def caused(self) -> Caused:
        """Return what is known."""
        screening = self._screening
        not_examined = list(screening.not_examined)
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
            gap=screening.gap(screening.pairs) if self._nothing_stood_out else None,
        )
        view = self._best_epoch()
        views = () if view is None else (view,)
        if view is None and self._epochs() > 1:
            not_examined.append(
                "best-epoch: the epoch that the other half chooses is not the best by "
                f"{self._plan.metric}"
            )
        return Caused(
            attributed=replace(attributed, causes=(*attributed.causes, *views)),
            not_examined=tuple(not_examined),
            protocol=self._protocol(factors),
            notes=tuple(dict.fromkeys((*screening.notes, *self._notes))),
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
        seconds = {"screen": self._screening.seconds}
        if self._confirming_took is not None:
            seconds["confirmation"] = self._confirming_took
        return {
            "screened": [one.remedy.name for one in self._screened],
            "screen_pairs": self._screening.pairs,
            "confirmed": list(factors),
            "confirmed_apart": list(self._factorial.apart)
            if self._factorial and self._cells
            else [],
            "fresh_pairs": len(next(iter(self._cells.values()))) if self._cells else 0,
            "seconds": {key: round(value, 1) for key, value in seconds.items()},
            "intervals": "crossed seeds x texts, at 1 - .05 / suspects screened",
            "named": "by Holm over all that were screened, on fresh seeds alone",
        }
