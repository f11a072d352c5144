"""Trains fits again in matched pairs, until the pairs, the budget or the person end it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from whylow.engine._clock import Clock, OutOfTime
from whylow.engine._crew import Crew
from whylow.engine._fused import FusedRunner
from whylow.engine._memory import OutOfMemory, without_memory_errors
from whylow.engine._plain import PlainRunner
from whylow.engine._seeds import pair_seed
from whylow.engine._side_by_side import check_memory, trained
from whylow.engine._staffed import staffed
from whylow.engine._why_not import why_not_fused
from whylow.exceptions import ReplayError
from whylow.lanes import Lane
from whylow.live import LiveFit

Ended = Literal["planned", "budget", "interrupt"]


@dataclass(frozen=True)
class Replayed:
    """What a replay came to.

    Args:
        lanes: Name of each fit that can be trained again → its finished lanes, in the
            order of the pairs.
        ended: What ended it: no more pairs were wanted, the budget, or Ctrl-C.
        notes: What the report has to say about how it was done.
        repeated: Name of each fit → its first lane, trained a second time with the same
            seed for one epoch; empty unless asked for.
    """

    lanes: dict[str, list[Lane]]
    ended: Ended
    notes: tuple[str, ...]
    repeated: dict[str, Lane] = field(default_factory=dict)


def replay(
    fits: Sequence[LiveFit],
    *,
    classes: int,
    seed: int,
    clock: Clock,
    pairs_to_reach: Callable[[dict[str, list[Lane]]], int | None],
    progress: Callable[[dict[str, list[Lane]]], None] = lambda _: None,
    repeat_first: bool = False,
    workers: int = 1,
) -> Replayed:
    """Train each fit once a pair, pair after pair, for as long as pairs are wanted.

    Lanes are begun pair by pair, as many at a time as there are cores, so that whatever
    ends the study leaves whole pairs behind.

    Args:
        fits: The fits of one comparison, replayable ones.
        classes: Number of classes of the held-out labels.
        seed: The study's seed.
        clock: The budget.
        pairs_to_reach: Given all lanes so far, up to how many pairs to train before it is
            asked again; `None` to stop.
        progress: Called after each lane with all lanes so far.
        repeat_first: Train the first epoch of the first pair once more, so that one can
            see whether equal seeds give equal numbers. Always in this process.
        workers: Processes to train lanes in; 1 for this one alone. What is lost with a
            worker is trained here.
    """
    notes: list[str] = []
    runners: dict[str, FusedRunner | PlainRunner] = {}
    for live in fits:
        try:
            runners[live.fit.name] = _runner(live, classes, notes)
        except (ReplayError, MemoryError) as error:
            why = "memory ran out" if isinstance(error, MemoryError) else error
            notes.append(f"`{live.fit.name}` was not trained again: {why}.")
    lanes: dict[str, list[Lane]] = {name: [] for name in runners}
    repeated: dict[str, Lane] = {}
    ended: Ended = "planned"
    try:
        with staffed(
            fits, runners, classes, workers=workers, clock=clock, notes=notes
        ) as crew:
            while (until := pairs_to_reach(lanes)) is not None:
                if repeat_first and not repeated and lanes and not any(lanes.values()):
                    # At once, so that a study cut short has it.
                    _train(1, runners, seed, clock, lanes, progress, notes, crew)
                    for name, runner in runners.items():
                        with without_memory_errors():
                            again = runner.run(0, pair_seed(seed, 0), clock, epochs=1)
                            repeated[name] = again
                _train(until, runners, seed, clock, lanes, progress, notes, crew)
    except OutOfTime:
        ended = "budget"
    except KeyboardInterrupt:
        ended = "interrupt"
    repeated = {name: lane for name, lane in repeated.items() if name in lanes}
    return Replayed(lanes, ended, tuple(notes), repeated)


def _train(
    until: int,
    runners: dict[str, FusedRunner | PlainRunner],
    seed: int,
    clock: Clock,
    lanes: dict[str, list[Lane]],
    progress: Callable[[dict[str, list[Lane]]], None],
    notes: list[str],
    crew: Crew | None,
) -> None:
    """Train the lanes that are missing up to a pair; leave out what memory cannot hold."""
    while True:
        jobs = [
            (name, pair, pair_seed(seed, pair))
            for pair in range(until)
            for name in runners
            if pair >= len(lanes[name])
        ]
        try:
            with trained(runners, jobs, clock, crew) as finished:
                for name, lane in finished:
                    lanes[name].append(lane)
                    progress(lanes)
            return
        except OutOfMemory as error:
            name = str(error)
            del runners[name], lanes[name]
            notes.append(f"`{name}` was not trained again: memory ran out.")


def _runner(live: LiveFit, classes: int, notes: list[str]) -> FusedRunner | PlainRunner:
    why = why_not_fused(live)
    if why is None:
        runner = FusedRunner(live, classes)
        check_memory(runner)
        return runner
    notes.append(f"`{live.fit.name}` was trained again by plain `model.fit`, as {why}.")
    return PlainRunner(live, classes)
