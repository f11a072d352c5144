"""What was stood in for, each said once."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol


class Note(Protocol):
    """Takes a sentence for the report, or a sentence with a `{}` and what goes there."""

    def __call__(self, sentence: str, item: str | None = None) -> None: ...


def notebook_of(notes: list[str]) -> Note:
    """Return a function that adds a sentence to `notes` unless it is there.

    Items of one sentence are gathered in it: "Old names were served: `a`, `b`."
    """
    places: dict[str, int] = {}
    gathered: dict[str, list[str]] = {}

    def note(sentence: str, item: str | None = None) -> None:
        items = gathered.setdefault(sentence, [])
        if item is not None and item not in items:
            items.append(item)
        if sentence not in places:
            places[sentence] = len(notes)
            notes.append("")
        notes[places[sentence]] = sentence.format(", ".join(items)) if items else sentence

    return note


def noting(
    function: Callable[..., Any], note: Note, sentence: str, item: str | None = None
) -> Callable[..., Any]:
    """Return the function, and have its first call noted."""

    @wraps(function)
    def noted(*args: Any, **kwargs: Any) -> Any:
        note(sentence, item)
        return function(*args, **kwargs)

    return noted


class NotStoodInError(Exception):
    """The script asked for a part of a package that is not stood in for: one sentence."""


class MissingAttributeError(NotStoodInError, AttributeError):
    """It was asked for as an attribute."""


class MissingImportError(NotStoodInError, ImportError):
    """It was asked for by an import."""
