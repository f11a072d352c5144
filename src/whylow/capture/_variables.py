"""Where each weight starts: remembered when the variable is created.

Keras forgets a variable's initializer. Kept, it lets a replay draw every weight anew
without building the model a second time.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np

from whylow.live import Drawn, Kept

_MEMORY = "_whylow_initializer"
_SMALL = 16


def remember_initializers(variable_class: type) -> Any:
    """Make `variable_class` remember what its variables were created from.

    Returns:
        The original `__init__`, to put back.
    """
    original = variable_class.__init__

    def init(self: Any, initializer: Any, *args: Any, **kwargs: Any) -> None:
        original(self, initializer, *args, **kwargs)
        if callable(initializer) or isinstance(initializer, str):
            object.__setattr__(self, _MEMORY, initializer)
        elif np.size(initializer) <= _SMALL:
            # A constant such as the learning rate: the value itself is the memory.
            object.__setattr__(self, _MEMORY, np.asarray(initializer))

    variable_class.__init__ = init  # type: ignore[assignment]
    return original


def changed_since_creation(variables: Iterable[Any]) -> dict[int, Kept]:
    """Return the variables that no longer hold what they were created with.

    Pre-trained embeddings, loaded weights and earlier fits are start state: every replay
    begins from them.
    """
    from keras import ops

    kept = {}
    for variable in variables:
        # A copy: the buffer behind it is given away in training.
        value = np.array(ops.convert_to_numpy(variable))
        memory = _initializer(variable)
        if callable(memory):
            drawn = memory(tuple(variable.shape), dtype=variable.dtype)
            created = ops.convert_to_numpy(drawn)
        else:
            created = memory
        if created is None or not np.array_equal(created, value):
            kept[id(variable)] = Kept(value)
    return kept


def start_of(
    variables: Iterable[Any], kept: dict[int, Kept], model_name: str
) -> dict[int, Kept | Drawn]:
    """Say of each variable where a replay starts it.

    Args:
        variables: All variables of model and optimizer, once built.
        kept: What `changed_since_creation` found before training.
        model_name: What the model is called, which is no part of a weight's place: two
            models of a comparison bear different names, and start equal all the same.
    """
    scope = re.sub(r"_[0-9]+$", "", model_name) + "/"
    start: dict[int, Kept | Drawn] = {}
    drawn: dict[tuple[int, tuple[int, ...]], str] = {}
    variables = list(variables)
    for variable, place in zip(variables, places(variables), strict=True):
        memory = _initializer(variable)
        if id(variable) in kept:
            start[id(variable)] = kept[id(variable)]
        elif callable(memory):
            shape = tuple(variable.shape)
            # One initializer object draws the same values whenever it is called: weights
            # that share it start equal, and have to start equal in a replay.
            key = drawn.setdefault((id(memory), shape), place.removeprefix(scope))
            start[id(variable)] = Drawn(memory, shape, variable.dtype, key)
        elif memory is not None:
            start[id(variable)] = Kept(memory)
    return start


def places(variables: Iterable[Any]) -> list[str]:
    """Return what names the place of each variable in its model, and its shape.

    `bidirectional_3/forward_lstm_3/kernel` is `bidirectional/forward_lstm/kernel` of the
    other model: automatic numbers say how many came before, not which. A layer that a
    remedy wrapped (`whylow_beside/attention/kernel`) is where it was.
    """
    seen: Counter[str] = Counter()
    found = []
    for variable in variables:
        shape = tuple(variable.shape)
        path = re.sub(r"_[0-9]+(?=/|$)", "", variable.path)
        path = re.sub(r"(?<=/)whylow_[a-z_]+/(?=[^/]+/)", "", path)
        place = f"{path}{shape}"
        found.append(f"{place}#{seen[place]}")
        seen[place] += 1
    return found


def _initializer(variable: Any) -> Any:
    memory = getattr(variable, _MEMORY, None)
    if isinstance(memory, str):
        import keras

        return keras.initializers.get(memory)
    return memory
