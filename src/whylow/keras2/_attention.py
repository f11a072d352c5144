"""`keras_self_attention`, of whylow's layers."""

from __future__ import annotations

import inspect
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from whylow.keras2._alias import alias_spec
from whylow.keras2._notes import MissingAttributeError, MissingImportError, Note
from whylow.keras2._tensorflow import Namespace

_ATTENTION = ("ScaledDotProductAttention", "SeqSelfAttention", "SeqWeightedAttention")
_ATTENTION_MODULES = (
    "scaled_dot_attention",
    "seq_self_attention",
    "seq_weighted_attention",
)


def is_attention(fullname: str) -> bool:
    """Whether a module is keras_self_attention or in it."""
    return fullname.partition(".")[0] == "keras_self_attention"


def attention_spec(fullname: str, note: Note) -> ModuleSpec:
    """Return the spec of the stand-in.

    Raises:
        MissingImportError: The package has, or may have, more than whylow.
    """
    name = fullname.rpartition(".")[2]
    if name != "keras_self_attention" and name not in _ATTENTION_MODULES:
        raise MissingImportError(_no_attention(name))
    return alias_spec(fullname, lambda: _attention_module(fullname, note))


def _attention_module(fullname: str, note: Note) -> ModuleType:
    """Make `keras_self_attention`, of the layers that whylow has."""
    from whylow import layers

    module = _Attention(fullname)
    for name in _ATTENTION:
        if hasattr(layers, name):
            setattr(module, name, _legacy(getattr(layers, name)))
    note("keras_self_attention was `whylow.layers` with `legacy=True`: the old numbers.")
    return module


def _no_attention(name: str) -> str:
    return f"whylow has no `{name}` to stand in for that of keras_self_attention."


class _Attention(Namespace):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise MissingAttributeError(_no_attention(name))


def _legacy(layer: Any) -> Any:
    """Return a class that makes layers of the type `layer`, `legacy=True` by default.

    Not a subclass with another default: its configuration would name a module that is
    gone once the script has ended.
    """
    if "legacy" not in inspect.signature(layer.__init__).parameters:
        return layer

    class Kind(type(layer)):
        def __instancecheck__(self, instance: Any) -> bool:
            return isinstance(instance, layer)

    class Legacy(layer, metaclass=Kind):
        def __new__(cls, *args: Any, legacy: bool = True, **kwargs: Any) -> Any:
            if cls is Legacy:
                return layer(*args, legacy=legacy, **kwargs)
            return super().__new__(cls, *args, legacy=legacy, **kwargs)

        def __init__(self, *args: Any, legacy: bool = True, **kwargs: Any) -> None:
            # For a class that the script derives from it.
            super().__init__(*args, legacy=legacy, **kwargs)

        @staticmethod
        def get_custom_objects() -> dict[str, type]:
            return {layer.__name__: Legacy}

    Legacy.__name__ = Legacy.__qualname__ = layer.__name__
    return Legacy
