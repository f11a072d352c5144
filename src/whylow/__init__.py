"""Accuracy went low. whylow finds out why, and proves it.

Importing whylow starts no backend: everything heavy is imported when it is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from whylow.reading import read as read
    from whylow.study import Options as Options
    from whylow.study import run as run
    from whylow.watching import Watch as Watch
    from whylow.watching import check as check

_HOMES = {
    "Options": "whylow.study",
    "Watch": "whylow.watching",
    "check": "whylow.watching",
    "read": "whylow.reading",
    "run": "whylow.study",
}

__all__ = ["Options", "Watch", "check", "read", "run"]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
