"""Small things of Keras 2 that Keras 3 has dropped, put back while a script runs.

Each function mends one module right after its import. Whatever it changes goes on the
`undo` stack, so that nothing stays behind.
"""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Callable
from functools import wraps
from importlib.machinery import PathFinder
from types import ModuleType
from typing import Any

from whylow.keras2._functions import backend_functions
from whylow.keras2._mend_training import METHODS, mend_training
from whylow.keras2._notes import Note, noting
from whylow.keras2._undo import put

Mend = Callable[[ModuleType, Note, contextlib.ExitStack], None]

_GPU_LAYERS = {"CuDNNGRU": "GRU", "CuDNNLSTM": "LSTM"}
_MODULES = {
    "keras.preprocessing": {"text": "keras._tf_keras.keras.preprocessing.text"},
    "keras.utils": {"np_utils": "keras.utils"},
}
_OPTIMIZERS = "Arguments of optimizers in Keras 2 were read: {}."


def mend_core(source: ModuleType, note: Note, undo: contextlib.ExitStack) -> None:
    """Mend optimizers and models, once `keras.src` is there."""
    from keras.src.layers.core.input_layer import InputLayer
    from keras.src.models.model import Model
    from keras.src.optimizers.base_optimizer import BaseOptimizer
    from keras.src.utils import module_utils

    put(BaseOptimizer, "build", _with_default_epsilon(BaseOptimizer.build), undo)
    put(BaseOptimizer, "__init__", _with_old_arguments(BaseOptimizer.__init__, note), undo)
    put(BaseOptimizer, "lr", _LR, undo)
    for name, method in _old_methods(note).items():
        put(Model, name, method, undo)
    # `model.layers[0].input` was the input of the model.
    put(InputLayer, "input", property(lambda self: self.output), undo)
    mend_training(note, undo)
    if PathFinder.find_spec("tensorflow") is None:
        # Or else Keras takes the stand-in for TensorFlow and asks it for its types.
        put(module_utils.tensorflow, "_available", False, undo)
        put(module_utils.tensorflow, "module", None, undo)


def mend_backend(module: ModuleType, note: Note, undo: contextlib.ExitStack) -> None:
    """Give `keras.backend` the functions of Keras 2, on whatever backend Keras runs."""
    sentence = "Functions of Keras 2's backend (`K.…`) were those of `keras.ops`."
    for name, function in backend_functions().items():
        put(module, name, noting(function, note, sentence), undo)
    put(module, "function", noting(_function, note, sentence), undo)
    for name in ("set_session", "manual_variable_initialization"):
        put(module, name, _ignored(name, note), undo)


def mend_layers(module: ModuleType, note: Note, undo: contextlib.ExitStack) -> None:
    """Give `keras.layers` the layers that ran on a GPU only, as the same layer for all."""

    def look_up(name: str) -> Any:
        if name not in _GPU_LAYERS:
            raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")
        note("Layers for a GPU were those for all: {}.", f"`{name}`")
        return getattr(module, _GPU_LAYERS[name])

    put(module, "__getattr__", look_up, undo)


def mend_old_modules(module: ModuleType, note: Note, undo: contextlib.ExitStack) -> None:
    """Let `keras.preprocessing.text` and `keras.utils.np_utils` be found as attributes."""
    moved = _MODULES[module.__name__]

    def look_up(name: str) -> Any:
        if name not in moved:
            raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")
        return importlib.import_module(f"{module.__name__}.{name}")

    put(module, "__getattr__", look_up, undo)


# Modules to mend, in the names under which Keras imports them.
MENDS: dict[str, Mend] = {
    "keras.src": mend_core,
    "keras.backend": mend_backend,
    "keras._tf_keras.keras.backend": mend_backend,
    "keras.layers": mend_layers,
    "keras._tf_keras.keras.layers": mend_layers,
    "keras.preprocessing": mend_old_modules,
    "keras.utils": mend_old_modules,
}


def _with_old_arguments(init: Callable[..., None], note: Note) -> Callable[..., None]:
    """Let optimizers take `lr` and `decay`, which Keras 3 refuses and ignores."""

    @wraps(init)
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807
        from keras.optimizers.schedules import InverseTimeDecay

        if "lr" in kwargs:
            kwargs["learning_rate"] = kwargs.pop("lr")
            note(_OPTIMIZERS, "`lr` as `learning_rate`")
        decay = kwargs.pop("decay", None)
        if decay:
            # Keras 2: rate / (1 + decay * steps), at every step.
            rate = kwargs["learning_rate"]
            kwargs["learning_rate"] = InverseTimeDecay(rate, 1, decay)
            note(_OPTIMIZERS, "`decay` as the schedule `InverseTimeDecay`")
        init(self, *args, **kwargs)

    return __init__


def _with_default_epsilon(build: Callable[..., None]) -> Callable[..., None]:
    """Let `epsilon=None` be the default, as in Keras 2."""

    @wraps(build)
    def build_(self: Any, variables: Any) -> None:
        import keras

        if getattr(self, "epsilon", 0) is None:
            self.epsilon = keras.config.epsilon()
        build(self, variables)

    return build_


_LR = property(
    lambda self: self.learning_rate,
    lambda self, rate: setattr(self, "learning_rate", rate),
    doc="Keras 2's short name of `learning_rate`.",
)


def _old_methods(note: Note) -> dict[str, Callable[..., Any]]:
    """Methods of models that Keras 2 had."""

    def predict_classes(self: Any, x: Any, **kwargs: Any) -> Any:
        answer = self.predict(x, **kwargs)
        if answer.shape[-1] > 1:
            return answer.argmax(axis=-1)
        return (answer > 0.5).astype("int32")

    def predict_proba(self: Any, x: Any, **kwargs: Any) -> Any:
        return self.predict(x, **kwargs)

    def fit_generator(self: Any, generator: Any, *args: Any, **kwargs: Any) -> Any:
        if args:  # fit_generator(generator, steps_per_epoch, epochs, verbose, callbacks)
            order = ("steps_per_epoch", "epochs", "verbose", "callbacks", "validation_data")
            kwargs.update(zip(order, args, strict=False))
        return self.fit(generator, **kwargs)

    def evaluate_generator(
        self: Any, generator: Any, steps: Any = None, **kwargs: Any
    ) -> Any:
        return self.evaluate(generator, steps=steps, **kwargs)

    def predict_generator(
        self: Any, generator: Any, steps: Any = None, **kwargs: Any
    ) -> Any:
        return self.predict(generator, steps=steps, **kwargs)

    methods = (
        predict_classes, predict_proba,
        fit_generator, evaluate_generator, predict_generator,
    )  # fmt: skip
    return {
        method.__name__: noting(method, note, METHODS, f"`{method.__name__}`")
        for method in methods
    }


def _function(inputs: Any, outputs: Any, updates: Any = None, **_: Any) -> Any:
    """Stand in for `K.function`: from a list of arrays to a list of arrays."""
    import keras
    import numpy as np

    model = keras.Model(inputs, outputs)

    def call(arrays: Any) -> Any:
        answer = model(arrays)
        return [np.asarray(part) for part in keras.tree.flatten(answer)]

    return call


def _ignored(name: str, note: Note) -> Callable[..., None]:
    def ignored(*_: Any, **__: Any) -> None:
        note(f"`K.{name}` was left out: Keras 3 has no sessions.")

    return ignored
