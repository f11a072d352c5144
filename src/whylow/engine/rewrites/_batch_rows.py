"""A step that reads and updates only the rows of its own batch.

A batch of 64 short texts holds a few hundred words of a vocabulary of tens of thousands.
The step runs on a table of just these rows, renumbered within the batch: Keras' own
`train_step` and optimizer do not notice. What the optimizer would have done to the other
rows is made up for when they are next read (`_catch_up`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from whylow.engine.rewrites._catch_up import CatchUp
from whylow.engine.rewrites._tables import Group, Table


def chosen_rows(
    leaves: Sequence[np.ndarray], rows: int
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Number the rows that each batch reads.

    Args:
        leaves: Row numbers, integer arrays `(S, B, …)`, S batches of B texts.
        rows: Rows of the table; number 0 always takes part.

    Returns:
        The rows of each batch in rising order, `(S, N)`, filled up with `rows`; and the
        leaves with numbers within the batch.
    """
    batches = len(leaves[0])
    flat = [leaf.reshape(batches, -1) for leaf in leaves]
    present = np.zeros((batches, rows), dtype=bool)
    present[:, 0] = True
    batch = np.arange(batches)[:, None]
    for leaf in flat:
        present[batch, leaf] = True
    place = np.cumsum(present, axis=1, dtype=np.int32) - 1
    chosen = np.full((batches, int(place[:, -1].max()) + 1), rows, dtype=np.int32)
    of_batch, row = np.nonzero(present)
    chosen[of_batch, place[of_batch, row]] = row
    numbered = [
        place[batch, leaf].reshape(whole.shape)
        for leaf, whole in zip(flat, leaves, strict=True)
    ]
    return chosen, numbered


@dataclass(frozen=True)
class BatchRows:
    """Moves the rows of a batch out of a lane's state and back.

    What a lane remembers for it: `last`, for each group the step that each row is up to
    date with, `(V,)`; `rates`, for each step what `CatchUp.rate` gave.

    Args:
        optimizer: The live optimizer.
        groups: The tables.
        catch_up: How their rows catch up.
    """

    optimizer: Any
    groups: tuple[Group, ...]
    catch_up: CatchUp

    def start(self, iterations: int, steps: int) -> dict[str, Any]:
        """Return what a lane remembers before its first step.

        Args:
            iterations: Steps that the optimizer has behind it.
            steps: Steps that the lane will take.
        """
        rates = iterations + steps + 1 if self.catch_up.memory else 0
        return {
            "last": [
                np.full(len(group.occurring), iterations, np.int32) for group in self.groups
            ],
            "rates": np.zeros(rates, np.float32),
        }

    def taken(self, state: Any, chosen: Sequence[Any]) -> Any:
        """Return the state with tables that hold the chosen rows only, up to date."""
        *parts, memory = state
        parts = [list(part) for part in parts]
        steps = self._steps(state)
        for group, rows, last in zip(self.groups, chosen, memory["last"], strict=True):
            take = _taker(rows)
            gap = (steps - take(last)).astype("float32")[:, None]
            rates = self._rates(memory["rates"], take(last), gap)
            for table in group.tables:
                part = parts[0] if table.trained else parts[1]
                values = take(part[table.index])
                slots = {
                    name: take(parts[2][number]) for name, number in table.slots.items()
                }
                if table.trained:
                    values, slots = self.catch_up.apply(values, slots, gap, rates)
                part[table.index] = values
                for name, number in table.slots.items():
                    parts[2][number] = slots[name]
        return tuple(parts)

    def put_back(self, state: Any, chosen: Sequence[Any], after: Any) -> Any:
        """Return the state with the chosen rows as a step left them.

        Args:
            state: The state before the step.
            chosen: The rows it took.
            after: What the step made of the state that `taken` gave.
        """
        *before, memory = state
        parts = [list(part) for part in after]
        steps = self._steps(state)
        last = list(memory["last"])
        for number, (group, rows) in enumerate(zip(self.groups, chosen, strict=True)):
            for table in group.tables:
                _put(parts, before, table, rows)
            last[number] = last[number].at[rows].set(steps + 1, mode="drop")
        rates = memory["rates"]
        if self.catch_up.memory:
            rates = rates.at[steps + 1].set(self._rate(before[2], steps))
        return (*parts, {"last": last, "rates": rates})

    def _steps(self, state: Any) -> Any:
        variables = [id(v) for v in self.optimizer.variables]
        return state[2][variables.index(id(self.optimizer.iterations))].astype("int32")

    def _rate(self, values: Any, steps: Any) -> Any:
        from keras import StatelessScope, ops

        # All but what is as large as a table, and says nothing of the learning rate.
        both = zip(self.optimizer.variables, values, strict=True)
        mapping = [(variable, value) for variable, value in both if not value.ndim]
        with StatelessScope(state_mapping=mapping):
            learning_rate = ops.convert_to_tensor(self.optimizer.learning_rate)
            return self.catch_up.rate(learning_rate, steps).astype("float32")

    def _rates(self, rates: Any, last: Any, gap: Any) -> Any:
        """Return what was remembered of the steps after `last`, zero beyond the gap."""
        import jax.numpy as jnp

        if not self.catch_up.memory:
            return None
        later = jnp.arange(1, self.catch_up.memory + 1)
        known = jnp.take(rates, last[:, None] + later, mode="clip")
        return jnp.where(later <= gap, known, 0.0)


def _taker(rows: Any) -> Any:
    import jax.numpy as jnp

    return lambda part: jnp.take(part, rows, axis=0, mode="clip")


def _put(parts: list[Any], before: Any, table: Table, rows: Any) -> None:
    part = 0 if table.trained else 1
    if not table.trained:  # read, never changed
        parts[part][table.index] = before[part][table.index]
        return
    for place, number in ((part, table.index), *((2, n) for n in table.slots.values())):
        whole = before[place][number]
        parts[place][number] = whole.at[rows].set(
            parts[place][number], mode="drop", indices_are_sorted=True
        )
