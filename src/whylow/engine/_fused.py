"""Lanes of the live model's own `train_step`, steps fused into one compiled program.

The JAX trainer's `train_step` is a pure function of (state, batch): loss, metrics,
regularizers, clipping, dropout and custom steps come with it. A lane is that function
under a compiled loop over the steps, the state donated from call to call. Between calls
there is room to look at the clock. What makes a step cheaper without changing its numbers
stands in `rewrites`.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Collection
from typing import Any

import numpy as np

from whylow.engine._batches import (
    Batches,
    Chunk,
    as_jax_has_them,
    batches_of,
    leaves_of,
)
from whylow.engine._callbacks import Served
from whylow.engine._clock import Clock
from whylow.engine._held_out import HeldOutRows
from whylow.engine._programs import Programs
from whylow.engine._readout import readout_of
from whylow.engine._seeds import epoch_order
from whylow.engine._states import States
from whylow.engine._steps import Steps
from whylow.engine.rewrites import plan_for
from whylow.engine.rewrites._tables import renumbered
from whylow.lanes import Lane
from whylow.live import LiveFit, count_rows

# What a call aims at: long enough to cost nothing, short enough to be stopped.
_SECONDS_A_CALL = 0.5
# Batches made ready at once.
_STEPS_A_CHUNK = 64


class FusedRunner:
    """Trains one fit again and again through one compiled program.

    Lanes of one runner may run at the same time, each in a thread of its own.

    Args:
        live: The fit; its model and optimizer are read, never changed.
        classes: Number of classes of the held-out labels.
        without: Names of rewrites to leave out.
    """

    def __init__(self, live: LiveFit, classes: int, without: Collection[str] = ()) -> None:
        training, validation, self._settings = live.to_replay()
        self._live = live
        self._training = training
        self.plan = plan_for(live, without)
        self._steps = Steps(live, self.plan, readout_of(live, classes))
        self._programs = Programs()
        x = renumbered(training.x, self.plan.groups)
        parts = (x, training.y, training.sample_weight)
        data = tuple(part for part in parts if part is not None)
        self._rows = len(leaves_of(x)[0])
        self._batches = Batches(as_jax_has_them(data), self.plan)
        self._states = States(live, self.plan, self._rows)
        self._steps_a_call = 4
        self._held_out = HeldOutRows(
            validation,
            count_rows(validation) - live.tested,
            training.batch_size,
            self.plan,
            self._steps,
            self._programs,
        )

    @property
    def lane_bytes(self) -> int:
        """What a lane takes of memory, about.

        What its programs take while they run is known once they are compiled.
        """
        return self._states.bytes + self._programs.scratch_bytes

    def prepare(self, seed: int, clock: Clock) -> None:
        """Compile the step of this lane's first batches, before lanes begin side by side.

        Raises:
            OutOfTime: There is no time left to compile it.
        """
        state = self._states.drawn(seed)
        batches, _ = batches_of(self._order(seed, 0), self._training.batch_size)
        if len(batches):
            part = batches[:_STEPS_A_CHUNK]
            self._step_program(state, self._batches.chunk(part, len(part)), clock)

    def digest(self) -> str:
        """Return what tells whether another process would train the same numbers.

        It is that of the program of a step, letter by letter, of a start and of a batch.
        """
        import jax

        state = self._states.drawn(0)
        order = np.arange(self._rows, dtype=np.int32)[: self._training.batch_size]
        chunk = self._batches.chunk(order[None], 1)
        lowered = self._programs.lowered(self._steps.many, state, chunk.arrays, 0, 0)
        found = hashlib.blake2b(lowered.as_text().encode(), digest_size=16)
        for part in jax.tree.leaves((state, chunk.arrays)):
            found.update(np.asarray(part).tobytes())
        return found.hexdigest()

    def run(self, pair: int, seed: int, clock: Clock, *, epochs: int | None = None) -> Lane:
        """Train one lane; only its first `epochs`, where they are given.

        Raises:
            OutOfTime: The clock ran out before the last epoch ended.
        """
        began = time.perf_counter()
        state = self._states.drawn(seed)
        callbacks = Served(self._live, self._states.rate_of(state))
        history: dict[str, list[float]] = {}
        predicted: list[tuple[np.ndarray, np.ndarray | None]] = []
        failed = None
        for epoch in range(epochs or self._settings.epochs):
            order = self._order(seed, epoch)
            if callbacks:
                state = self._states.with_rate(state, callbacks.before(epoch))
            state, logs = self._epoch(state, order, clock)
            loss = logs["loss"]
            if callbacks and np.isfinite(loss):
                logs |= self._evaluate(state, clock)
            go_on = callbacks.after(epoch, logs)
            for name, value in logs.items():
                history.setdefault(name, []).append(value)
            if not np.isfinite(loss):
                failed = f"the loss is {loss} in epoch {epoch + 1}"
                break
            predicted.append(self._held_out.predicted(state, clock))
            if not go_on:
                break
        steps = [positive for _, positive in predicted if positive is not None]
        return Lane(
            pair=pair,
            seed=seed,
            history=history,
            probabilities=np.array([probabilities for probabilities, _ in predicted]),
            steps_positive=np.array(steps) if steps else None,
            failed=failed,
            seconds=time.perf_counter() - began,
        )

    def _epoch(
        self, state: Any, order: np.ndarray, clock: Clock
    ) -> tuple[Any, dict[str, float]]:
        state = (*state[:3], self._states.no_metrics(), state[4])
        batches, rest = batches_of(order, self._training.batch_size)
        for first in range(0, len(batches), _STEPS_A_CHUNK):
            part = batches[first : first + _STEPS_A_CHUNK]
            capacity = min(_STEPS_A_CHUNK, len(batches))
            chunk = self._batches.chunk(part, capacity)
            state = self._train(state, chunk, len(part), clock)
        if len(rest):
            state = self._train(state, self._batches.chunk(rest[None], 1), 1, clock)
        return state, self._logs(state[3], clock)

    def _logs(self, metrics: Any, clock: Clock) -> dict[str, float]:
        program = self._programs.get("logs", self._steps.logs, metrics, clock=clock)
        return {name: float(np.mean(v)) for name, v in program(metrics).items()}

    def _evaluate(self, state: Any, clock: Clock) -> dict[str, float]:
        """Return what `fit` says of the held-out rows after an epoch, `val_` before it."""
        metrics = self._held_out.evaluated(state, self._states.no_metrics(), clock)
        logs = self._logs(metrics, clock)
        return {f"val_{name}": value for name, value in logs.items()}

    def _order(self, seed: int, epoch: int) -> np.ndarray:
        return epoch_order(
            self._rows,
            self._training.batch_size,
            shuffle=self._settings.shuffle,
            whole_batches=self._training.whole_batches,
            seed=seed,
            epoch=epoch,
        )

    def _step_program(self, state: Any, chunk: Chunk, clock: Clock) -> Any:
        shape = chunk.bucket.shape, leaves_of(chunk.data)[0].shape
        return self._programs.get(
            ("steps", shape, chunk.key),
            self._steps.many,
            state,
            chunk.arrays,
            0,
            0,
            clock=clock,
            donated=(0,),
        )

    def _train(self, state: Any, chunk: Chunk, steps: int, clock: Clock) -> Any:
        import jax

        program = self._step_program(state, chunk, clock)
        arrays = jax.device_put(chunk.arrays)
        done = 0
        while done < steps:
            until = min(steps, done + self._steps_a_call)
            began = time.perf_counter()
            state = jax.block_until_ready(program(state, arrays, done, until))
            self._pace(until - done, time.perf_counter() - began)
            done = until
            clock.check()
        return state

    def _pace(self, steps: int, seconds: float) -> None:
        per_step = max(seconds / steps, 1e-6)
        self._steps_a_call = int(
            np.clip(_SECONDS_A_CALL / per_step, 1, 4 * self._steps_a_call)
        )
