"""What was stood in for, each said once."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

Note = Callable[[str], None]


def notebook_of(notes: list[str]) -> Note:
    """Return a function that adds a sentence to `notes` unless it is there."""

    def note(sentence: str) -> None:
        if sentence not in notes:
            notes.append(sentence)

    return note


def noting(function: Callable[..., Any], note: Note, sentence: str) -> Callable[..., Any]:
    """Return the function, and have its first call noted."""

    @wraps(function)
    def noted(*args: Any, **kwargs: Any) -> Any:
        note(sentence)
        return function(*args, **kwargs)

    return noted


class NotStoodInError(Exception):
    """The script asked for a part of a package that is not stood in for: one sentence."""


class MissingAttributeError(NotStoodInError, AttributeError):
    """It was asked for as an attribute."""


class MissingImportError(NotStoodInError, ImportError):
    """It was asked for by an import."""
