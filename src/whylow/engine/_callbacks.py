"""Keras' callbacks that steer training between epochs, served to a fused lane.

The script's own objects are copied for each lane and called as `fit` calls them, with a
stand-in for the model that holds what they read and set: the learning rate, the wish to
stop, the weights of the best epoch. A lane predicts after every epoch, so that putting the
best weights back at the end changes nothing that is kept.
"""

from __future__ import annotations

import copy
from typing import Any

from whylow.live import LiveFit

_SERVED = ("EarlyStopping", "LearningRateScheduler", "ReduceLROnPlateau")


def serves(live: LiveFit, name: str) -> bool:
    """Whether callbacks of this class name can be called between fused epochs."""
    import keras

    if name not in _SERVED:
        return False
    kind = getattr(keras.callbacks, name)
    named = [c for c in live.callbacks if type(c).__name__ == name]
    # A subclass of that name may do anything; a schedule leaves no rate to set.
    fixed = isinstance(live.optimizer._learning_rate, keras.Variable)
    return (
        bool(named)
        and all(type(c) is kind for c in named)
        and (fixed or name == "EarlyStopping")
    )


def served_copies(live: LiveFit) -> list[Any]:
    """Return copies of the callbacks that can be served, without the model they hold."""
    copies = [copy.copy(c) for c in live.callbacks if type(c).__name__ in _SERVED]
    for callback in copies:
        callback.set_model(None)
    return copies


class _Optimizer:
    """Stands in for the optimizer: all that callbacks read and set is its rate."""

    def __init__(self, learning_rate: float) -> None:
        self.learning_rate: Any = learning_rate


class _Model:
    """Stands in for the model that is trained."""

    def __init__(self, model: Any, learning_rate: float) -> None:
        self.metrics = model.metrics  # by which a callback knows which way is better
        self.optimizer = _Optimizer(learning_rate)
        self.stop_training = False

    def get_weights(self) -> list[Any]:
        """Return nothing: predictions of every epoch are kept, weights are not."""
        return []

    def set_weights(self, weights: list[Any]) -> None:
        """Take back what `get_weights` gave."""


class Served:
    """The callbacks of one lane.

    Args:
        live: The fit.
        learning_rate: What the lane starts with.
    """

    def __init__(self, live: LiveFit, learning_rate: float) -> None:
        self._model = _Model(live.model, learning_rate)
        self._callbacks = served_copies(live)
        for callback in self._callbacks:
            callback.set_model(self._model)
            callback.set_params({"epochs": None, "verbose": 0})
            callback.verbose = 0
            callback.on_train_begin()

    def __bool__(self) -> bool:
        return bool(self._callbacks)

    def before(self, epoch: int) -> float:
        """Return the learning rate to train an epoch with."""
        for callback in self._callbacks:
            callback.on_epoch_begin(epoch, {})
        return float(self._model.optimizer.learning_rate)

    def after(self, epoch: int, logs: dict[str, float]) -> bool:
        """Show the logs of an epoch, which may be added to; return whether to go on."""
        for callback in self._callbacks:
            callback.on_epoch_end(epoch, logs)
        return not self._model.stop_training
