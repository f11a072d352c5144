"""Two optimizers in one compiled program: a number of their state says which one steps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

# Whose steps follow each weight's own scale, as Adam's do.
_OF_ADAM = frozenset({"Adam", "AdamW", "Adamax", "Nadam", "Lamb", "Adafactor", "RMSprop"})


class Either:
    """Steps with a model's own optimizer, or with Adam as Keras makes it.

    Its state is that of both, and a number behind them that is 1 where Adam steps.

    Args:
        own: The model's optimizer, built.
        weights: The model's trainable variables.
    """

    def __init__(self, own: Any, weights: list[Any]) -> None:
        import keras

        self._own, self._adam = own, keras.optimizers.Adam()
        self._adam.build(weights)
        self.variables = list(own.variables)  # what `train_step` may look up

    def beside(self, own: list[np.ndarray]) -> list[np.ndarray]:
        """Return the state of both, given that of the model's own, which is to step."""
        adam = [np.asarray(variable.value) for variable in self._adam.variables]
        return [*own, *adam, np.asarray(0, "int32")]

    def with_adam(self, state: list[np.ndarray]) -> list[np.ndarray]:
        """Return a state of both in which Adam is to step."""
        return [*state[:-1], np.asarray(1, "int32")]

    def scale_loss(self, loss: Any) -> Any:
        """Scale as the model's own does; Adam's steps are the same whatever the scale."""
        return self._own.scale_loss(loss)

    def stateless_apply(self, state: Any, gradients: Any, weights: Any) -> tuple[Any, Any]:
        """Take one step, as Keras' optimizers do it."""
        import jax

        count = len(self.variables)
        first, second, adam = list(state[:count]), list(state[count:-1]), state[-1]

        def with_own() -> tuple[Any, Any]:
            after, mine = self._own.stateless_apply(first, gradients, weights)
            return after, [*mine, *second]

        def with_adam() -> tuple[Any, Any]:
            after, mine = self._adam.stateless_apply(second, gradients, weights)
            return after, [*first, *mine]

        after, both = jax.lax.cond(adam > 0, with_adam, with_own)
        return after, [*both, adam]


def either(model: Any) -> Either | None:
    """Return both, or None where the model's own is of Adam's kind or scales its loss."""
    own = model.optimizer
    if type(own).__name__ in _OF_ADAM or type(own).__name__ == "LossScaleOptimizer":
        return None
    return Either(own, list(model.trainable_variables))


@contextmanager
def stepping_with(model: Any, optimizer: Any) -> Iterator[None]:
    """Have a model's `train_step` use another optimizer meanwhile."""
    own = model.optimizer
    model.optimizer = optimizer
    try:
        yield
    finally:
        model.optimizer = own
