"""Lanes side by side: as many at a time as there are cores and memory for.

A step of a small model keeps one core busy at best, so two lanes in two threads take
hardly longer than one. Compiled programs run without Python's lock. Worker processes are
for whoever wants a lane that takes too much to end alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import Protocol

from whylow.engine._clock import Clock, StoppableClock
from whylow.engine._crew import Crew, Lost, lane_of
from whylow.engine._fused import FusedRunner
from whylow.engine._memory import OutOfMemory, free_memory, is_of_memory
from whylow.engine._process import available_cores
from whylow.exceptions import ReplayError
from whylow.lanes import Lane

# Of the memory there is; the rest is for what we do not count.
SHARE = 0.7

# Name of a fit, pair and seed of a lane.
Job = tuple[str, int, int]


class Runner(Protocol):
    """What trains lanes of one fit."""

    def run(self, pair: int, seed: int, clock: Clock, *, epochs: int | None = None) -> Lane:
        """Train one lane."""
        ...


def lanes_at_once(runners: Sequence[Runner]) -> int:
    """Return how many lanes to train at a time.

    One, where `model.fit` trains them or a device other than the CPU does: the live model
    is only one, and a GPU is shared badly.
    """
    fused = [runner for runner in runners if isinstance(runner, FusedRunner)]
    if len(fused) < len(runners) or not fused:
        return 1
    import jax

    if jax.default_backend() != "cpu":
        return 1
    cores = len(available_cores())
    free, largest = free_memory(), max(runner.lane_bytes for runner in fused)
    fitting = cores if free is None else int(SHARE * free / largest)
    return max(1, min(cores, fitting))


def check_memory(runner: FusedRunner) -> None:
    """Raise unless one lane fits into memory.

    Raises:
        ReplayError: It does not.
    """
    free = free_memory()
    if free is not None and runner.lane_bytes > SHARE * free:
        needed, there = (f"{size / 2**30:.1f} GiB" for size in (runner.lane_bytes, free))
        raise ReplayError(
            f"a lane needs about {needed} of memory and {there} are free; a smaller "
            "embedding table or batch would fit"
        )


@contextmanager
def trained(
    runners: Mapping[str, Runner],
    jobs: Sequence[Job],
    clock: Clock,
    crew: Crew | None = None,
) -> Iterator[Iterator[tuple[str, Lane]]]:
    """Train lanes and hand them out in order.

    Where memory runs out, lanes are trained one at a time from there on.

    Args:
        runners: Name of each fit → what trains it.
        jobs: Name, pair and seed of each lane.
        clock: The budget. Leaving the block early stops what is still training.
        crew: Worker processes; whoever began them ends them.

    Yields:
        An iterator over (name, lane); it raises `OutOfTime` as the lanes do, and
        `OutOfMemory` with the name of a fit of which not one lane fits.
    """
    stoppable = StoppableClock(clock)
    if crew is not None and crew.alive:
        yield _by_a_crew(crew, runners, jobs, clock)
        return
    _prepare(runners, jobs, clock)
    at_once = lanes_at_once(list(runners.values()))
    if at_once == 1 or len(jobs) == 1:
        yield ((job[0], _alone(runners, job, clock)) for job in jobs)
        return
    pool = ThreadPoolExecutor(at_once, thread_name_prefix="lane")
    try:
        futures = [
            pool.submit(runners[name].run, pair, seed, stoppable)
            for name, pair, seed in jobs
        ]
        yield _from_threads(runners, jobs, clock, futures)
    finally:
        stoppable.stop()
        pool.shutdown(wait=True, cancel_futures=True)


def _prepare(runners: Mapping[str, Runner], jobs: Sequence[Job], clock: Clock) -> None:
    """Compile what the first lanes need, so that it is known what a lane takes."""
    seeds = {name: seed for name, _, seed in reversed(jobs)}
    for name, runner in runners.items():
        if name in seeds and isinstance(runner, FusedRunner):
            with _naming(name):
                runner.prepare(seeds[name], clock)


def _from_threads(
    runners: Mapping[str, Runner],
    jobs: Sequence[Job],
    clock: Clock,
    futures: Sequence[Future[Lane]],
) -> Iterator[tuple[str, Lane]]:
    crowded = False
    for job, future in zip(jobs, futures, strict=True):
        if not future.cancelled():
            try:
                yield job[0], future.result()
                continue
            except Exception as error:
                if not is_of_memory(error):
                    raise
        if not crowded:  # let what has begun come to its end, and begin nothing more
            crowded = True
            wait([other for other in futures if not other.cancel()])
        yield job[0], _alone(runners, job, clock)


def _alone(runners: Mapping[str, Runner], job: Job, clock: Clock) -> Lane:
    """Train a lane with no other beside it.

    Raises:
        OutOfMemory: It does not fit.
    """
    name, pair, seed = job
    with _naming(name):
        return runners[name].run(pair, seed, clock)


@contextmanager
def _naming(name: str) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        if is_of_memory(error):
            raise OutOfMemory(name) from None
        raise


def _by_a_crew(
    crew: Crew,
    runners: Mapping[str, Runner],
    jobs: Sequence[Job],
    clock: Clock,
) -> Iterator[tuple[str, Lane]]:
    """Train lanes in worker processes; here what is lost there, or cannot go there."""
    lanes = [
        crew.submit(*job, clock=clock) if job[0] in crew.names else None for job in jobs
    ]
    for job, lane in zip(jobs, lanes, strict=True):
        if lane is not None:
            try:
                yield job[0], lane_of(lane, clock)
                continue
            except Lost:
                pass
        yield job[0], _alone(runners, job, clock)
