"""The held-out texts of a fit: what a lane says of them after each epoch."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import Any

import numpy as np

from whylow.engine._batches import (
    Batches,
    as_jax_has_them,
    batches_of,
    blocks_of,
    leaves_of,
)
from whylow.engine._clock import Clock
from whylow.engine._programs import Programs
from whylow.engine._steps import Steps
from whylow.engine.rewrites import Plan
from whylow.engine.rewrites._tables import renumbered
from whylow.live import Rows, first_rows

# Rows predicted at once: a block that stays in a core's cache takes half the time of one
# of 512 (`benchmarks/lanes.py --predicted-rows`).
_PREDICTED_ROWS = 64


class HeldOutRows:
    """Predicts and evaluates the held-out rows with the weights of a lane.

    Args:
        validation: The rows.
        seen: How many of them, the first, `fit` evaluates after an epoch; the others are
            predicted alone.
        batch_size: Rows a batch when they are evaluated, as `fit` takes them.
        plan: How the fit is trained.
        steps: The functions to compile.
        programs: Where they are compiled.
    """

    def __init__(
        self,
        validation: Rows,
        seen: int,
        batch_size: int,
        plan: Plan,
        steps: Steps,
        programs: Programs,
    ) -> None:
        self._batch_size = batch_size
        self._steps = steps
        self._programs = programs
        x = renumbered(validation.x, plan.groups)
        self._seen = seen
        first = first_rows(replace(validation, x=x), seen)
        parts = (first.x, first.y, first.sample_weight)
        labelled = tuple(part for part in parts if part is not None)
        self._rows = len(leaves_of(x)[0])
        self._labelled = Batches(as_jax_has_them(labelled), plan)
        self._blocks = self._ready_blocks(as_jax_has_them((x,)), plan)

    def predicted(self, state: Any, clock: Clock) -> tuple[np.ndarray, np.ndarray | None]:
        """Return probabilities and the share of positive steps, as a `Lane` has them."""
        weights = (*state[:3], [], state[4])
        parts = []
        for rows, block in self._blocks:
            bucket = int(block[2])
            program = self._programs.get(
                ("predict", bucket),
                functools.partial(self._steps.predicted, bucket=bucket),
                weights,
                block,
                clock=clock,
            )
            parts.append((rows, program(weights, block)))
            clock.check()
        probabilities = self._assembled([(rows, part[0]) for rows, part in parts])
        if parts[0][1][1] is None:
            return probabilities, None
        return probabilities, self._assembled([(rows, part[1]) for rows, part in parts])

    def evaluated(self, state: Any, metrics: Any, clock: Clock) -> Any:
        """Return the state of the metrics after the rows that `fit` sees."""
        import jax

        batches, rest = batches_of(np.arange(self._seen), self._batch_size)
        for rows in (*batches, *([rest] if len(rest) else ())):
            chunk = self._labelled.chunk(rows[None], 1)
            arrays = jax.tree.map(lambda part: part[0], chunk.arrays)
            before = (*state[:3], metrics, state[4])
            program = self._programs.get(
                ("evaluate", len(rows), chunk.key),
                self._steps.evaluated,
                before,
                arrays,
                clock=clock,
            )
            metrics = program(before, arrays)
            clock.check()
        return metrics

    def _ready_blocks(self, held_out: Any, plan: Plan) -> list[tuple[np.ndarray, Any]]:
        """Return the rows in blocks of one size: their places, and the arrays.

        Where batches are cut to their longest text, blocks hold texts of like length.
        """
        import jax

        place = np.arange(self._rows)
        if plan.lengths is not None:
            lengths = plan.lengths.of(leaves_of(held_out)[plan.lengths.leaf])
            place = np.argsort(lengths, kind="stable")
        order = place[blocks_of(self._rows, _PREDICTED_ROWS)]
        chunk = Batches(held_out, plan).chunk(order, len(order))
        split = [
            jax.tree.map(lambda part, n=n: part[n], chunk.arrays) for n in range(len(order))
        ]
        return list(zip(order, split, strict=True))

    def _assembled(self, parts: list[tuple[np.ndarray, Any]]) -> np.ndarray:
        whole = np.empty((self._rows, *parts[0][1].shape[1:]), dtype="float32")
        for places, part in parts:
            whole[places] = np.asarray(part)
        return whole
