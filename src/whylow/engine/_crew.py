"""Lanes in worker processes: one that is killed takes only the lanes in its hands along.

A worker builds the fits again (`_travel`) and trains whatever lane is next. It is no fork
of this process, which holds threads, and it never runs the script.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import pickle
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from whylow.engine._clock import Clock, OutOfTime
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


class Worker:
    """One worker process.

    Args:
        number: Which one it is, from 1.
        cores: The cores it may use.
        lanes: Lanes that it trains at a time.
    """

    def __init__(self, number: int, cores: Sequence[int], lanes: int) -> None:
        self.number = number
        self.lanes = lanes
        self.answers: Future[dict[str, tuple[str | None, str]]] = Future()
        self.in_hand: dict[int, Job] = {}
        self.lost = 0
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", _program(cores)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            start_new_session=True,  # Ctrl-C is for this process, which ends the others
        )

    @property
    def pid(self) -> int:
        """Number of the process."""
        return self._process.pid

    def say(self, said: Any) -> None:
        """Send a message.

        Raises:
            OSError: Nobody is there to read it.
        """
        assert self._process.stdin is not None  # noqa: S101  a pipe, see above
        pickle.dump(said, self._process.stdin, pickle.HIGHEST_PROTOCOL)
        self._process.stdin.flush()

    def heard(self) -> Any:
        """Wait for a message.

        Raises:
            EOFError: The process ended.
        """
        assert self._process.stdout is not None  # noqa: S101  a pipe, see above
        return pickle.load(self._process.stdout)  # noqa: S301  from our own process

    def end(self) -> None:
        """End the process, whatever it does, and wait for it."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None  # noqa: S101  a pipe, see above
            with contextlib.suppress(OSError):  # what was still to be written
                pipe.close()

    def how_it_ended(self) -> str:
        """Say how the process ended."""
        status = self._process.wait()
        if status == -9:
            return "was killed, as systems do when memory runs out"
        return f"ended with {f'signal {-status}' if status < 0 else f'status {status}'}"


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
                answers = worker.answers.result(_patience(clock))
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
            worker.answers.set_result(answers)
            while True:
                what, number, said = worker.heard()
                with self._lock:
                    job = worker.in_hand.pop(number)
                    self._hand_out()
                _settle(job, what, said)
        except (EOFError, OSError, ValueError, pickle.UnpicklingError):
            self._bury(worker)

    def _hand_out(self) -> None:
        for worker in self._alive:
            while self._waiting and len(worker.in_hand) < worker.lanes:
                job, number = self._waiting.popleft(), next(self._numbers)
                worker.in_hand[number] = job
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
            orphans = list(worker.in_hand.values())
            worker.in_hand.clear()
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
        if not worker.answers.done():
            worker.answers.set_exception(lost)
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


def _program(cores: Sequence[int]) -> str:
    """Return what the worker runs: on its cores, with this process' modules at hand."""
    path = [part for part in sys.path if isinstance(part, str)]
    return (
        f"import os, sys; sys.path[:] = {path!r}\n"
        f"if hasattr(os, 'sched_setaffinity'): os.sched_setaffinity(0, {list(cores)!r})\n"
        "from whylow.engine._worker import main; main()"
    )


def _environment() -> dict[str, str]:
    """Return the worker's environment.

    XLA splits some sums by the threads that it has. `NPROC` gives it as many as here, be
    they on fewer cores, so that a lane is the same to the last bit.
    """
    threads = os.environ.get("NPROC") or str(len(available_cores()))
    own = {"KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu", "NPROC": threads}
    return {**os.environ, **own}


def available_cores() -> list[int]:
    """Return the numbers of the cores that this process may use."""
    try:
        return sorted(os.sched_getaffinity(0))
    except AttributeError:  # not on Linux
        return list(range(os.cpu_count() or 1))
