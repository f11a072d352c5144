"""Keras 2's silent broadcast of one label a text over an output with a time axis.

A model that forgets to reduce over time gives `(n, T, 1)`. Keras 2 turned labels `(n,)`
into `(n, 1)`, dropped the output's last axis and broadcast: every time step was trained
on the label of the whole text, and nobody was told. Keras 3 refuses for binary
cross-entropy and stays silent for the losses that are plain arithmetic.

Keras is imported inside the functions: the script chooses its backend first.
"""

from __future__ import annotations

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
    if label_shape is None or not one_label_each(label_shape):
        return None
    output_shape = _output_shape(model, x)
    if output_shape is None or not carries_time(output_shape):
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


def one_label_each(shape: tuple[int | None, ...]) -> bool:
    """Whether labels of this shape are one a text."""
    return len(shape) == 1 or (len(shape) == 2 and shape[1] == 1)


def carries_time(shape: tuple[int | None, ...]) -> bool:
    """Whether an output of this shape is one number for each of several time steps."""
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
    except Exception:  # noqa: BLE001 - a custom loss may raise anything
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
