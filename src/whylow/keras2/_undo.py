"""Changes that are taken back."""

from __future__ import annotations

import contextlib
from typing import Any


def put(owner: Any, name: str, value: Any, undo: contextlib.ExitStack) -> None:
    """Set an attribute, and have what was there before put back."""
    there = name in vars(owner)
    before = vars(owner).get(name)
    setattr(owner, name, value)
    if there:
        undo.callback(setattr, owner, name, before)
    else:
        undo.callback(delattr, owner, name)
