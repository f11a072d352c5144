"""What scripts for Keras 2 say to `compile`, to callbacks and to `save_weights`."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any

from whylow.keras2._notes import Note
from whylow.keras2._undo import put

METHODS = "Methods of models in Keras 2 were put back: {}."
_CALLBACKS = "Arguments of Keras 2 were read: {}."
# How Python was to feed the data; Keras 3 has it on the data set instead.
FEEDING = frozenset({"max_queue_size", "use_multiprocessing", "workers"})
_H5 = (".h5", ".hdf5")
# Until Keras 2.3 `metrics=["accuracy"]` was logged as "acc".
_SAME_METRIC = {"acc": "accuracy", "val_acc": "val_accuracy"}
_SAME_METRIC |= {new: old for old, new in _SAME_METRIC.items()}


def mend_training(note: Note, undo: contextlib.ExitStack) -> None:
    """Mend training, once `keras.src` is there."""
    from keras.src.callbacks.history import History
    from keras.src.callbacks.model_checkpoint import ModelCheckpoint
    from keras.src.callbacks.monitor_callback import MonitorCallback
    from keras.src.models.model import Model
    from keras.src.trainers.trainer import Trainer

    for owner, name, mended in (
        (Trainer, "compile", _compile),
        (History, "__init__", _history),
        (MonitorCallback, "_set_monitor_op", _monitor),
        (ModelCheckpoint, "__init__", _checkpoint),
        (ModelCheckpoint, "_get_file_path", _file_path),
        (Model, "save_weights", _save_weights),
    ):
        put(owner, name, mended(getattr(owner, name), note), undo)
    for name in ("fit", "evaluate", "predict"):
        # Below `Model`, so that who wraps `Model.fit` wraps this too; the abstract one as
        # well, whose signature is the one that Keras documents.
        for owner in [kind for kind in Model.__mro__[1:] if name in vars(kind)]:
            put(owner, name, _without_feeding(getattr(owner, name), note), undo)


def _without_feeding(method: Callable[..., Any], note: Note) -> Callable[..., Any]:
    """Let a method take, and leave aside, how many workers were to feed it."""

    @wraps(method)
    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        for name in FEEDING & kwargs.keys():
            del kwargs[name]
            note("Arguments of Keras 2 were left aside: {}.", f"`{name}`")
        return method(self, *args, **kwargs)

    kind = inspect.Parameter
    signature = inspect.signature(method)
    known = list(signature.parameters.values())
    rest = [known.pop()] if known[-1].kind is kind.VAR_KEYWORD else []
    new = sorted(FEEDING - signature.parameters.keys())
    feeding = [kind(name, kind.KEYWORD_ONLY, default=None) for name in new]
    vars(call)["__signature__"] = signature.replace(parameters=[*known, *feeding, *rest])
    return call


def _compile(compile_: Callable[..., None], note: Note) -> Callable[..., None]:
    """Let the third argument be the metrics; in Keras 3 it is the weights of losses."""

    @wraps(compile_)
    def compile_as_before(
        self: Any, optimizer: Any = "rmsprop", loss: Any = None, *args: Any, **kwargs: Any
    ) -> None:
        if args and _are_metrics(args[0]):
            kwargs.update(zip(("metrics", "loss_weights"), args, strict=False))
            args = ()
            note(_CALLBACKS, "metrics as the third of `compile`")
        compile_(self, optimizer, loss, *args, **kwargs)

    return compile_as_before


def _are_metrics(given: Any) -> bool:
    from keras import Metric

    if not isinstance(given, (list, tuple)) or not given:
        return False
    return all(isinstance(one, (str, Metric)) or callable(one) for one in given)


class _Logs(dict[str, Any]):
    """Logs in which `acc` and `accuracy` are one."""

    def __missing__(self, key: str) -> Any:
        other = _SAME_METRIC.get(key)
        if other is None or other not in self:
            raise KeyError(key)
        return self[other]

    def __reduce__(self) -> Any:
        # Scripts pickle their histories, to be read where whylow is not.
        return dict, (dict(self),)


def _history(init: Callable[..., None], note: Note) -> Callable[..., None]:
    @wraps(init)
    def __init__(self: Any) -> None:  # noqa: N807
        init(self)
        self.history = _Logs(self.history)

    return __init__


def _monitor(choose: Callable[..., None], note: Note) -> Callable[..., None]:
    """Watch `val_accuracy` for a callback that names it `val_acc`."""

    @wraps(choose)
    def choose_with_old_names(self: Any) -> None:
        prefix = "val_" if self.monitor.startswith("val_") else ""
        known = {f"{prefix}{name}" for name in self.model.get_metrics_result()}
        other = _SAME_METRIC.get(self.monitor)
        if self.monitor not in known and other in known:
            note(_CALLBACKS, f"`{self.monitor}` as `{other}`")
            self.monitor = other
        choose(self)

    return choose_with_old_names


def _checkpoint(init: Callable[..., None], note: Note) -> Callable[..., None]:
    """Take any name of an HDF5 file, not only those that end as Keras 3 wants."""

    @wraps(init)
    def __init__(self: Any, filepath: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807
        if kwargs.get("period") == 1:
            del kwargs["period"]
        if not str(filepath).endswith(_H5):
            init(self, filepath, *args, **kwargs)
            return
        init(self, "checkpoint.weights.h5", *args, **kwargs)
        self.filepath = str(filepath)

    return __init__


def _file_path(fill: Callable[..., str], note: Note) -> Callable[..., str]:
    """Fill in `{val_acc:.2f}` where the logs say `val_accuracy`."""

    @wraps(fill)
    def fill_with_old_names(self: Any, epoch: Any, batch: Any, logs: Any) -> str:
        logs = logs or {}
        more = {_SAME_METRIC[key]: logs[key] for key in logs if key in _SAME_METRIC}
        return fill(self, epoch, batch, {**more, **logs})

    return fill_with_old_names


def _save_weights(save: Callable[..., None], note: Note) -> Callable[..., None]:
    """Write HDF5 files of any name, in the format in which Keras 3 reads them back."""

    @wraps(save)
    def save_weights(self: Any, filepath: Any, *args: Any, **kwargs: Any) -> None:
        name = str(filepath)
        if name.endswith(".weights.h5") or not name.endswith(_H5):
            save(self, filepath, *args, **kwargs)
            return
        import h5py
        from keras.src.legacy.saving.legacy_h5_format import save_weights_to_hdf5_group

        note(METHODS, "`save_weights` to any HDF5 file")
        with h5py.File(name, "w") as file:
            save_weights_to_hdf5_group(file, self)

    return save_weights
