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
from whylow.keras2._notes import Note, noting

Mend = Callable[[ModuleType, Note, contextlib.ExitStack], None]

_GPU_LAYERS = {"CuDNNGRU": "GRU", "CuDNNLSTM": "LSTM"}
_MODULES = {
    "keras.preprocessing": {"text": "keras._tf_keras.keras.preprocessing.text"},
    "keras.utils": {"np_utils": "keras.utils"},
}
# Arguments of `fit_generator` that tuned how Python fed the data.
_FEEDING = ("max_queue_size", "workers", "use_multiprocessing", "pickle_safe")


def mend_core(source: ModuleType, note: Note, undo: contextlib.ExitStack) -> None:
    """Mend optimizers and models, once `keras.src` is there."""
    from keras.src.models.model import Model
    from keras.src.optimizers.base_optimizer import BaseOptimizer
    from keras.src.utils import module_utils

    _put(BaseOptimizer, "__init__", _with_old_arguments(BaseOptimizer.__init__, note), undo)
    _put(BaseOptimizer, "lr", _LR, undo)
    for name, method in _old_methods(note).items():
        _put(Model, name, method, undo)
    if PathFinder.find_spec("tensorflow") is None:
        # Or else Keras takes the stand-in for TensorFlow and asks it for its types.
        _put(module_utils.tensorflow, "_available", False, undo)
        _put(module_utils.tensorflow, "module", None, undo)


def mend_backend(module: ModuleType, note: Note, undo: contextlib.ExitStack) -> None:
    """Give `keras.backend` the functions of Keras 2, on whatever backend Keras runs."""
    sentence = "Functions of Keras 2's backend (`K.…`) were those of `keras.ops`."
    for name, function in backend_functions().items():
        _put(module, name, noting(function, note, sentence), undo)
    for name in ("set_session", "manual_variable_initialization"):
        _put(module, name, _ignored(name, note), undo)


def mend_layers(module: ModuleType, note: Note, undo: contextlib.ExitStack) -> None:
    """Give `keras.layers` the layers that ran on a GPU only, as the same layer for all."""

    def look_up(name: str) -> Any:
        if name not in _GPU_LAYERS:
            raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")
        note(f"`{name}` was Keras 3's `{_GPU_LAYERS[name]}`.")
        return getattr(module, _GPU_LAYERS[name])

    _put(module, "__getattr__", look_up, undo)


def mend_old_modules(module: ModuleType, note: Note, undo: contextlib.ExitStack) -> None:
    """Let `keras.preprocessing.text` and `keras.utils.np_utils` be found as attributes."""
    moved = _MODULES[module.__name__]

    def look_up(name: str) -> Any:
        if name not in moved:
            raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")
        return importlib.import_module(f"{module.__name__}.{name}")

    _put(module, "__getattr__", look_up, undo)


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

        name = type(self).__name__
        if "lr" in kwargs:
            kwargs["learning_rate"] = kwargs.pop("lr")
            note(f"`lr=` of {name} was read as `learning_rate=`.")
        decay = kwargs.pop("decay", None)
        if decay:
            # Keras 2: rate / (1 + decay * steps), at every step.
            rate = kwargs["learning_rate"]
            kwargs["learning_rate"] = InverseTimeDecay(rate, 1, decay)
            note(f"`decay=` of {name} was read as the schedule `InverseTimeDecay`.")
        init(self, *args, **kwargs)

    return __init__


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
        return self.fit(generator, **_without_feeding(kwargs))

    def evaluate_generator(
        self: Any, generator: Any, steps: Any = None, **kwargs: Any
    ) -> Any:
        return self.evaluate(generator, steps=steps, **_without_feeding(kwargs))

    def predict_generator(
        self: Any, generator: Any, steps: Any = None, **kwargs: Any
    ) -> Any:
        return self.predict(generator, steps=steps, **_without_feeding(kwargs))

    methods = (
        predict_classes, predict_proba,
        fit_generator, evaluate_generator, predict_generator,
    )  # fmt: skip
    sentence = "`{}` of Keras 2 was put back on models."
    return {
        method.__name__: noting(method, note, sentence.format(method.__name__))
        for method in methods
    }


def _without_feeding(arguments: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in arguments.items() if key not in _FEEDING}


def _ignored(name: str, note: Note) -> Callable[..., None]:
    def ignored(*_: Any, **__: Any) -> None:
        note(f"`K.{name}` was left out: Keras 3 has no sessions.")

    return ignored


def _put(owner: Any, name: str, value: Any, undo: contextlib.ExitStack) -> None:
    """Set an attribute, and have what was there before put back."""
    there = name in vars(owner)
    before = vars(owner).get(name)
    setattr(owner, name, value)
    if there:
        undo.callback(setattr, owner, name, before)
    else:
        undo.callback(delattr, owner, name)
