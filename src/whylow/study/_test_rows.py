"""Rows of a test file in the form that a fit takes, or one sentence on why not."""

from __future__ import annotations

from typing import Any

import numpy as np

from whylow.capture import _data
from whylow.exceptions import InputError
from whylow.live import LiveFit, Rows
from whylow.study._test_file import Given


def rows_for(given: Given, x: Any, live: LiveFit) -> Rows:
    """Return the file's rows in the form of the fit's validation rows.

    Raises:
        InputError: They are not what the fit takes.
    """
    validation = live.validation
    assert validation is not None  # noqa: S101  whoever calls has looked
    name = live.fit.name
    inputs = _like(x, validation.x, f"inputs of {given.path}", name)
    labels = _labels(given, np.asarray(validation.y), live)
    sizes = {len(leaf) for leaf in (*_data._leaves(inputs), labels)}
    if len(sizes) > 1:
        raise InputError(
            f"Inputs and labels of {given.path} must have one row a text. Received: "
            f"{' and '.join(map(str, sorted(sizes)))} rows."
        )
    _refuse_unknown_ids(given, inputs, live)
    return Rows(x=inputs, y=labels, batch_size=validation.batch_size)


def _like(given: Any, own: Any, what: str, name: str) -> Any:
    """Return arrays in form and type of a fit's own."""
    if isinstance(own, dict):
        if not isinstance(given, dict) or set(given) != set(own):
            raise _misfit(what, name, _form(own), _form(given))
        return {key: _like(given[key], own[key], what, name) for key in own}
    if isinstance(own, (list, tuple)):
        names = [f"x{k}" for k in range(len(own))]
        parts = given
        if isinstance(given, dict):
            parts = [given[name] for name in names] if set(given) == set(names) else None
        if not isinstance(parts, (list, tuple)) or len(parts) != len(own):
            raise _misfit(what, name, _form(own), _form(given))
        pairs = zip(parts, own, strict=True)
        return [_like(one, other, what, name) for one, other in pairs]
    if isinstance(given, dict):
        if set(given) != {"x"}:
            raise _misfit(what, name, _form(own), _form(given))
        given = given["x"]
    if given is None or isinstance(given, (dict, list, tuple)):
        raise _misfit(what, name, _form(own), _form(given))
    array = np.asarray(given)
    if array.dtype.kind not in "biuf" or array.shape[1:] != own.shape[1:]:
        raise _misfit(what, name, _form(own), _form(array))
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise InputError(f"The {what} must be finite numbers; some are NaN or infinite.")
    return array.astype(own.dtype)


def _form(x: Any) -> str:
    """Say what arrays an input is made of, by the names that a file has them under."""
    if isinstance(x, dict):
        return ", ".join(f"{key} {_shape(part)}" for key, part in sorted(x.items()))
    if isinstance(x, (list, tuple)):
        return ", ".join(f"x{k} {_shape(part)}" for k, part in enumerate(x))
    return f"x {_shape(x)}"


def _shape(array: Any) -> str:
    if not hasattr(array, "shape"):
        return f"({type(array).__name__})"
    sizes = ["N", *map(str, array.shape[1:])]
    return f"({', '.join(sizes)}{',' if len(sizes) == 1 else ''}) of {array.dtype}"


def _misfit(what: str, name: str, expected: str, received: str) -> InputError:
    return InputError(
        f"The {what} must be arrays as `{name}` takes them: {expected}. Received: "
        f"{received or 'none'}."
    )


def _labels(given: Given, own: np.ndarray, live: LiveFit) -> np.ndarray:
    """Return labels in the form of the fit's own: class numbers may stand for one-hot."""
    labels = given.y
    what, name = f"labels of {given.path}", live.fit.name
    if labels.dtype.kind not in "biuf" or not np.isfinite(labels).all():
        raise InputError(
            f"The {what} must be numbers, as those that `{name}` was trained on. "
            f"Received: {labels.reshape(-1)[:1].tolist()[0]!r}, for instance."
        )
    whole = labels.shape == (len(labels),) and (labels == np.round(labels)).all()
    if own.ndim == 2 and own.shape[1] > 1 and whole and _one_hot(own):
        if labels.min() < 0 or labels.max() >= own.shape[1]:
            raise _unknown(what, labels.max(), name)
        return np.eye(own.shape[1], dtype=own.dtype)[labels.astype(int)]
    if labels.size == len(labels) and own.size == len(own):
        labels = labels.reshape(len(labels), *own.shape[1:])
    if labels.shape[1:] != own.shape[1:]:
        raise _misfit(what, name, f"y {_shape(own)}", f"y {_shape(labels)}")
    counts = live.fit.training.class_counts if live.fit.training else None
    if counts is not None and labels.size == len(labels):
        known = {float(value) for value in counts}
        strange = sorted(set(labels.reshape(-1).astype(float).tolist()) - known)
        if strange:
            raise _unknown(what, strange[0], name)
    return labels.astype(own.dtype)


def _one_hot(labels: np.ndarray) -> bool:
    return bool(np.isin(labels, (0, 1)).all() and (labels.sum(1) == 1).all())


def _unknown(what: str, label: float, name: str) -> InputError:
    return InputError(
        f"The {what} hold {label:g}, a class that no training text of `{name}` has."
    )


def _refuse_unknown_ids(given: Given, inputs: Any, live: LiveFit) -> None:
    """Refuse ids behind the end of the table: JAX would read its last row instead."""
    tables = [layer for layer in live.model.layers if hasattr(layer, "input_dim")]
    leaves = _data._leaves(inputs)
    if len(tables) != 1 or len(leaves) != 1 or leaves[0].dtype.kind not in "iu":
        return
    rows, most, least = tables[0].input_dim, int(leaves[0].max()), int(leaves[0].min())
    if most >= rows or least < 0:
        raise InputError(
            f"The inputs of {given.path} must be ids from 0 to {rows - 1}, the rows of "
            f"`{tables[0].name}`. Received: {most if most >= rows else least}. Were they "
            "made with the script's own vocabulary?"
        )
