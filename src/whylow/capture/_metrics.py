"""The metrics of a compiled model: their names, what they are, how they see labels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np


def described_metrics(model: Any) -> list[tuple[str, str]]:
    """Return the name and the kind of each metric that `compile` was given.

    The kind is the string itself, the class of a `keras.metrics.Metric`, the name of a
    function of Keras', or `function` for one that the script wrote.
    """
    return [_described(metric) for metric in _given(model)]


def unequal_metrics(model: Any) -> tuple[str, ...]:
    """Return the script's own metric functions that labels `(n,)` mislead.

    Each is called on a few made numbers with labels `(n,)` and `(n, 1)` against
    predictions `(n, 1)`, which is what Keras hands to it as the labels were given.
    """
    return tuple(
        metric.__name__
        for metric in _given(model)
        if _own_function(metric) and _unequal(metric)
    )


def _given(model: Any) -> Iterator[Any]:
    metrics = getattr(model, "_compile_metrics", None)
    metrics = getattr(metrics, "_user_metrics", None)
    metrics = list(metrics.values()) if isinstance(metrics, dict) else metrics
    for metric in metrics or ():
        if isinstance(metric, (list, tuple)):
            yield from metric
        elif metric is not None:
            yield metric


def _described(metric: Any) -> tuple[str, str]:
    import keras

    if isinstance(metric, str):
        return metric, metric
    if isinstance(metric, dict):
        name = metric.get("config", {}).get("name") or metric.get("class_name")
        return str(name), str(metric.get("class_name"))
    if isinstance(metric, keras.metrics.Metric):
        return metric.name, type(metric).__name__
    name = getattr(metric, "__name__", type(metric).__name__)
    return name, "function" if _own_function(metric) else name


def _own_function(metric: Any) -> bool:
    import keras

    if isinstance(metric, (str, dict, keras.metrics.Metric)) or not callable(metric):
        return False
    module = getattr(metric, "__module__", "") or ""
    return hasattr(metric, "__name__") and module.partition(".")[0] != "keras"


def _unequal(metric: Any) -> bool:
    from keras import ops

    # Neither all alike nor in order: a comparison of every row with every other shows.
    labels = np.array([0, 1, 1, 0, 1], dtype="float32")
    answers = np.array([[0.1], [0.8], [0.3], [0.6], [0.9]], dtype="float32")
    try:
        flat, column = (
            np.asarray(
                ops.mean(metric(ops.convert_to_tensor(y), ops.convert_to_tensor(answers)))
            )
            for y in (labels, labels[:, None])
        )
    except Exception:  # noqa: BLE001  a person's own function may raise anything here
        return False
    return not np.allclose(flat, column, rtol=1e-4, atol=1e-6, equal_nan=True)
