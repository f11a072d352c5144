"""Keras 2's silent broadcast of one label a text over an output with a time axis.

A model that forgets to reduce over time gives `(n, T, 1)`. Keras 2 turned labels `(n,)`
into `(n, 1)`, dropped the output's last axis and broadcast: every time step was trained
on the label of the whole text, and nobody was told. Keras 3 refuses for binary
cross-entropy and stays silent for the losses that are plain arithmetic.

Keras is imported inside the functions: the script chooses its backend first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from whylow.records import Broadcast

if TYPE_CHECKING:
    import keras

# Layers that work on each time step by itself, so that the time axis comes from before.
_PER_STEP = frozenset({
    "Activation", "AlphaDropout", "BatchNormalization", "Dense", "Dropout", "EinsumDense",
    "ELU", "GaussianDropout", "GaussianNoise", "Identity", "Lambda", "LayerNormalization",
    "LeakyReLU", "PReLU", "ReLU", "RMSNormalization", "Softmax", "SpatialDropout1D",
    "TimeDistributed", "UnitNormalization",
})  # fmt: skip


def broadcast_of(
    model: keras.Model, y: Any, loss: Any = None, *, x: Any = None
) -> Broadcast | None:
    """Say whether training would broadcast one label a text over the time steps.

    Decided from shapes and from what the loss accepts, on two made-up rows and without a
    training step: `emulated` is true where Keras 3 refuses the shapes and Keras 2 did not
    (binary cross-entropy), false where Keras 3 broadcasts in silence too (mean squared
    error, hinge, Poisson and others).

    Args:
        model: A model with one output.
        y: The labels as given to `fit`, or their shape as a tuple.
        loss: Loss as given to `compile`: name, function or `keras.losses.Loss`; by
            default what the model was compiled with.
        x: The inputs as given to `fit`, needed only for a model that is not built yet;
            it is then built, as `fit` would do a moment later.

    Returns:
        The shapes, and the last layer that makes or keeps the time axis (layers behind
        it, `Dense` for instance, work on each step by itself); `None` where nothing is
        broadcast, or where it cannot be told: more than one output, a custom loss that
        accepts the shapes and may well reduce over time itself.
    """
    label_shape = _shape(y)
    if label_shape is None or not _one_label_each(label_shape):
        return None
    output_shape = _output_shape(model, x)
    if output_shape is None or not _carries_time(output_shape):
        return None
    verdict = _refused(loss if loss is not None else getattr(model, "loss", None))
    if verdict is None:
        return None
    return Broadcast(
        output_shape=output_shape,
        label_shape=(None, *label_shape[1:]),
        layer=_time_layer(model),
        emulated=verdict,
    )


# Keras' own losses of a text's steps, by what Keras 3 does with labels `(n, 1)`. Losses
# that are missing here treat the last axis as classes or vectors: another fault.
_REFUSED = frozenset({"binary_crossentropy", "binary_focal_crossentropy"})
_SILENT = frozenset({
    "hinge", "huber", "kl_divergence", "log_cosh", "mean_absolute_error",
    "mean_absolute_percentage_error", "mean_squared_error",
    "mean_squared_logarithmic_error", "poisson", "squared_hinge",
})  # fmt: skip


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
    if not _one_label_each(tuple(labels[0].shape)) or not _carries_time(outputs[0].shape):
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


def _one_label_each(shape: tuple[int | None, ...]) -> bool:
    return len(shape) == 1 or (len(shape) == 2 and shape[1] == 1)


def _carries_time(shape: Any) -> bool:
    return len(shape) == 3 and shape[2] == 1 and shape[1] != 1


def _refused(loss: Any) -> bool | None:
    """Whether Keras 3 refuses to broadcast; `None` where it is no broadcast at all."""
    import keras
    from keras.src.trainers.compile_utils import get_loss

    if isinstance(loss, (list, tuple)) and len(loss) == 1:
        loss = loss[0]
    if loss is None or isinstance(loss, (dict, list, tuple)):
        return None
    output = keras.KerasTensor((2, 3, 1))
    # `(n, 1)`: what Keras 2 made of `(n,)` before any loss saw it.
    labels = keras.KerasTensor((2, 1))
    try:
        resolved = get_loss(loss, labels, output)
    except (ValueError, TypeError):
        return None
    function = getattr(resolved, "fn", None)
    if getattr(function, "__module__", None) == "keras.src.losses.losses":
        name = getattr(function, "__name__", "")
        return name in _REFUSED if name in _REFUSED | _SILENT else None
    if _accepts(resolved, labels, output):
        return None
    return True if _accepts(resolved, keras.KerasTensor((2, 3)), output) else None


def _accepts(loss: Any, labels: Any, output: Any) -> bool:
    from keras.src import backend

    try:
        backend.compute_output_spec(loss, labels, output)
    except Exception:  # a custom loss may raise anything
        return False
    return True


def _shape(y: Any) -> tuple[int | None, ...] | None:
    if isinstance(y, tuple) and all(size is None or isinstance(size, int) for size in y):
        return y
    if isinstance(y, (list, tuple)) and len(y) == 1 and hasattr(y[0], "shape"):
        y = y[0]
    if isinstance(y, list):
        import numpy as np

        return np.shape(y)
    shape = getattr(y, "shape", None)
    return None if shape is None else tuple(shape)


def _output_shape(model: Any, x: Any) -> tuple[int | None, ...] | None:
    """Shape of the only output, `(None, ...)`; `None` where it cannot be known."""
    import keras
    from keras import tree
    from keras.src import backend

    shape = getattr(model, "output_shape", None) if model.built else None
    if isinstance(shape, list):
        shape = shape[0] if len(shape) == 1 else None
    if shape is None and x is not None:
        inputs = tree.map_structure(
            lambda part: keras.KerasTensor(
                (None, *part.shape[1:]), backend.standardize_dtype(part.dtype)
            ),
            x,
        )
        outputs = tree.flatten(backend.compute_output_spec(model, inputs, training=False))
        shape = outputs[0].shape if len(outputs) == 1 else None
    return None if shape is None else (None, *shape[1:])


def _time_layer(model: Any) -> str:
    """Name of the last layer that makes or keeps the time axis, nested models opened."""
    import keras
    from keras import tree

    found = model.name
    for layer in getattr(model, "layers", ()):
        try:
            shape = tree.flatten(layer.output)[0].shape
        except (AttributeError, ValueError):  # a layer of a subclassed model
            continue
        if len(shape) >= 3 and type(layer).__name__ not in _PER_STEP:
            found = _time_layer(layer) if isinstance(layer, keras.Model) else layer.name
    return found
