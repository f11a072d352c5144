"""A `tensorflow` for scripts that want little more of it than `tf.keras`."""

from __future__ import annotations

import contextlib
import importlib
import logging
import random
from types import ModuleType
from typing import Any

from whylow.keras2._functions import tensorflow_functions
from whylow.keras2._notes import MissingAttributeError, Note, noting

# The last line of TensorFlow 2 whose `tf.keras` is Keras 3 and that scripts ask for.
VERSION = "2.18.0"

_TYPES = (
    "bfloat16 bool float16 float32 float64 int8 int16 int32 int64 uint8 uint16 uint32 "
    "uint64"
)
_IN_MATH = (
    "abs add argmax cumsum divide equal exp greater less maximum minimum multiply pow "
    "reduce_all reduce_any reduce_max reduce_mean reduce_min reduce_sum round sigmoid sqrt "
    "square subtract tanh"
)
_IN_NN = "relu sigmoid softmax tanh gelu log_softmax softplus"


def how_to_install(name: str) -> str:
    """Say in one sentence that `name` is not stood in for, and how to get the real one."""
    return (
        f"`{name}` needs TensorFlow, which is not installed; whylow stands in for "
        "`tf.keras` and a few functions only. To add it: "
        "uv run --with tensorflow-cpu whylow run SCRIPT"
    )


class Namespace(ModuleType):
    """A module of the stand-in; what it lacks is an error that says what to do."""

    __path__: Any = ()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if self.__name__ == "tensorflow" and name == "keras":
            return importlib.import_module("tensorflow.keras")
        full = f"{self.__name__}.{name}".replace("tensorflow", "tf", 1)
        raise MissingAttributeError(how_to_install(full))


class _Inert:
    """A session or its settings: there to be configured, and to do nothing."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name == "run":
            raise MissingAttributeError(how_to_install(f"tf.Session.{name}"))
        inert = _Inert()
        object.__setattr__(self, name, inert)
        return inert

    def __enter__(self) -> _Inert:
        return self

    def __exit__(self, *_: object) -> None:
        pass


def make_tensorflow(note: Note) -> Namespace:
    """Build the stand-in.

    Args:
        note: Takes the sentences for the report.
    """
    from keras import ops

    functions = {
        name: noting(
            function, note, "Functions of TensorFlow (`tf.…`) were those of `keras.ops`."
        )
        for name, function in tensorflow_functions().items()
    }
    in_nn = {name: getattr(ops, name) for name in _IN_NN.split()}
    seed = noting(
        _set_seed, note, "`tf.random.set_seed` seeded Keras in TensorFlow's place."
    )
    devices = {
        "list_physical_devices": lambda kind=None: [],
        "set_visible_devices": _nothing,
    }
    settings = _namespace("tensorflow.config", {
        **devices,
        "experimental": _namespace("tensorflow.config.experimental", {
            **devices, "set_memory_growth": _nothing, "enable_op_determinism": _nothing,
        }),
        "threading": _namespace("tensorflow.config.threading", {
            "set_inter_op_parallelism_threads": _nothing,
            "set_intra_op_parallelism_threads": _nothing,
        }),
    })  # fmt: skip
    root = _namespace("tensorflow", {
        **functions,
        **{name: name for name in _TYPES.split()},
        "__version__": VERSION,
        "ConfigProto": _inert, "GPUOptions": _inert, "Session": _inert,
        "config": settings,
        "device": lambda name: contextlib.nullcontext(),
        "disable_eager_execution": _nothing, "disable_v2_behavior": _nothing,
        "enable_eager_execution": _nothing,
        "executing_eagerly": lambda: True,
        "function": _decorator,
        "get_default_graph": _inert,
        "get_logger": lambda: logging.getLogger("tensorflow"),
        "logging": _namespace("tensorflow.logging", {
            "ERROR": logging.ERROR, "WARN": logging.WARNING, "INFO": logging.INFO,
            "set_verbosity": _nothing,
        }),
        "math": _namespace("tensorflow.math", {
            "log": ops.log, **{name: functions[name] for name in _IN_MATH.split()},
        }),
        "nn": _namespace("tensorflow.nn", in_nn),
        "random": _namespace("tensorflow.random", {
            "set_seed": seed, "set_random_seed": seed,
        }),
        "set_random_seed": seed,
        "test": _namespace("tensorflow.test", {
            "gpu_device_name": lambda: "", "is_built_with_cuda": lambda: False,
            "is_gpu_available": lambda *_: False,
        }),
    })  # fmt: skip
    # `tf.compat.v1` has the old names beside the new ones; so has the stand-in.
    vars(root)["compat"] = _namespace("tensorflow.compat", {"v1": root, "v2": root})
    return root


def _namespace(name: str, content: dict[str, Any]) -> Namespace:
    module = Namespace(name)
    module.__dict__.update(content)
    return module


def _set_seed(seed: int) -> None:
    """Seed Keras, and leave NumPy's generator, which the script seeds itself, alone."""
    from keras.src.backend.common import global_state
    from keras.src.random.seed_generator import GLOBAL_SEED_GENERATOR

    random.seed(seed)
    global_state.set_global_attribute(GLOBAL_SEED_GENERATOR, None)


def _nothing(*_: Any, **__: Any) -> None:
    """Do nothing: a setting of devices or graphs that Keras 3 has no use for."""


def _inert(*_: Any, **__: Any) -> _Inert:
    return _Inert()


def _decorator(function: Any = None, **_: Any) -> Any:
    """Stand in for `tf.function`: Keras compiles what it trains by itself."""
    return function if function is not None else _decorator
