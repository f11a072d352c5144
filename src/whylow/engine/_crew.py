"""Lanes in worker processes: one that is killed takes only the lanes in its hands along.

A worker builds the fits again (`_travel`) and trains whatever lane is next. It is no fork
of this process, which holds threads, and it never runs the script.
"""

from __future__ import annotations

import itertools
import pickle
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from whylow.engine._clock import Clock, OutOfTime
from whylow.engine._process import Worker
from whylow.lanes import Lane

# How long to wait beyond the budget for a worker that does not look at its clock.
_PATIENCE = 10.0


class Lost(Exception):  # noqa: N818  a way to go on, said in the report
    """A worker ended, or failed, before it gave a lane back."""


@dataclass(frozen=True)
class Job:
    """A lane to train, and where it is handed in."""

    name: str
    pair: int
    seed: int
    clock: Clock
    lane: Future[Lane]


class Crew:
    """Worker processes that train lanes of packed fits.

    Args:
        fits: Name of each fit → the fit, packed.
        classes: Number of classes of the held-out labels.
        count: Worker processes.
        lanes_each: Lanes that each trains at a time.
        cores: The cores that they share.
    """

    def __init__(
        self,
        fits: Mapping[str, bytes],
        classes: int,
        *,
        count: int,
        lanes_each: int,
        cores: Sequence[int],
    ) -> None:
        self.names: frozenset[str] = frozenset()
        self._lock = threading.RLock()
        self._waiting: deque[Job] = deque()
        self._numbers = itertools.count()
        self._closing = False
        self._notes: list[str] = []
        self._alive: list[Worker] = []
        self.workers = [
            Worker(number + 1, _share(cores, number, count), lanes_each)
            for number in range(count)
        ]
        self._alive = list(self.workers)
        given = {"fits": dict(fits), "classes": classes, "lanes": lanes_each}
        self._answers: dict[int, Future[dict[str, tuple[str | None, str]]]] = {
            worker.number: Future() for worker in self.workers
        }
        self._in_hand: dict[int, dict[int, Job]] = {
            worker.number: {} for worker in self.workers
        }
        for worker in self.workers:
            threading.Thread(
                target=self._attend, args=(worker, given), daemon=True, name="worker"
            ).start()

    @property
    def alive(self) -> bool:
        """Whether any worker is left."""
        return bool(self._alive)

    @property
    def notes(self) -> list[str]:
        """What the report has to say about workers that were lost."""
        with self._lock:
            return list(self._notes)

    def agree(self, digests: Mapping[str, str], clock: Clock) -> dict[str, str]:
        """Wait until the workers are ready; leave the fits to them that they have right.

        Args:
            digests: Name of each fit → its digest in this process.
            clock: How long to wait.

        Returns:
            Name of each fit that stays in this process → why.

        Raises:
            OutOfTime: The workers were not ready in time.
        """
        stays: dict[str, str] = {}
        for worker in self.workers:
            try:
                answers = self._answers[worker.number].result(_patience(clock))
            except Lost:
                continue
            except TimeoutError:
                raise OutOfTime from None
            for name, digest in digests.items():
                theirs, why = answers[name]
                if theirs != digest:
                    stays[name] = why or "another process would train other numbers"
        self.names = frozenset(digests) - frozenset(stays)
        return stays

    def submit(self, name: str, pair: int, seed: int, clock: Clock) -> Future[Lane]:
        """Have a lane trained; the result is the lane, or `OutOfTime`, or `Lost`."""
        job = Job(name, pair, seed, clock, Future())
        with self._lock:
            self._waiting.append(job)
            self._hand_out()
        return job.lane

    def close(self) -> None:
        """End every worker."""
        with self._lock:
            self._closing = True
            self._waiting.clear()
        for worker in self.workers:
            worker.end()

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _attend(self, worker: Worker, given: Any) -> None:
        """Hear what one worker has to say, until it ends."""
        try:
            worker.say(given)
            _, answers = worker.heard()
            self._answers[worker.number].set_result(answers)
            while True:
                what, number, said = worker.heard()
                with self._lock:
                    job = self._in_hand[worker.number].pop(number)
                    self._hand_out()
                _settle(job, what, said)
        except (EOFError, OSError, ValueError, pickle.UnpicklingError):
            self._bury(worker)

    def _hand_out(self) -> None:
        for worker in self._alive:
            while self._waiting and len(self._in_hand[worker.number]) < worker.lanes:
                job, number = self._waiting.popleft(), next(self._numbers)
                self._in_hand[worker.number][number] = job
                left = None if job.clock.left == float("inf") else max(job.clock.left, 0.0)
                try:
                    worker.say((number, job.name, job.pair, job.seed, left))
                except OSError:
                    break  # whoever attends it notices, and has the job

    def _bury(self, worker: Worker) -> None:
        with self._lock:
            if self._closing:
                return
            self._alive.remove(worker)
            orphans = list(self._in_hand[worker.number].values())
            self._in_hand[worker.number].clear()
            if not self._alive:
                orphans += self._waiting
                self._waiting.clear()
            note = f"Worker process {worker.number} {worker.how_it_ended()}"
            again = "was" if len(orphans) == 1 else "were"
            if orphans:
                note += f"; what it had in hand ({len(orphans)}) {again} trained here again"
            self._notes.append(f"{note}.")
            self._hand_out()
        lost = Lost(f"worker process {worker.number} was lost")
        if not self._answers[worker.number].done():
            self._answers[worker.number].set_exception(lost)
        for job in orphans:
            job.lane.set_exception(lost)


def lane_of(lane: Future[Lane], clock: Clock) -> Lane:
    """Wait for a lane.

    Raises:
        Lost: Its worker was.
        OutOfTime: The budget ended.
    """
    try:
        return lane.result(_patience(clock))
    except TimeoutError:
        raise OutOfTime from None


def _settle(job: Job, what: str, said: Any) -> None:
    if what == "lane":
        job.lane.set_result(said)
    else:
        job.lane.set_exception(OutOfTime() if what == "time" else Lost(said))


def _patience(clock: Clock) -> float | None:
    left = clock.left
    return None if left == float("inf") else max(left, 0.0) + _PATIENCE


def _share(cores: Sequence[int], number: int, count: int) -> Sequence[int]:
    """Return one worker's part of the cores, at least one."""
    first, last = (len(cores) * n // count for n in (number, number + 1))
    return cores[first:last] or [cores[number % len(cores)]]
