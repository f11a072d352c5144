"""Cells of an experiment, trained again in pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from whylow import engine
from whylow.lanes import HeldOut, Lane
from whylow.live import LiveFit
from whylow.study._options import Progress, Watcher


@dataclass(frozen=True)
class Retrained:
    """What a round of retraining came to.

    Args:
        lanes: Name of each fit → its lanes.
        pairs: Pairs that all of them finished.
        notes: What the engine has to say.
        ended: What ended it.
        seconds: Name of each fit → the usual seconds of a lane, once compiled.
    """

    lanes: dict[str, list[Lane]]
    pairs: int
    notes: tuple[str, ...]
    ended: str
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def interrupted(self) -> bool:
        """Whether the person ended it."""
        return self.ended == "interrupt"

    @property
    def lanes_done(self) -> int:
        """How many lanes were trained."""
        return sum(map(len, self.lanes.values()))

    def why(self, name: str) -> str:
        """Say why there is nothing of a fit."""
        if name not in self.lanes:
            return "it cannot be trained again (see the notes)"
        return {
            "budget": "the budget ended before two pairs were done (--budget)",
            "interrupt": "the study was interrupted",
        }.get(self.ended, "no pair could be trained")


class Retrainer:
    """Trains cells in pairs and tells how far it is.

    Args:
        held_out: The texts that all lanes predict.
        clock: The budget.
        watcher: Told after each lane.
        workers: Processes to train lanes in.
    """

    def __init__(
        self,
        held_out: HeldOut,
        clock: engine.Clock,
        watcher: Watcher,
        workers: int = 1,
    ) -> None:
        self._held_out, self._clock, self._watcher = held_out, clock, watcher
        self._workers = workers

    def train(
        self,
        fits: Sequence[LiveFit],
        *,
        seed: int,
        pairs: int,
        stage: str,
        fewest: int | None = None,
        seconds: float = float("inf"),
    ) -> Retrained:
        """Train so many pairs of all fits, or as many as the budget allows.

        Args:
            fits: The fits.
            seed: Of the pairs.
            pairs: How many.
            stage: What this is, in words.
            fewest: How many to train at least before `seconds` can end it.
            seconds: What it may take; the next step needs the rest of the budget.
        """
        began = self._clock.spent

        def progress(lanes: dict[str, list[Lane]]) -> None:
            done = sum(map(len, lanes.values()))
            planned = pairs * len(lanes)
            whole = min(map(len, lanes.values()))
            self._watcher(
                Progress(
                    lanes=done,
                    lanes_planned=planned,
                    pairs=whole,
                    pairs_planned=pairs,
                    metric="",
                    differences={},
                    seconds_left=None
                    if not whole
                    else min(
                        (self._clock.spent - began) / done * (planned - done),
                        max(self._clock.left, 0.0),
                    ),
                    stage=stage,
                )
            )

        def until(lanes: dict[str, list[Lane]]) -> int | None:
            done = min(map(len, lanes.values()), default=pairs)
            if done >= pairs:
                return None
            if fewest is None:
                return pairs
            spent = self._clock.spent - began
            if done and spent * pairs / done <= seconds:
                return pairs
            late = done >= fewest and spent * (done + 1) / done > seconds
            return None if late else done + 1

        replayed = engine.replay(
            fits,
            classes=len(self._held_out.class_names),
            seed=seed,
            clock=self._clock,
            pairs_to_reach=until,
            progress=progress,
            workers=self._workers,
        )
        return Retrained(
            lanes=replayed.lanes,
            pairs=min(map(len, replayed.lanes.values()), default=0),
            notes=replayed.notes,
            ended=replayed.ended,
            # The first lane of a fit holds its compilation.
            seconds={
                name: float(np.median([lane.seconds for lane in lanes[1:]]))
                for name, lanes in replayed.lanes.items()
                if lanes[1:]
            },
        )
