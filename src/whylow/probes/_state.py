"""Where the script itself started and where it ended, weight by weight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from whylow.live import Drawn, LiveFit


class CannotMeasure(Exception):  # noqa: N818  an outcome of a probe, not a mistake
    """A probe cannot measure this fit; the message says why."""


@dataclass(frozen=True)
class State:
    """Values of a model's variables, in Keras' own order."""

    trainable: list[np.ndarray]
    frozen: list[np.ndarray]
    optimizer: list[np.ndarray]


def end_of(live: LiveFit) -> State:
    """Return the weights as the script left them."""
    return State(*([_value(v) for v in part] for part in _parts(live)))


def start_of(live: LiveFit) -> State:
    """Return the weights that the script itself drew, the same numbers again.

    An initializer repeats what it drew when it is called again unchanged; a replay seeds
    it anew, a probe does not.

    Raises:
        CannotMeasure: Where a weight started was not recorded.
    """
    return State(*([_start(live, v) for v in part] for part in _parts(live)))


def _parts(live: LiveFit) -> tuple[list[Any], list[Any], list[Any]]:
    model = live.model
    optimizer = list(getattr(live.optimizer, "variables", ()))
    return model.trainable_variables, model.non_trainable_variables, optimizer


def _start(live: LiveFit, variable: Any) -> np.ndarray:
    how = live.start.get(id(variable))
    if how is None:
        raise CannotMeasure(f"where `{variable.path}` started was not recorded")
    if not isinstance(how, Drawn):
        return np.asarray(how.value)
    from keras import ops

    drawn = how.initializer(tuple(how.shape), dtype=how.dtype)
    return np.asarray(ops.convert_to_numpy(drawn)).reshape(how.shape)


def _value(variable: Any) -> np.ndarray:
    from keras import ops

    return np.array(ops.convert_to_numpy(variable))


def jax_only(live: LiveFit) -> None:
    """Refuse what only JAX's pure functions can measure.

    Raises:
        CannotMeasure: Another backend, or a model that runs eagerly.
    """
    import keras

    if keras.backend.backend() != "jax":
        raise CannotMeasure(f"it is measured on JAX alone, not {keras.backend.backend()}")
    if live.model.run_eagerly:
        raise CannotMeasure("the model runs eagerly")
    if live.training is None:
        raise CannotMeasure("the training rows could not be held")
    if live.training.y is None:
        raise CannotMeasure("there are no labels")
