"""Records every `keras.Model.fit` while it is installed, and leaves it as it was."""

from __future__ import annotations

import contextlib
import importlib.abc
import importlib.machinery
import inspect
import sys
from collections.abc import Callable
from typing import Any, Self

from whylow.capture._recording import Recording
from whylow.capture._variables import remember_initializers
from whylow.live import LiveFit


class Recorder:
    """Context manager under which each `fit` adds a `LiveFit` to `fits`.

    Keras is patched at once where it is imported already, else at its import, so that a
    script still chooses its backend itself.
    """

    def __init__(self) -> None:
        self.fits: list[LiveFit] = []
        self._installed = contextlib.ExitStack()

    def __enter__(self) -> Self:
        if "keras" in sys.modules:
            self._patch()
        else:
            finder = _AfterImport("keras", self._patch)
            sys.meta_path.insert(0, finder)
            self._installed.callback(sys.meta_path.remove, finder)
        return self

    def __exit__(self, *_: object) -> None:
        self._installed.close()

    def _patch(self) -> None:
        import keras
        from keras.src.backend.common.variables import Variable

        original_init = remember_initializers(Variable)
        self._installed.callback(setattr, Variable, "__init__", original_init)
        inherited, own = keras.Model.fit, vars(keras.Model).get("fit")
        recorder, installed = self, self._installed

        def fit(model: Any, *args: Any, **kwargs: Any) -> Any:
            caller = sys._getframe(1)
            recording = Recording(recorder.fits, installed, inherited, model, caller)
            return recording.run(args, kwargs)

        fit.__signature__ = inspect.signature(inherited)  # type: ignore[attr-defined]
        fit.__doc__ = inherited.__doc__
        keras.Model.fit = fit  # type: ignore[method-assign]
        if own is None:
            self._installed.callback(delattr, keras.Model, "fit")
        else:  # somebody else's wrapper, an experiment tracker's for instance
            self._installed.callback(setattr, keras.Model, "fit", own)


class _AfterImport(importlib.abc.MetaPathFinder):
    """Calls `then` once module `name` has been imported."""

    def __init__(self, name: str, then: Callable[[], None]) -> None:
        self._name = name
        self._then = then

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> Any:
        if fullname != self._name:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.loader is None:
            return None
        execute = spec.loader.exec_module

        def exec_module(module: Any) -> None:
            execute(module)
            self._then()

        spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec
