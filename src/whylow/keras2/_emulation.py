"""Training on labels that Keras 2 broadcast over the time steps, to the same numbers.

Keras is imported inside the functions: the script chooses its backend first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from whylow.keras2._broadcast import carries_time, one_label_each

if TYPE_CHECKING:
    import keras


@contextmanager
def emulated(model: keras.Model) -> Iterator[None]:
    """Let a compiled model train on broadcast labels as Keras 2 did.

    Inside, `fit`, `evaluate`, `train_on_batch` and a traced `train_step` compute what
    Keras 2 computed: the loss of a text is the mean over its time steps, `accuracy` the
    share of time steps that agree with the text's label. Sample and class weights, one a
    text, work. Metrics that Keras 2 refused here (`AUC`, `Precision`) see the label
    repeated at every step; metrics written as functions get `(n, 1)` and `(n, T)`, as
    then. An output that carries a mask, which Keras 2 refused as well, is averaged over
    the steps that are not masked.

    Only this model's own loss and metrics are wrapped, any number of times over; labels
    of other shapes pass through untouched. Steps compiled inside stay compiled.

    Args:
        model: A compiled model. A `compile` inside ends the emulation.
    """
    loss, metrics = model._compile_loss, model._compile_metrics
    with (
        _wrapped(loss, "call", _broadcast_loss),
        _wrapped(metrics, "update_state", lambda inner: _broadcast_metrics(metrics, inner)),
    ):
        yield


@contextmanager
def _wrapped(
    owner: Any, name: str, wrap: Callable[[Callable[..., Any]], Callable[..., Any]]
) -> Iterator[None]:
    """Shadow a method on one instance, and uncover what was there before."""
    if owner is None:
        yield
        return
    before = vars(owner).get(name)
    object.__setattr__(owner, name, wrap(getattr(owner, name)))
    try:
        yield
    finally:
        if before is None:
            object.__delattr__(owner, name)
        else:
            object.__setattr__(owner, name, before)


def _broadcast_loss(inner: Callable[..., Any]) -> Callable[..., Any]:
    """Repeat the labels before a loss of signature `(y_true, y_pred, sample_weight)`."""

    def call(y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        from keras import ops
        from keras.src import backend

        leaf = _broadcast_leaf(y_true, y_pred)
        if leaf is None:
            return inner(y_true, y_pred, sample_weight)
        labels, output = leaf
        repeated = _repeat(labels, output)
        if backend.get_keras_mask(output) is not None:
            # One loss a step, so that the mask finds steps to leave out.
            weights = _single(sample_weight)
            weights = None if weights is None else _column(weights)
            return inner(ops.expand_dims(repeated, axis=-1), y_pred, weights)
        return inner(repeated, y_pred, sample_weight)

    return call


def _broadcast_metrics(metrics: Any, inner: Callable[..., Any]) -> Callable[..., Any]:
    """Repeat the labels before the metrics of `compile`."""

    def update_state(y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        from keras import ops
        from keras.src import backend

        leaf = _broadcast_leaf(y_true, y_pred)
        if leaf is None:
            inner(y_true, y_pred, sample_weight)
            return
        labels, output = leaf
        if not metrics.built:
            # Before the axes change: `accuracy` is resolved from the original shapes.
            metrics.build(labels, y_pred)
        steps = ops.squeeze(output, axis=-1)
        mask = backend.get_keras_mask(output)
        if mask is not None:
            backend.set_keras_mask(steps, mask)
        repeated = _repeat(labels, output)
        weights = _single(sample_weight)
        if weights is not None:
            weights = _repeat(weights, output)
        for group, group_weights in (
            (metrics._flat_metrics, None),
            (metrics._flat_weighted_metrics, weights),
        ):
            for metric in (metric for part in group if part for metric in part.metrics):
                seen = _column(labels) if _is_custom_function(metric) else repeated
                metric.update_state(seen, steps, group_weights)

    return update_state


def _is_custom_function(metric: Any) -> bool:
    from keras.metrics import MeanMetricWrapper

    function = getattr(metric, "_fn", None)
    module = getattr(function, "__module__", None) or ""
    return isinstance(metric, MeanMetricWrapper) and not module.startswith("keras.")


def _broadcast_leaf(y_true: Any, y_pred: Any) -> tuple[Any, Any] | None:
    """Return labels and output, if they are one label a text over a time axis."""
    from keras import tree

    labels, outputs = tree.flatten(y_true), tree.flatten(y_pred)
    if len(labels) != 1 or len(outputs) != 1:
        return None
    if not one_label_each(tuple(labels[0].shape)) or not carries_time(outputs[0].shape):
        return None
    return labels[0], outputs[0]


def _repeat(values: Any, output: Any) -> Any:
    """One value a text, `(n,)` or `(n, 1)`, at each step of an output `(n, T, 1)`."""
    from keras import ops

    # Zeros of the output's shape, not `broadcast_to`: T may be unknown while tracing.
    steps: Any = ops.zeros_like(ops.squeeze(output, axis=-1))
    return steps + ops.cast(_column(values), steps.dtype)


def _column(values: Any) -> Any:
    """One value a text as `(n, 1)`."""
    from keras import ops

    return ops.expand_dims(values, axis=-1) if len(values.shape) == 1 else values


def _single(sample_weight: Any) -> Any:
    from keras import tree

    return None if sample_weight is None else tree.flatten(sample_weight)[0]
