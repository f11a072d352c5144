"""The time that measuring may take."""

from __future__ import annotations

import time


def now() -> tuple[float, float]:
    """Return the time on the wall and the time that the processors gave this process."""
    return time.monotonic(), time.process_time()


def since(then: tuple[float, float]) -> float:
    """Return the seconds since then, the smaller of wall and processors.

    Where others use the machine too, what is measured must not depend on them.
    """
    wall, processors = now()
    return min(wall - then[0], processors - then[1])


class Allowance:
    """Counts an allowance of seconds down.

    Args:
        seconds: How long it lasts.
    """

    def __init__(self, seconds: float) -> None:
        self._began = now()
        self._seconds = seconds

    @property
    def left(self) -> float:
        """Seconds that are left, below zero when it is over."""
        return self._seconds - since(self._began)

    def part(self, share: float) -> Allowance:
        """Return an allowance of a share of what is left."""
        return Allowance(max(share * self.left, 0.0))
