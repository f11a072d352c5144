"""Lanes side by side: as many at a time as there are cores and memory for.

A step of a small model keeps one core busy at best, so two lanes in two threads take
hardly longer than one. Compiled programs run without Python's lock.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from whylow.engine._clock import Clock, StoppableClock
from whylow.engine._fused import FusedRunner
from whylow.exceptions import ReplayError
from whylow.lanes import Lane

# Of the memory there is; the rest is for what we do not count.
_SHARE = 0.7


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
    free, largest = free_memory(), max(runner.lane_bytes for runner in fused)
    fitting = _cores() if free is None else int(_SHARE * free / largest)
    return max(1, min(_cores(), fitting))


def check_memory(runner: FusedRunner) -> None:
    """Raise unless one lane fits into memory.

    Raises:
        ReplayError: It does not.
    """
    free = free_memory()
    if free is not None and runner.lane_bytes > _SHARE * free:
        needed, there = (f"{size / 2**30:.1f} GiB" for size in (runner.lane_bytes, free))
        raise ReplayError(
            f"a lane needs about {needed} of memory and {there} are free; a smaller "
            "embedding table or batch would fit"
        )


def free_memory() -> int | None:
    """Return how many bytes a process may still take, or `None` where none can tell."""
    free = []
    try:
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                free.append(int(line.split()[1]) * 1024)
        group = Path("/sys/fs/cgroup")
        limit = (group / "memory.max").read_text().strip()
        if limit != "max":
            free.append(int(limit) - int((group / "memory.current").read_text()))
    except (OSError, ValueError):
        pass  # another system, or no group of its own
    return min(free, default=None)


@contextmanager
def trained(
    runners: Mapping[str, Runner], seeds: Sequence[tuple[int, int]], clock: Clock
) -> Iterator[Iterator[tuple[str, Lane]]]:
    """Train lanes and hand them out in order, pair by pair.

    Args:
        runners: Name of each fit → what trains it.
        seeds: (pair, seed) of each pair.
        clock: The budget. Leaving the block early stops what is still training.

    Yields:
        An iterator over (name, lane); it raises `OutOfTime` as the lanes do.
    """
    stoppable = StoppableClock(clock)
    jobs = [(name, pair, seed) for pair, seed in seeds for name in runners]
    at_once = lanes_at_once(list(runners.values()))
    if at_once == 1:
        yield ((name, runners[name].run(pair, seed, clock)) for name, pair, seed in jobs)
        return
    pool = ThreadPoolExecutor(at_once, thread_name_prefix="lane")
    try:
        futures = [
            (name, pool.submit(runners[name].run, pair, seed, stoppable))
            for name, pair, seed in jobs
        ]
        yield ((name, future.result()) for name, future in futures)
    finally:
        stoppable.stop()
        pool.shutdown(wait=True, cancel_futures=True)


def _cores() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on Linux
        return os.cpu_count() or 1
