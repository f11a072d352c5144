"""What a loss of the script's own makes of its shapes, tried on a few made numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

_ROWS = 4


def loss_across_rows(
    loss: Any, output_shape: tuple[int | None, ...] | None, label_shape: tuple[int, ...]
) -> bool:
    """Whether a loss compares each row's output with other rows' labels.

    Labels `(N,)` against an output `(N, 1)` or `(N, T, 1)` are lined up with its last axis
    by NumPy's rules. The loss is called with labels as the script gives them, with labels
    that stand at their own row, and row by row. One that judges each row alone gives the
    same row by row, and one that compares rows on purpose the same for both labels.

    Args:
        loss: As it was given to `compile`.
        output_shape: Of the model, its batch axis open.
        label_shape: Of the labels.
    """
    called = _own(loss)
    if called is None or output_shape is None or len(output_shape) < 2:
        return False
    if label_shape[1:] not in ((), (1,)) or len(label_shape) == len(output_shape):
        return False
    generator = np.random.default_rng(0)
    # Another length than the rows, so that no axis is taken for another.
    axes = [_ROWS + 1 if axis is None else axis for axis in output_shape[1:]]
    answers = generator.uniform(0.1, 0.9, (_ROWS, *axes)).astype("float32")
    # Neither all alike nor in order: a comparison of every row with every other shows.
    labels = np.array([0, 1, 1, 0], dtype="float32")
    given = labels.reshape(_ROWS, *label_shape[1:])
    apart = labels.reshape(_ROWS, *[1] * len(axes))
    try:
        whole, own_row = _mean(called, given, answers), _mean(called, apart, answers)
        each = [_mean(called, given[[n]], answers[[n]]) for n in range(_ROWS)]
    except Exception:  # noqa: BLE001  a person's own function may raise anything here
        return False
    return _apart(whole, own_row) and _apart(whole, float(np.mean(each)))


def _own(loss: Any) -> Callable[[Any, Any], Any] | None:
    """Return what Keras calls of a loss that is no loss of Keras."""
    import keras
    from keras.src.losses.losses import LossFunctionWrapper

    written_by = type(loss) if isinstance(loss, keras.losses.Loss) else loss
    module = getattr(written_by, "__module__", None) or ""
    if not callable(loss) or module.partition(".")[0] == "keras":
        return None
    if isinstance(loss, keras.losses.Loss):
        return loss.call
    # A function is wrapped, and the wrapper brings some shapes to one rank.
    return LossFunctionWrapper(loss).call


def _apart(one: float, other: float) -> bool:
    return not bool(np.isclose(one, other, rtol=1e-4, atol=1e-6, equal_nan=True))


def _mean(called: Callable[[Any, Any], Any], labels: Any, answers: Any) -> float:
    from keras import ops

    given = ops.convert_to_tensor(labels), ops.convert_to_tensor(answers)
    return float(np.mean(np.asarray(ops.convert_to_numpy(called(*given)))))
