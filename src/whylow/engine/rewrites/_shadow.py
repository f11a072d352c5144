"""Put functions in the place of a live object's methods, and take them away again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def shadowed(attributes: Iterable[tuple[Any, str, Any]]) -> Iterator[None]:
    """Shadow attributes on instances, and uncover what was there before.

    Past Keras' own `__setattr__`, which would track what is set or refuse it.

    Args:
        attributes: An object, the name of its attribute, and what stands there inside.
    """
    before = []
    try:
        for owner, name, value in attributes:
            before.append((owner, name, vars(owner).get(name), name in vars(owner)))
            object.__setattr__(owner, name, value)
        yield
    finally:
        for owner, name, value, was_there in reversed(before):
            if was_there:
                object.__setattr__(owner, name, value)
            else:
                object.__delattr__(owner, name)
