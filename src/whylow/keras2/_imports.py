"""Imports of scripts written for Keras 2, answered by Keras 3 and whylow.

Two finders on `sys.meta_path`: one first, which mends Keras modules right after their
import (the script imports Keras, and so chooses its backend, itself), and one last, which
is asked only for what no installed package answers.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import sys
from collections.abc import Iterator
from importlib.machinery import PathFinder
from types import ModuleType
from typing import Any

from whylow.keras2._alias import alias_spec
from whylow.keras2._attention import attention_spec, is_attention
from whylow.keras2._mend import MENDS
from whylow.keras2._notes import (
    MissingAttributeError,
    MissingImportError,
    Note,
    notebook_of,
)
from whylow.keras2._tensorflow import Namespace, how_to_install, make_tensorflow

# Where Keras 2 had modules and Keras 3 has none.
_OLD_LAYERS = (
    "advanced_activations attention convolutional convolutional_recurrent core "
    "cudnn_recurrent embeddings local merge noise normalization pooling recurrent wrappers"
)
_MOVED = {
    **{f"keras.layers.{name}": "keras.layers" for name in _OLD_LAYERS.split()},
    **{
        f"keras.utils.{name}": "keras.utils"
        for name in ("data_utils", "generic_utils", "layer_utils", "np_utils", "vis_utils")
    },
    "keras.callbacks.callbacks": "keras.callbacks",
    "keras.layers.experimental": "keras.layers",
    "keras.layers.experimental.preprocessing": "keras.layers",
    "keras.engine": "keras",
    "keras.engine.base_layer": "keras",
    "keras.engine.input_layer": "keras",
    "keras.engine.topology": "keras",
    "keras.engine.training": "keras",
    "keras.preprocessing.text": "keras._tf_keras.keras.preprocessing.text",
}
_GONE = {
    "keras.wrappers.scikit_learn": (
        "`keras.wrappers.scikit_learn` is not in Keras 3: use `SKLearnClassifier` of "
        "`keras.wrappers`, or the package scikeras."
    )
}
_ATTENTION = ("ScaledDotProductAttention", "SeqSelfAttention", "SeqWeightedAttention")
_ATTENTION_MODULES = (
    "scaled_dot_attention",
    "seq_self_attention",
    "seq_weighted_attention",
)


@contextlib.contextmanager
def stand_ins() -> Iterator[list[str]]:
    """Answer imports of `tensorflow`, `keras_self_attention` and Keras 2's old modules.

    Only what is not installed is stood in for, with one exception: `keras_self_attention`
    is written in TensorFlow's own functions, so that it is whylow's on every other
    backend. With TensorFlow as the chosen backend nothing but Keras' old names is.

    - `tensorflow.keras` is Keras 3; of TensorFlow itself there are seeds, settings of
      devices, and the functions that custom layers call. Anything else is an error that
      names it.
    - `keras_self_attention` has the layers of those names in `whylow.layers`, with
      `legacy=True`, which gives the package's own numbers.
    - Old names: `keras.preprocessing.text`, `keras.utils.np_utils`, `keras.layers.core`
      and the like, `K.mean` and the other functions of the backend, `lr=` and `decay=` of
      optimizers, `CuDNNLSTM`, `predict_classes`, `fit_generator`.

    On exit `sys.meta_path`, `sys.modules` and Keras are as they were. Code of the script
    that imports or calls such names later, in a custom layer that is traced again for
    instance, needs the context to be open still.

    Yields:
        A list that grows by one sentence for each kind of stand-in that is used.
    """
    notes: list[str] = []
    note = notebook_of(notes)
    with contextlib.ExitStack() as undo:
        before = dict(sys.modules)
        undo.callback(_forget_modules, before)
        last = _StandIns(note, undo)
        first = _First(note, undo, last)
        first.mend_what_is_there()
        sys.meta_path.insert(0, first)
        undo.callback(sys.meta_path.remove, first)
        sys.meta_path.append(last)
        undo.callback(sys.meta_path.remove, last)
        yield notes


def _forget_modules(before: dict[str, ModuleType]) -> None:
    for name, module in list(sys.modules.items()):
        stood_in = (
            isinstance(module, Namespace) or getattr(module, "__name__", name) != name
        )
        if stood_in and name.startswith(("keras", "tensorflow")) and name not in before:
            del sys.modules[name]


class _First(importlib.abc.MetaPathFinder):
    """Calls a function of `MENDS` once the module of that name is imported.

    And answers at once where others would answer wrongly.
    """

    def __init__(self, note: Note, undo: contextlib.ExitStack, last: _StandIns) -> None:
        self._note = note
        self._undo = undo
        self._last = last
        self._searching = False

    def mend_what_is_there(self) -> None:
        for name in MENDS:
            if name in sys.modules:
                self._mend(sys.modules[name])

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> Any:
        if is_attention(fullname) and _backend() != "tensorflow":
            return attention_spec(fullname, self._note)
        if fullname.startswith("tensorflow.") and isinstance(
            sys.modules.get("tensorflow"), Namespace
        ):
            # `tensorflow.keras` is a folder of Keras: it would be imported a second time.
            return self._last.find_spec(fullname, path, target)
        if fullname not in MENDS or self._searching:
            return None
        self._searching = True
        try:
            # Other finders may want to see this import as well.
            others = (finder for finder in sys.meta_path if finder is not self)
            specs = (finder.find_spec(fullname, path, target) for finder in others)
            spec = next((spec for spec in specs if spec is not None), None)
        finally:
            self._searching = False
        if spec is None or spec.loader is None:
            return None
        execute = spec.loader.exec_module

        def exec_module(module: ModuleType) -> None:
            execute(module)
            self._mend(module)

        spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec

    def _mend(self, module: ModuleType) -> None:
        MENDS[module.__name__](module, self._note, self._undo)


class _StandIns(importlib.abc.MetaPathFinder):
    """Asked last: what nobody else has found."""

    def __init__(self, note: Note, undo: contextlib.ExitStack) -> None:
        self._note = note
        self._undo = undo
        self._tensorflow: Namespace | None = None

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> Any:
        if fullname in _GONE:
            raise MissingImportError(_GONE[fullname])
        if fullname in _MOVED:
            self._note("Modules of Keras 2 were found in Keras 3: {}.", f"`{fullname}`")
            return self._alias(fullname, _MOVED[fullname])
        if is_attention(fullname):
            return attention_spec(fullname, self._note)
        of_tensorflow = fullname.partition(".")[0] == "tensorflow"
        # A module that an installed TensorFlow does not have is not ours to make up.
        installed = of_tensorflow and PathFinder.find_spec("tensorflow") is not None
        if of_tensorflow and not installed and _backend() != "tensorflow":
            return self._tensorflow_spec(fullname)
        return None

    def _tensorflow_spec(self, fullname: str) -> Any:
        for prefix in ("tensorflow.keras", "tensorflow.python.keras"):
            if fullname == prefix or fullname.startswith(f"{prefix}."):
                real = self._keras_module("keras" + fullname.removeprefix(prefix))
                if real is None:
                    raise MissingImportError(_not_in_keras(fullname))
                return self._alias(fullname, real)
        if self._tensorflow is None:
            import keras

            self._note(
                f"TensorFlow is not installed: `tf.keras` was Keras {keras.__version__} on "
                f"{keras.backend.backend()}."
            )
            self._tensorflow = make_tensorflow(self._note)
        found: Any = self._tensorflow
        if fullname == "tensorflow.python":
            return alias_spec(fullname, lambda: Namespace(fullname))
        for part in fullname.split(".")[1:]:
            try:
                found = getattr(found, part)
            except MissingAttributeError:
                name = fullname.replace("tensorflow", "tf", 1)
                raise MissingImportError(how_to_install(name)) from None
        return alias_spec(fullname, lambda: found)

    def _keras_module(self, name: str) -> str | None:
        """Where Keras 3 has what Keras 2 called `name`."""
        if name in _GONE:
            raise MissingImportError(_GONE[name])
        if name in _MOVED:
            return _MOVED[name]
        for candidate in (name.replace("keras", "keras._tf_keras.keras", 1), name):
            try:
                if importlib.util.find_spec(candidate) is not None:
                    return candidate
            except ImportError:
                continue
        return None

    def _alias(self, fullname: str, real: str) -> Any:
        # The import binds the module to its parent, which may be one of Keras' own.
        parent, _, name = fullname.rpartition(".")
        owner = sys.modules.get(parent)
        if owner is not None and name not in vars(owner):
            self._undo.callback(lambda: vars(owner).pop(name, None))
        return alias_spec(fullname, lambda: importlib.import_module(real))


def _backend() -> str:
    # Asked while Keras is half imported, too.
    if "keras.src.backend.config" in sys.modules:
        return sys.modules["keras.src.backend.config"].backend()
    return os.environ.get("KERAS_BACKEND") or "tensorflow"


def _not_in_keras(fullname: str) -> str:
    name = fullname.replace("tensorflow", "tf", 1)
    return f"`{name}` is not in Keras 3: look for its successor in https://keras.io/api."
