"""A worker process: trains lanes of the fits that it is given, until its input ends.

It speaks in pickles over its standard input and output:

    → {"fits": name → packed fit, "classes": …, "lanes": how many at a time}
    ← ("ready", name → (digest, or why it cannot train this fit))
    → (number, name, pair, seed, seconds left)
    ← ("lane", number, Lane) or ("time", number, None) or ("failed", number, why)
"""

from __future__ import annotations

import os
import pickle
import sys
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, BinaryIO

from whylow import keras2
from whylow.engine._clock import Clock, OutOfTime
from whylow.engine._fused import FusedRunner
from whylow.engine._travel import CannotTravel, unpacked
from whylow.exceptions import ReplayError

# Digest of a fit here, or `None` and why there is none.
Answer = tuple[str | None, str]


def main() -> None:
    """Serve the process that began this one."""
    # What libraries print must not come between the answers.
    channel = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    with keras2.stand_ins():
        _serve(sys.stdin.buffer, channel)
    # Lanes that still train are nobody's any more.
    os._exit(0)


def _serve(given: BinaryIO, channel: BinaryIO) -> None:
    speaking = threading.Lock()

    def say(*said: Any) -> None:
        with speaking:
            pickle.dump(said, channel, pickle.HIGHEST_PROTOCOL)
            channel.flush()

    def train(number: int, name: str, pair: int, seed: int, left: float | None) -> None:
        try:
            say("lane", number, runners[name].run(pair, seed, Clock(left)))
        except OutOfTime:
            say("time", number, None)
        except Exception as error:  # noqa: BLE001  the other process trains it again
            say("failed", number, f"{type(error).__name__}: {error}")

    try:
        first = pickle.load(given)  # noqa: S301  from the process that began this one
        runners, answers = _unpacked(first["fits"], first["classes"])
        say("ready", answers)
        pool = ThreadPoolExecutor(first["lanes"])
        while True:
            pool.submit(train, *pickle.load(given))  # noqa: S301
    except (EOFError, BrokenPipeError):
        return


def _unpacked(
    fits: Mapping[str, bytes], classes: int
) -> tuple[dict[str, FusedRunner], dict[str, Answer]]:
    runners: dict[str, FusedRunner] = {}
    answers: dict[str, Answer] = {}
    for name, contents in fits.items():
        try:
            runner = FusedRunner(unpacked(contents), classes)
            answers[name] = (runner.digest(), "")
            runners[name] = runner
        except (CannotTravel, ReplayError) as error:
            answers[name] = (None, str(error))
        except Exception as error:  # noqa: BLE001  the other process can train it
            answers[name] = (None, f"it cannot be traced there ({type(error).__name__})")
    return runners, answers
