"""Another name for a module: the import system's part of every stand-in."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any


class _Loader(importlib.abc.Loader):
    """Puts what `make` returns into `sys.modules`, in place of the module to be filled."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        sys.modules[module.__name__] = self._make()


def alias_spec(name: str, make: Callable[[], Any]) -> importlib.machinery.ModuleSpec:
    """Return the spec of a module `name` that is whatever `make` returns."""
    return importlib.machinery.ModuleSpec(name, _Loader(make), is_package=True)
