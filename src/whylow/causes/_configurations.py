"""Configurations of layers and optimizers: what differs, and how a value is said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

# Names, seeds and what follows from the input are no choice of anybody's, and the way
# back of a `Bidirectional` layer is that of the way there.
_NO_CHOICE = frozenset(
    {
        "backward_layer", "batch_shape", "build_config", "dtype", "input_length", "module",
        "name", "quantization_config", "registered_name", "seed", "shared_object_id",
        "zero_output_for_mask",
    }
)  # fmt: skip


def unequal(
    old: dict[str, Any], new: dict[str, Any], prefix: str = ""
) -> Iterator[tuple[str, Any, Any]]:
    """Yield what differs, as (argument, before, after), inner arguments by dots.

    An object in a configuration (a regularizer, a schedule) that is another one, or was
    none, differs as a whole: half of one and half of the other is neither.
    """
    for key in dict.fromkeys((*old, *new)):
        before, after = old.get(key), new.get(key)
        if key in _NO_CHOICE or before == after:
            continue
        if isinstance(before, dict) and isinstance(after, dict) and _alike(before, after):
            yield from unequal(before, after, f"{prefix}{key}.")
        elif _of_choice(before) != _of_choice(after):
            yield f"{prefix}{key}", before, after


def _alike(before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Whether both are objects of one class, or plain dictionaries."""
    return before.get("class_name") == after.get("class_name")


def _of_choice(value: Any) -> Any:
    return flat(value) if isinstance(value, dict) else value


def flat(config: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return a configuration with inner arguments under names joined by dots."""
    found: dict[str, Any] = {}
    for key, value in config.items():
        if key in _NO_CHOICE:
            continue
        if isinstance(value, dict):
            found |= flat(value, f"{prefix}{key}.")
        else:
            found[f"{prefix}{key}"] = value
    return found


# An object with more arguments than this is named by its class alone.
_FEW = 3


def said(value: Any) -> str:
    """Return a value as a person would write it: `0.1`, `L2(l2=0.03)`, `LSTM`."""
    if isinstance(value, dict) and "class_name" in value:
        inner = flat(value.get("config") or {})
        given = [f"{key}={said(one)}" for key, one in inner.items() if one is not None]
        short = f"({', '.join(given)})" if 0 < len(given) <= _FEW else ""
        return f"{value['class_name']}{short}"
    return f"{value:g}" if isinstance(value, float) else str(value)
