"""Lanes of the live model's own `train_step`, steps fused into one compiled program.

The JAX trainer's `train_step` is a pure function of (state, batch): loss, metrics,
regularizers, clipping, dropout and custom steps come with it. A lane is that function
under a compiled loop over the steps, the state donated from call to call; lanes follow
one another through the same program (on a CPU mapped lanes are no faster than that, and
between calls there is room to look at the clock).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from whylow import keras2
from whylow.engine._clock import Clock
from whylow.engine._readout import readout_of
from whylow.engine._seeds import draw_start, epoch_order
from whylow.lanes import Lane
from whylow.live import LiveFit

# Steps a call aims at: long enough to cost nothing, short enough to be stopped.
_SECONDS_A_CALL = 0.5
# Rows predicted at once: a block that stays in a core's cache takes half the time of one
# of 512 (`benchmarks/lanes.py --predicted-rows`).
_PREDICTED_ROWS = 64
# Callbacks that watch and do not steer: a replay does without them.
_ONLY_WATCH = frozenset(
    "History ProgbarLogger TensorBoard CSVLogger ModelCheckpoint RemoteMonitor".split()
)


def why_not_fused(live: LiveFit) -> str | None:
    """Say why a fit cannot be fused and goes through `model.fit`, or `None` if it can."""
    import keras

    settings = live.fit.settings
    steering = [c for c in (settings.callbacks if settings else ()) if c not in _ONLY_WATCH]
    if keras.backend.backend() != "jax":
        return f"the backend is {keras.backend.backend()}"
    if live.model.run_eagerly:
        return "it runs eagerly"
    if steering:
        return f"callbacks steer it ({', '.join(steering)})"
    if getattr(live.optimizer, "use_ema", False):
        return "its optimizer averages the weights"
    return None


class FusedRunner:
    """Trains one fit again and again through one compiled program.

    Args:
        live: The fit; its model and optimizer are read, never changed.
        classes: Number of classes of the held-out labels.
    """

    def __init__(self, live: LiveFit, classes: int) -> None:
        import jax
        import jax.numpy as jnp

        training, validation, self._settings = live.to_replay()
        self._live = live
        self._readout = readout_of(live, classes)
        self._training = training
        parts = (training.x, training.y, training.sample_weight)
        data = tuple(part for part in parts if part is not None)
        self._data = jax.tree.map(jnp.asarray, data)
        self._rows = len(jax.tree.leaves(data)[0])
        self._held_out = jax.tree.map(jnp.asarray, validation.x)
        self._held_out_rows = len(jax.tree.leaves(validation.x)[0])
        self._programs: dict[str, Any] = {}
        self._steps_a_call = 4

    def run(self, pair: int, seed: int, clock: Clock, *, epochs: int | None = None) -> Lane:
        """Train one lane; only its first `epochs`, where they are given.

        Raises:
            OutOfTime: The clock ran out before the last epoch ended.
        """
        state = self._start(seed)
        history: dict[str, list[float]] = {}
        predicted: list[tuple[np.ndarray, np.ndarray | None]] = []
        failed = None
        for epoch in range(epochs or self._settings.epochs):
            order = epoch_order(
                self._rows,
                self._training.batch_size,
                shuffle=self._settings.shuffle,
                whole_batches=self._training.whole_batches,
                seed=seed,
                epoch=epoch,
            )
            state, logs = self._epoch(state, order, clock)
            for name, value in logs.items():
                history.setdefault(name, []).append(value)
            if not np.isfinite(logs["loss"]):
                failed = f"the loss is {logs['loss']} in epoch {epoch + 1}"
                break
            predicted.append(self._predict(state, clock))
        steps = [positive for _, positive in predicted if positive is not None]
        return Lane(
            pair=pair,
            seed=seed,
            history=history,
            probabilities=np.array([probabilities for probabilities, _ in predicted]),
            steps_positive=np.array(steps) if steps else None,
            failed=failed,
        )

    def _start(self, seed: int) -> Any:
        import jax.numpy as jnp

        model, start = self._live.model, self._live.start
        model.reset_metrics()
        parts = (model.trainable_variables, model.non_trainable_variables)
        drawn = [draw_start(part, start, seed) for part in parts]
        optimizer = draw_start(self._live.optimizer.variables, start, seed)
        return tuple([jnp.array(v) for v in part] for part in (*drawn, optimizer))

    def _epoch(
        self, state: Any, order: np.ndarray, clock: Clock
    ) -> tuple[Any, dict[str, float]]:
        import jax
        import jax.numpy as jnp

        size = self._training.batch_size
        full, rest = divmod(self._rows, size)
        rows = jnp.asarray(order)
        metrics = [
            jnp.array(variable.value) for variable in self._live.model.metrics_variables
        ]
        state = (*state[:3], metrics)
        done = 0
        while done < full:
            until = min(full, done + self._steps_a_call)
            program = self._program(
                "steps", self._many_steps, state, self._data, rows, 0, 0, clock=clock
            )
            began = time.perf_counter()
            state = jax.block_until_ready(program(state, self._data, rows, done, until))
            self._pace(until - done, time.perf_counter() - began)
            done = until
            clock.check()
        if rest:
            last = rows[full * size :]
            program = self._program(
                "rest", self._one_step, state, self._data, last, clock=clock
            )
            state = jax.block_until_ready(program(state, self._data, last))
        program = self._program("logs", self._logs, state[3], clock=clock)
        return state, {name: float(np.mean(v)) for name, v in program(state[3]).items()}

    def _pace(self, steps: int, seconds: float) -> None:
        per_step = max(seconds / steps, 1e-6)
        self._steps_a_call = int(
            np.clip(_SECONDS_A_CALL / per_step, 1, 4 * self._steps_a_call)
        )

    def _predict(self, state: Any, clock: Clock) -> tuple[np.ndarray, np.ndarray | None]:
        rows, size = self._held_out_rows, min(_PREDICTED_ROWS, self._held_out_rows)
        weights = state[:2]
        parts = []
        for first in range(0, rows, size):
            # The last block reaches back, so that all have one shape.
            first = min(first, rows - size)
            program = self._program(
                "predict", self._block, weights, self._held_out, 0, clock=clock
            )
            parts.append((first, program(weights, self._held_out, first)))
            clock.check()
        probabilities = _assemble([(first, part[0]) for first, part in parts], rows)
        if parts[0][1][1] is None:
            return probabilities, None
        return probabilities, _assemble([(first, part[1]) for first, part in parts], rows)

    # What is compiled -----------------------------------------------------------------

    def _one_step(self, state: Any, data: Any, rows: Any) -> Any:
        import jax
        import jax.numpy as jnp

        batch = jax.tree.map(lambda part: jnp.take(part, rows, axis=0), data)
        with keras2.emulated(self._live.model):
            _, state = self._live.model.train_step(state, batch)
        return state

    def _many_steps(self, state: Any, data: Any, order: Any, first: Any, until: Any) -> Any:
        import jax

        size = self._training.batch_size

        def step(number: Any, state: Any) -> Any:
            rows = jax.lax.dynamic_slice_in_dim(order, number * size, size)
            return self._one_step(state, data, rows)

        return jax.lax.fori_loop(first, until, step, state)

    def _logs(self, metrics: Any) -> Any:
        from keras import StatelessScope

        model = self._live.model
        with StatelessScope(
            state_mapping=list(zip(model.metrics_variables, metrics, strict=True))
        ):
            return model.get_metrics_result()

    def _block(self, weights: Any, x: Any, first: Any) -> Any:
        import jax

        size = min(_PREDICTED_ROWS, self._held_out_rows)
        block = jax.tree.map(
            lambda part: jax.lax.dynamic_slice_in_dim(part, first, size), x
        )
        kwargs = {"training": False} if self._live.model._call_has_training_arg else {}
        output, _ = self._live.model.stateless_call(*weights, block, **kwargs)
        return self._readout(output)

    def _program(
        self, name: str, function: Callable[..., Any], *args: Any, clock: Clock
    ) -> Any:
        import jax

        if name not in self._programs:
            # Level 1 halves the time to compile on a CPU, at the same speed afterwards.
            options: Any = (
                {"xla_backend_optimization_level": "1"}
                if jax.default_backend() == "cpu"
                else {}
            )
            donated = (0,) if name in ("steps", "rest") else ()
            with clock.compiling():
                jitted = jax.jit(function, donate_argnums=donated)
                self._programs[name] = jitted.lower(*args).compile(compiler_options=options)
        return self._programs[name]


def _assemble(parts: list[tuple[int, Any]], rows: int) -> np.ndarray:
    blocks = [(first, np.asarray(part)) for first, part in parts]
    whole = np.empty((rows, *blocks[0][1].shape[1:]), dtype="float32")
    for first, block in blocks:
        whole[first : first + len(block)] = block
    return whole
