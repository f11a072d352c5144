"""The state of a lane: where it starts, how large it is, and the learning rate in it.

A state is a tuple: trainable variables, the others, the optimizer's, the metrics', and what
the rewrites remember.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from whylow.engine._seeds import draw_start
from whylow.engine.rewrites import Plan
from whylow.engine.rewrites._tables import kept_rows
from whylow.live import LiveFit


class States:
    """Makes and reads the states of lanes of one fit.

    Args:
        live: The fit; its model and optimizer are read, never changed.
        plan: How it is trained.
        rows: How many rows an epoch has.
    """

    def __init__(self, live: LiveFit, plan: Plan, rows: int) -> None:
        self._live, self._plan = live, plan
        training, _, settings = live.to_replay()
        steps_an_epoch = -(-rows // training.batch_size)
        self._steps = settings.epochs * steps_an_epoch

    @property
    def bytes(self) -> int:
        """What a state takes, twice, as when it is drawn."""
        kept = kept_rows(self._plan.groups)
        variables = [*self._live.model.variables, *self._live.optimizer.variables]
        sizes = [
            4 * np.prod(v.shape) * (len(kept[id(v)]) / v.shape[0] if id(v) in kept else 1)
            for v in variables
        ]
        whole = max((4 * np.prod(v.shape) for v in variables), default=0)
        return int(2 * sum(sizes) + 3 * whole) + 2**20

    def drawn(self, seed: int) -> Any:
        """Return the state before a lane's first step."""
        import jax
        import jax.numpy as jnp

        live, plan = self._live, self._plan
        parts = (
            live.model.trainable_variables,
            live.model.non_trainable_variables,
            live.optimizer.variables,
        )
        rows = kept_rows(plan.groups)
        state: list[Any] = [draw_start(part, live.start, seed, rows) for part in parts]
        memory = {}
        if plan.batch_rows is not None:
            iterations = state[2][
                _place(live.optimizer.variables, live.optimizer.iterations)
            ]
            memory = plan.batch_rows.start(int(iterations), self._steps)
        # Copies: the buffers are given away, and `start` keeps its arrays.
        drawn = tuple([jnp.array(value) for value in part] for part in state)
        metrics = self.no_metrics()
        return (*drawn, metrics, jax.tree.map(jnp.array, memory))

    def no_metrics(self) -> list[Any]:
        """Return the variables of the metrics before anything is counted."""
        import jax.numpy as jnp
        from keras import StatelessScope

        model = self._live.model
        with StatelessScope() as scope:  # the live metrics keep what they counted
            model.reset_metrics()
        now = [(scope.get_current_value(v), v.value) for v in model.metrics_variables]
        return [jnp.array(kept if reset is None else reset) for reset, kept in now]

    def rate_of(self, state: Any) -> float:
        """Return the learning rate; nan where a schedule gives it."""
        place = self._place_of_rate()
        return float("nan") if place is None else float(state[2][place])

    def with_rate(self, state: Any, rate: float) -> Any:
        """Return the state with another learning rate, where it is a number."""
        import jax.numpy as jnp

        place = self._place_of_rate()
        if place is None:
            return state
        optimizer = list(state[2])
        optimizer[place] = jnp.asarray(rate, optimizer[place].dtype)
        return (*state[:2], optimizer, *state[3:])

    def _place_of_rate(self) -> int | None:
        """Return the learning rate's number among the optimizer's variables, if any."""
        rate = self._live.optimizer._learning_rate
        variables = self._live.optimizer.variables
        return next((n for n, v in enumerate(variables) if v is rate), None)


def _place(variables: Any, variable: Any) -> int:
    return [id(v) for v in variables].index(id(variable))
