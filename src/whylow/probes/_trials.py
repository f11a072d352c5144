"""Short trainings from the script's own start, with one thing changed.

All of them run through one compiled program: the learning rate is a variable of the
optimizer, which optimizer steps is a number, inputs, labels and start weights are
arguments.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from whylow import keras2
from whylow.live import LiveFit, Rows
from whylow.probes._arms import Data, arms_of
from whylow.probes._clock import Allowance, now, since
from whylow.probes._either import either, stepping_with
from whylow.probes._facts import leaves
from whylow.probes._outputs import Answers, readable, sample
from whylow.probes._skill import score
from whylow.probes._state import CannotMeasure, State
from whylow.records import ProbedLabels, Trial

_SCORED_ROWS = 384
_SECONDS_A_CALL = 0.2
_BATCH_STEPS = 60
# How many times as long the last trial may go on: seconds, where steps are cheap.
_LONGER = 20


class Trials:
    """Runs short trainings of one fit.

    Args:
        live: The fit, on JAX.
        rows: Its training rows.
        start: Where the script's training began.
        facts: Of the labels.
        loss: The loss under its full name.
        answers: Runs the model.
    """

    def __init__(
        self,
        live: LiveFit,
        rows: Rows,
        start: State,
        facts: ProbedLabels,
        loss: str | None,
        answers: Answers,
    ) -> None:
        self._live, self._rows = live, rows
        self._both = either(live.model)
        self._start = self._with_both(start)
        self._facts, self._loss, self._answers = facts, loss, answers
        self._count = len(leaves(rows.x)[0])
        self._size = min(rows.batch_size, self._count)
        self._program: Any = None
        self._data = Data(self._floats(rows.x), rows.y, rows.sample_weight)

    def compile(self) -> None:
        """Compile the program; nothing is trained."""
        self._train(self._start, self._data, self._order(1), 0, 0)

    def single_batch(self, allowance: Allowance) -> Trial:
        """Train on one batch again and again, and score it on that batch."""
        picked = np.unique(
            np.linspace(0, self._count - 1, self._size, dtype=int)
        )  # evenly spaced: sorted rows would give a batch of one class
        order = np.tile(np.resize(picked, self._size), _BATCH_STEPS)
        state, steps = self._steps(self._start, self._data, order, _BATCH_STEPS, allowance)
        return self._trial("one batch", None, state, steps, self._data, picked)

    def run(self, end: State, steps: int, allowance: Allowance) -> tuple[Trial, ...]:
        """Run the arms that apply, all for equally many steps.

        Args:
            end: Where the script's training ended.
            steps: Steps that the script took.
            allowance: How long all of them may take.
        """
        arms = arms_of(
            self._live,
            self._both,
            start=self._start,
            end=self._with_both(end),
            data=self._data,
            facts=self._facts,
        )
        share = allowance.left / (len(arms) + 1)
        order = self._order(steps)
        found: list[Trial] = []
        for change, factor, state, data in arms:
            if found and allowance.left < share / 2:
                break
            # The first one tells how many steps the others are to take.
            own = Allowance(share if not found else 2 * share)
            wanted = steps * _LONGER if change == "longer" else steps
            rows = self._order(wanted) if change == "longer" else order
            after, done = self._steps(state, data, rows, wanted, own)
            if found and done < steps:
                continue  # cut short, it compares with nothing
            steps = done if not found else steps
            found.append(self._trial(change, factor, after, done, data, None))
        return tuple(found)

    def _with_both(self, state: State) -> State:
        if self._both is None:
            return state
        return replace(state, optimizer=self._both.beside(state.optimizer))

    # Steps ----------------------------------------------------------------------------

    def _order(self, steps: int) -> np.ndarray:
        generator = np.random.default_rng(0)
        needed = steps * self._size
        epochs = -(-needed // self._count)
        rows = [generator.permutation(self._count) for _ in range(max(epochs, 1))]
        return np.resize(np.concatenate(rows), max(needed, self._size)).astype("int32")

    def _steps(
        self, start: State, data: Data, order: np.ndarray, steps: int, allowance: Allowance
    ) -> tuple[Any, int]:
        state: Any = (start.trainable, start.frozen, start.optimizer)
        done, chunk = 0, 2
        while done < steps and allowance.left > 0:
            until = min(steps, done + chunk)
            began = now()
            state = self._train(state, data, order, done, until)
            pace = since(began) / (until - done)
            chunk = int(np.clip(_SECONDS_A_CALL / max(pace, 1e-6), 1, 8 * chunk))
            done = until
        if not done:
            raise CannotMeasure("no time was left for it")
        return state, done

    def _train(self, state: Any, data: Data, order: np.ndarray, a: int, b: int) -> Any:
        import jax

        model = self._live.model
        if isinstance(state, State):
            state = (state.trainable, state.frozen, state.optimizer)
        # A window of the order, so that one program serves any number of steps.
        window = np.resize(order[a * self._size :], self._window() * self._size)
        metrics = [np.array(v.value) for v in model.metrics_variables]
        args = (*state, metrics, (data.x, data.y, data.weight), window, 0)
        if self._program is None:
            optimizer = self._both or model.optimizer
            with keras2.emulated(model), stepping_with(model, optimizer):
                options: Any = {"xla_backend_optimization_level": "1"}
                jitted = jax.jit(self._many)
                self._program = jitted.lower(*args).compile(compiler_options=options)
        while a < b:
            taken = min(b - a, self._window())
            window = np.resize(order[a * self._size :], self._window() * self._size)
            state = self._program(
                *state, metrics, (data.x, data.y, data.weight), window, taken
            )
            a += taken
        return jax.block_until_ready(state)

    def _window(self) -> int:
        return max(1, min(256, 65_536 // self._size))

    def _many(
        self, trainable: Any, frozen: Any, optimizer: Any, metrics: Any,
        data: Any, order: Any, steps: Any,
    ) -> Any:  # fmt: skip
        import jax

        size = self._size

        def step(number: Any, state: Any) -> Any:
            rows = jax.lax.dynamic_slice_in_dim(order, number * size, size)
            batch = jax.tree.map(lambda part: part[rows], data)
            _, state = self._live.model.train_step(state, batch)
            return state

        state = (trainable, frozen, optimizer, metrics)
        return jax.lax.fori_loop(0, steps, step, state)[:3]

    # Scores ---------------------------------------------------------------------------

    def _trial(
        self,
        change: str,
        factor: float | None,
        state: Any,
        steps: int,
        data: Data,
        picked: np.ndarray | None,
    ) -> Trial:
        import keras

        if picked is None:
            x, y = sample(replace(self._rows, x=data.x), _SCORED_ROWS)
        else:
            x = keras.tree.map_structure(lambda leaf: leaf[picked], data.x)
            y = leaves(self._rows.y)[0][picked]
        output = self._answers(x, (state[0], state[1])).astype("float64")
        output = output * data.scale + data.shift
        skill = None
        if np.isfinite(output).all():
            values, target = readable(self._live, output, y, self._facts, self._loss)
            skill = score(target, values).skill
        return Trial(change=change, factor=factor, steps=steps, skill=skill)

    def _floats(self, x: Any) -> Any:
        """Give integers that are no token ids the type that scaling leaves them in."""
        if any(type(layer).__name__ == "Embedding" for layer in self._live.model.layers):
            return x
        import keras

        def one(leaf: np.ndarray) -> np.ndarray:
            whole = np.issubdtype(leaf.dtype, np.integer) or leaf.dtype == bool
            return leaf.astype("float32") if whole else leaf

        return keras.tree.map_structure(one, x)
