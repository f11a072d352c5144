"""Lanes through plain `model.fit`, for what cannot be fused."""

from __future__ import annotations

import copy
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from whylow import keras2
from whylow.engine._clock import Clock, OutOfTime
from whylow.engine._memory import is_of_memory
from whylow.engine._readout import readout_of
from whylow.engine._seeds import draw_start
from whylow.lanes import Lane
from whylow.live import LiveFit, Rows, count_rows, first_rows


class PlainRunner:
    """Trains one fit again and again by `model.fit`, on any backend.

    Args:
        live: The fit; its model is trained in place and its weights are put back.
        classes: Number of classes of the held-out labels.
    """

    def __init__(self, live: LiveFit, classes: int) -> None:
        self._live = live
        self._readout = readout_of(live, classes)

    def run(self, pair: int, seed: int, clock: Clock, *, epochs: int | None = None) -> Lane:
        """Train one lane; only its first `epochs`, where they are given.

        Raises:
            OutOfTime: The clock ran out before training ended.
        """
        live, model = self._live, self._live.model
        training, validation, settings = live.to_replay()
        seen = first_rows(validation, count_rows(validation) - live.tested)
        watch = _watch(model, validation.x, self._readout, clock, epochs)
        failed, began = None, time.perf_counter()
        with _weights_put_back(live), _seeded(seed), keras2.emulated(model):
            variables = [*model.variables, *live.optimizer.variables]
            for variable, value in zip(
                variables, draw_start(variables, live.start, seed), strict=True
            ):
                variable.assign(value)
            try:
                model.fit(
                    training.x,
                    training.y,
                    sample_weight=training.sample_weight,
                    batch_size=training.batch_size,
                    epochs=settings.epochs,
                    shuffle="batch"
                    if settings.shuffle and training.whole_batches
                    else settings.shuffle,
                    validation_data=_validation(seen) if live.callbacks else None,
                    callbacks=[*map(copy.copy, live.callbacks), watch],
                    verbose=0,
                )
            except OutOfTime:
                raise
            except Exception as error:
                if is_of_memory(error):
                    raise
                # A lane that fails is an outcome.
                failed = f"{type(error).__name__}: {str(error).splitlines()[0]}"
        losses = watch.history.get("loss", [])
        if failed is None and not np.isfinite(losses).all():
            failed = (
                f"the loss is not finite in epoch {int(np.argmin(np.isfinite(losses))) + 1}"
            )
        return Lane(
            pair=pair,
            seed=seed,
            history=watch.history,
            probabilities=np.array([probabilities for probabilities, _ in watch.predicted]),
            steps_positive=(
                np.array([steps for _, steps in watch.predicted])
                if watch.predicted and watch.predicted[0][1] is not None
                else None
            ),
            failed=failed,
            seconds=time.perf_counter() - began,
        )


def _watch(model: Any, x: Any, readout: Any, clock: Clock, epochs: int | None) -> Any:
    import keras

    class Watch(keras.callbacks.Callback):
        def __init__(self) -> None:
            super().__init__()
            self.history: dict[str, list[float]] = {}
            self.predicted: list[tuple[np.ndarray, np.ndarray | None]] = []

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            clock.check()

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            for name, value in (logs or {}).items():
                self.history.setdefault(name, []).append(float(np.mean(value)))
            output = model.predict(x, batch_size=512, verbose=0)
            probabilities, steps = readout(keras.ops.convert_to_tensor(output))
            to_numpy: Any = keras.ops.convert_to_numpy
            self.predicted.append(
                (to_numpy(probabilities), None if steps is None else to_numpy(steps))
            )
            if epoch + 1 == epochs:
                # Not by `fit(epochs=…)`, which callbacks can see.
                model.stop_training = True

    return Watch()


def _numpy_or_none(part: Any) -> np.ndarray | None:
    return None if part is None else np.asarray(part)


def _validation(rows: Rows) -> Any:
    return (
        (rows.x, rows.y)
        if rows.sample_weight is None
        else (rows.x, rows.y, rows.sample_weight)
    )


@contextmanager
def _weights_put_back(live: LiveFit) -> Iterator[None]:
    import keras

    variables = [*live.model.variables, *live.optimizer.variables]
    before = [np.array(keras.ops.convert_to_numpy(variable)) for variable in variables]
    try:
        yield
    finally:
        for variable, value in zip(variables, before, strict=True):
            variable.assign(value)


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """Seed the generators that Keras shuffles and drops out with, then put them back."""
    import keras

    python, numpy = random.getstate(), np.random.get_state()
    keras.utils.set_random_seed(seed % 2**31)
    try:
        yield
    finally:
        random.setstate(python)
        np.random.set_state(numpy)
