"""What is compiled: the live model's own training step and prediction, in loops."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from whylow.engine._readout import Readout
from whylow.engine.rewrites import Plan
from whylow.live import LiveFit


class Steps:
    """Functions of a lane's state, for `jax.jit`.

    A state is a tuple: trainable variables, the others, the optimizer's, the metrics', and
    what the rewrites remember.

    Args:
        live: The fit; its model is traced, never changed.
        plan: Its rewrites.
        readout: What turns outputs into probabilities.
    """

    def __init__(self, live: LiveFit, plan: Plan, readout: Readout) -> None:
        self._live = live
        self._plan = plan
        self._readout = readout

    def many(self, state: Any, chunk: Any, first: Any, until: Any) -> Any:
        """Train on batches `first` to `until` of a chunk."""
        import jax

        def step(number: Any, state: Any) -> Any:
            batch = jax.tree.map(
                lambda part: jax.lax.dynamic_index_in_dim(part, number, keepdims=False),
                chunk,
            )
            return self.one(state, batch)

        return jax.lax.fori_loop(first, until, step, state)

    def one(self, state: Any, batch: Any) -> Any:
        """Train on one batch."""
        import jax

        data, chosen, bucket = batch
        plan = self._plan
        if plan.batch_rows is None:
            *small, memory = state
        else:
            small, memory = plan.batch_rows.taken(state, chosen), None

        def train(small: Any, data: Any, length: int | None) -> Any:
            if length is not None and plan.lengths is not None:
                data = (plan.lengths.cut(data[0], length), *data[1:])
            with plan.tracing(self._rows(chosen)):
                return self._live.model.train_step(tuple(small), data)[1]

        if plan.lengths is None:
            after = train(small, data, None)
        else:
            branches = [
                lambda small, data, length=length: train(small, data, length)
                for length in range(len(plan.lengths.buckets))
            ]
            after = jax.lax.switch(bucket, branches, small, data)
        if plan.batch_rows is None:
            return (*after, memory)
        return plan.batch_rows.put_back(state, chosen, after)

    def evaluated(self, state: Any, batch: Any) -> Any:
        """Return the metrics with one batch of held-out rows counted in."""
        data, chosen, _ = batch
        plan = self._plan
        weights = (
            state[:2] if plan.batch_rows is None else plan.batch_rows.taken(state, chosen)
        )
        with plan.tracing(self._rows(chosen)):
            _, after = self._live.model.test_step((weights[0], weights[1], state[3]), data)
        return after[2]

    def predicted(self, state: Any, batch: Any, *, bucket: int = 0) -> Any:
        """Return the probabilities of one block of texts."""
        (x, *_), chosen, _ = batch
        plan, model = self._plan, self._live.model
        weights = (
            state[:2] if plan.batch_rows is None else plan.batch_rows.taken(state, chosen)
        )
        if plan.lengths is not None:
            x = plan.lengths.cut(x, bucket)
        kwargs = {"training": False} if model._call_has_training_arg else {}
        with plan.tracing(self._rows(chosen)):
            output, _ = model.stateless_call(weights[0], weights[1], x, **kwargs)
        return self._readout(output)

    def logs(self, metrics: Any) -> Any:
        """Return what the metrics say, by name."""
        from keras import StatelessScope

        model = self._live.model
        with StatelessScope(
            state_mapping=list(zip(model.metrics_variables, metrics, strict=True))
        ):
            return model.get_metrics_result()

    def _rows(self, chosen: Sequence[Any]) -> list[int]:
        if chosen:
            return [rows.shape[0] for rows in chosen]
        return [len(group.occurring) for group in self._plan.groups]
