"""Trains fits again in matched pairs, until the pairs, the budget or the person end it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from whylow.engine._clock import Clock, OutOfTime
from whylow.engine._fused import FusedRunner, why_not_fused
from whylow.engine._plain import PlainRunner
from whylow.engine._seeds import pair_seed
from whylow.exceptions import ReplayError
from whylow.lanes import Lane
from whylow.live import LiveFit

Ended = Literal["pairs", "budget", "interrupt"]


@dataclass(frozen=True)
class Replayed:
    """What a replay came to.

    Args:
        lanes: Name of each fit → its finished lanes, in the order of the pairs.
        ended: What ended it: all pairs done, the budget, or the person (Ctrl-C).
        notes: What the report has to say about how it was done.
    """

    lanes: dict[str, list[Lane]]
    ended: Ended
    notes: tuple[str, ...]


def replay(
    fits: Sequence[LiveFit],
    *,
    classes: int,
    pairs: int,
    seed: int,
    clock: Clock,
    progress: Callable[[dict[str, list[Lane]]], None] = lambda _: None,
) -> Replayed:
    """Train each fit once a pair, pair after pair.

    A pair is finished before the next begins, so that whatever ends the study leaves
    whole pairs behind.

    Args:
        fits: The fits of one comparison, replayable ones.
        classes: Number of classes of the held-out labels.
        pairs: The most pairs to train.
        seed: The study's seed.
        clock: The budget.
        progress: Called after each lane with all lanes so far.
    """
    lanes: dict[str, list[Lane]] = {live.fit.name: [] for live in fits}
    notes: list[str] = []
    runners: dict[str, FusedRunner | PlainRunner] = {}
    try:
        for live in fits:
            try:
                runners[live.fit.name] = _runner(live, classes, notes)
            except ReplayError as error:
                notes.append(f"`{live.fit.name}` was not trained again: {error}.")
        for pair in range(pairs):
            for name, runner in runners.items():
                lanes[name].append(runner.run(pair, pair_seed(seed, pair), clock))
                progress(lanes)
    except OutOfTime:
        return Replayed(lanes, "budget", tuple(notes))
    except KeyboardInterrupt:
        return Replayed(lanes, "interrupt", tuple(notes))
    return Replayed(lanes, "pairs", tuple(notes))


def _runner(live: LiveFit, classes: int, notes: list[str]) -> FusedRunner | PlainRunner:
    why = why_not_fused(live)
    if why is None:
        return FusedRunner(live, classes)
    notes.append(f"`{live.fit.name}` was trained again by plain `model.fit`, as {why}.")
    return PlainRunner(live, classes)
