"""A fit on its way to another process: packed as bytes, and built again from them.

The model is built again from its configuration, which fails for some models and could
give another one for others. So whoever unpacks it says what it would train
(`FusedRunner.digest`), and a fit stays at home unless that is the same to the letter.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import FunctionType
from typing import Any

from whylow import keras2
from whylow.engine._callbacks import served_copies
from whylow.engine.rewrites._shadow import shadowed
from whylow.live import LiveFit


class CannotTravel(Exception):  # noqa: N818  a way to go on, said in the report
    """A fit cannot be built again in another process; the message says why."""


def packed(live: LiveFit) -> bytes:
    """Return all that a worker needs to train the lanes of a fit.

    Raises:
        CannotTravel: Something of it cannot be packed.
    """
    import cloudpickle
    import keras

    model, optimizer = live.model, live.optimizer
    if model.optimizer is not optimizer:
        raise CannotTravel("the model was compiled anew since")
    with _saying("it cannot be packed"), shadowed([(model, "compiled", False)]):
        variables = [*model.variables, *optimizer.variables]
        compiled = dict(model._compile_config.config)
        compiled.pop("optimizer")
        callbacks = served_copies(live)
        for callback in callbacks:
            callback.on_train_begin()  # lets go of the best weights
        parts = {
            "classes": _own_classes(model, optimizer),
            "config": keras.saving.serialize_keras_object(model),
            "compile": compiled,
            "optimizer": (type(optimizer), optimizer.get_config()),
            "start": [live.start[id(variable)] for variable in variables],
            "live": replace(
                live, model=None, optimizer=None, start={}, callbacks=callbacks
            ),
        }
        # Custom classes and functions of the script's `__main__` go by value.
        return cloudpickle.dumps(parts)


def unpacked(contents: bytes) -> LiveFit:
    """Build a packed fit again.

    Raises:
        CannotTravel: It cannot be built here.
    """
    import keras

    with _saying("it cannot be built again"):
        parts = pickle.loads(contents)  # noqa: S301  our own, from the process that began us
        live: LiveFit = parts["live"]
        with keras.saving.custom_object_scope(parts["classes"]):
            model: Any = keras.saving.deserialize_keras_object(
                parts["config"], safe_mode=False
            )
        kind, config = parts["optimizer"]
        optimizer = kind.from_config(config)
        model.compile(**parts["compile"], optimizer=optimizer)
        with keras2.emulated(model):
            model._symbolic_build(data_batch=_first_batch(live))
        optimizer.build(model.trainable_variables)
        variables = [*model.variables, *optimizer.variables]
        start = {
            id(variable): how
            for variable, how in zip(variables, parts["start"], strict=True)
        }
    return replace(live, model=model, optimizer=optimizer, start=start)


@contextmanager
def _saying(what: str) -> Iterator[None]:
    """Turn whatever a script's own classes may raise into one sentence."""
    try:
        yield
    except Exception as error:  # noqa: BLE001  custom classes may raise anything
        first = next(iter(str(error).strip().splitlines()), "")
        raise CannotTravel(f"{what} ({type(error).__name__}: {first[:200]})") from None


def _own_classes(model: Any, optimizer: Any) -> dict[str, Any]:
    """Return the classes and functions that are not Keras' own, by name."""
    found: list[Callable[..., Any]] = [type(optimizer)]
    for layer in model._flatten_layers(include_self=True, recursive=True):
        found.append(type(layer))
        found += [part for part in vars(layer).values() if isinstance(part, FunctionType)]
    return {
        one.__name__: one for one in found if not one.__module__.startswith("keras.src.")
    }


def _first_batch(live: LiveFit) -> Any:
    import keras

    training, _, _ = live.to_replay()
    parts = (training.x, training.y, training.sample_weight)
    return keras.tree.map_structure(
        lambda part: part[: training.batch_size],
        tuple(part for part in parts if part is not None),
    )
