"""One worker process, seen from the process that began it."""

from __future__ import annotations

import contextlib
import os
import pickle
import subprocess
import sys
from collections.abc import Sequence
from typing import Any


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
