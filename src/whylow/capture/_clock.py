"""The history and the time of a fit, noted by a callback of our own."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np


def clock() -> Any:
    """Return a callback that notes what each epoch logged and how long it took."""
    import keras

    class Clock(keras.callbacks.Callback):
        """Notes what each epoch logged and how long it took, also of a fit that fails."""

        def __init__(self) -> None:
            super().__init__()
            self.history: dict[str, list[float]] = {}
            self.seconds: list[float] = []

        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            self._begin = time.perf_counter()

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            self.seconds.append(time.perf_counter() - self._begin)
            for key, value in (logs or {}).items():
                self.history.setdefault(key, []).append(float(np.mean(value)))

    return Clock()


def own_callbacks(given: Any) -> Sequence[Any]:
    """Return the callbacks that were given to `fit`, in whatever form."""
    if given is None:
        return ()
    inner = getattr(given, "callbacks", given)
    return tuple(inner) if isinstance(inner, (list, tuple)) else (inner,)


def with_clock(given: Any, clock: Any) -> Any:
    """Return what was given to `fit` as callbacks, and the clock."""
    if hasattr(given, "append") and not isinstance(given, list):  # a CallbackList
        given.append(clock)
        return given
    return [*own_callbacks(given), clock]


def nullable(history: dict[str, list[float]]) -> dict[str, tuple[float | None, ...]]:
    """Return a history as the record has it: null for nan and infinity."""
    return {
        k: tuple(v if np.isfinite(v) else None for v in vs) for k, vs in history.items()
    }


def typical(seconds: Sequence[float]) -> float | None:
    """Return the median seconds of an epoch."""
    # The first epoch holds the compilation.
    later = seconds[1:] or seconds
    return float(np.median(later)) if later else None
