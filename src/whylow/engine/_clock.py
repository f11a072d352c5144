"""The time that a study may take."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


class OutOfTime(Exception):  # noqa: N818  no error: a way to end
    """The budget does not reach for what comes next."""


class Clock:
    """Counts a budget down.

    Args:
        budget: Seconds; `None` for no end.
    """

    # What a first compilation is taken to cost, until one was seen.
    _FIRST_COMPILATION = 5.0

    def __init__(self, budget: float | None) -> None:
        self._began = time.monotonic()
        self._budget = budget
        self._longest_compilation = self._FIRST_COMPILATION

    @property
    def spent(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._began

    @property
    def left(self) -> float:
        """Seconds until the budget ends."""
        return float("inf") if self._budget is None else self._budget - self.spent

    def check(self, needed: float = 0.0) -> None:
        """Go on if `needed` seconds are left.

        Raises:
            OutOfTime: They are not.
        """
        if self.left < needed:
            raise OutOfTime

    @contextmanager
    def compiling(self) -> Iterator[None]:
        """Guard a compilation, which cannot be stopped once it runs."""
        self.check(self._longest_compilation)
        began = time.monotonic()
        yield
        self._longest_compilation = max(self._longest_compilation, time.monotonic() - began)


class StoppableClock(Clock):
    """Another clock that one thread can stop for all that look at it.

    Args:
        clock: The clock that goes on counting.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Let every further look find no time left."""
        self._stopped.set()

    @property
    def spent(self) -> float:
        """Seconds since the start."""
        return self._clock.spent

    @property
    def left(self) -> float:
        """Seconds until the budget ends, or none."""
        return 0.0 if self._stopped.is_set() else self._clock.left

    def check(self, needed: float = 0.0) -> None:
        """Go on if `needed` seconds are left and nobody stopped the clock."""
        if self._stopped.is_set():
            raise OutOfTime
        self._clock.check(needed)

    @contextmanager
    def compiling(self) -> Iterator[None]:
        """Guard a compilation, which cannot be stopped once it runs."""
        self.check()
        with self._clock.compiling():
            yield
