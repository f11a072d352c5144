"""Functions of TensorFlow and of Keras 2's backend, written with `keras.ops`.

Names, arguments and defaults are theirs; the mathematics is that of any Keras backend.
What is not here has no counterpart of a line or two.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

Functions = dict[str, Callable[..., Any]]

# Same name, arguments and defaults in `keras.ops`.
_SAME = (
    "abs all any cos elu equal exp greater greater_equal hard_sigmoid less less_equal log "
    "logsumexp maximum mean minimum not_equal ones_like prod reshape round sigmoid sign "
    "sin softmax softplus softsign sqrt square squeeze std sum tanh tile var zeros_like"
)
# TensorFlow's name → that of `keras.ops`; the first argument goes by position.
_TENSORFLOW = {
    "abs": "abs", "add": "add", "argmax": "argmax", "cast": "cast", "clip_by_value": "clip",
    "cumsum": "cumsum", "divide": "divide", "einsum": "einsum", "equal": "equal",
    "exp": "exp", "expand_dims": "expand_dims", "greater": "greater", "less": "less",
    "logical_and": "logical_and", "logical_not": "logical_not",
    "maximum": "maximum", "minimum": "minimum", "multiply": "multiply",
    "not_equal": "not_equal", "ones": "ones", "ones_like": "ones_like", "pow": "power",
    "reduce_all": "all", "reduce_any": "any", "reduce_max": "max", "reduce_mean": "mean",
    "reduce_min": "min", "reduce_prod": "prod", "reduce_sum": "sum", "repeat": "repeat",
    "reshape": "reshape", "round": "round", "shape": "shape", "sigmoid": "sigmoid",
    "sqrt": "sqrt", "square": "square", "squeeze": "squeeze", "stack": "stack",
    "stop_gradient": "stop_gradient", "subtract": "subtract", "tanh": "tanh",
    "tensordot": "tensordot", "tile": "tile", "where": "where", "zeros": "zeros",
    "zeros_like": "zeros_like",
}  # fmt: skip


def backend_functions() -> Functions:
    """Return the functions of Keras 2's `keras.backend` that Keras 3 has dropped."""
    import keras
    import numpy as np

    ops: Any = keras.ops

    def arange(start: Any, stop: Any = None, step: Any = 1, dtype: Any = "int32") -> Any:
        return ops.arange(start, stop, step, dtype)

    def batch_flatten(x: Any) -> Any:
        return ops.reshape(x, (ops.shape(x)[0], -1))

    def binary_crossentropy(target: Any, output: Any, from_logits: bool = False) -> Any:
        return ops.binary_crossentropy(target, output, from_logits=from_logits)

    def categorical_crossentropy(
        target: Any, output: Any, from_logits: bool = False, axis: int = -1
    ) -> Any:
        return ops.categorical_crossentropy(target, output, from_logits, axis)

    def constant(value: Any, dtype: Any = None, shape: Any = None, name: Any = None) -> Any:
        dtype = dtype or keras.config.floatx()
        if shape is None:
            return ops.convert_to_tensor(value, dtype)
        return ops.full(shape, value, dtype)

    def get_value(x: Any) -> Any:
        value = ops.convert_to_numpy(x)
        return value[()] if value.ndim == 0 else value

    def l2_normalize(x: Any, axis: Any = None) -> Any:
        squares = ops.sum(ops.square(x), axis=axis, keepdims=True)
        return x * ops.rsqrt(ops.maximum(squares, 1e-12))

    def relu(x: Any, alpha: float = 0.0, max_value: Any = None) -> Any:
        x = ops.leaky_relu(x, alpha) if alpha else ops.relu(x)
        return x if max_value is None else ops.minimum(x, max_value)

    def repeat(x: Any, n: int) -> Any:
        return ops.repeat(ops.expand_dims(x, 1), n, axis=1)

    def set_value(x: Any, value: Any) -> None:
        x.assign(value)

    def switch(condition: Any, then: Any, otherwise: Any) -> Any:
        then, otherwise = (part() if callable(part) else part for part in (then, otherwise))
        missing = max(len(then.shape) - len(condition.shape), 0)
        for _ in range(missing):
            condition = ops.expand_dims(condition, -1)
        return ops.where(ops.cast(condition, "bool"), then, otherwise)

    def variable(
        value: Any, dtype: Any = None, name: Any = None, constraint: Any = None
    ) -> Any:
        return keras.Variable(
            np.asarray(value), dtype=dtype or keras.config.floatx(), name=name
        )

    return {
        **{name: getattr(ops, name) for name in _SAME.split()},
        "arange": arange,
        "argmax": lambda x, axis=-1: ops.argmax(x, axis),
        "argmin": lambda x, axis=-1: ops.argmin(x, axis),
        "batch_dot": batch_dot,
        "batch_flatten": batch_flatten,
        "bias_add": lambda x, bias, data_format=None: ops.add(x, bias),
        "binary_crossentropy": binary_crossentropy,
        "cast": ops.cast,
        "cast_to_floatx": lambda x: np.asarray(x, keras.config.floatx()),
        "categorical_crossentropy": categorical_crossentropy,
        "clip": lambda x, min_value=None, max_value=None: ops.clip(x, min_value, max_value),
        "concatenate": lambda tensors, axis=-1: ops.concatenate(tensors, axis),
        "constant": constant,
        "count_params": lambda x: int(np.prod(x.shape)),
        "cumprod": lambda x, axis=0: ops.cumprod(x, axis),
        "cumsum": lambda x, axis=0: ops.cumsum(x, axis),
        "dot": lambda x, y: ops.dot(x, y),
        "dtype": lambda x: keras.backend.standardize_dtype(x.dtype),
        "eval": get_value,
        "expand_dims": lambda x, axis=-1: ops.expand_dims(x, axis),
        "flatten": lambda x: ops.reshape(x, (-1,)),
        "gather": lambda reference, indices: ops.take(reference, indices, axis=0),
        "get_value": get_value,
        "int_shape": lambda x: tuple(x.shape),
        "l2_normalize": l2_normalize,
        "max": lambda x, axis=None, keepdims=False: ops.max(x, axis, keepdims),
        "min": lambda x, axis=None, keepdims=False: ops.min(x, axis, keepdims),
        "ndim": lambda x: len(x.shape),
        "one_hot": lambda indices, num_classes: ops.one_hot(indices, num_classes),
        "ones": lambda shape, dtype=None, name=None: ops.ones(shape, dtype),
        "permute_dimensions": lambda x, pattern: ops.transpose(x, pattern),
        "pow": lambda x, a: ops.power(x, a),
        "relu": relu,
        "repeat": repeat,
        "repeat_elements": lambda x, rep, axis: ops.repeat(x, rep, axis),
        "reverse": lambda x, axes: ops.flip(x, axes),
        "set_value": set_value,
        "shape": ops.shape,
        "stack": lambda x, axis=0: ops.stack(x, axis),
        "stop_gradient": lambda variables: ops.stop_gradient(variables),
        "switch": switch,
        "transpose": lambda x: ops.transpose(x),
        "variable": variable,
        "zeros": lambda shape, dtype=None, name=None: ops.zeros(shape, dtype),
    }


def batch_dot(x: Any, y: Any, axes: int | Sequence[int] | None = None) -> Any:
    """Multiply text by text, as Keras 2's `K.batch_dot`.

    Args:
        x: Tensor of shape `(B, ...)`.
        y: Tensor of shape `(B, ...)`.
        axes: The axis of each that is summed over; by default the last of `x` and the
            last but one of `y` (its last if it has rank 2).

    Returns:
        The axes of `x` that are left, then those of `y`; `(B, 1)` for two of rank 2.
    """
    import keras

    ops: Any = keras.ops

    x_rank, y_rank = len(x.shape), len(y.shape)
    if axes is None:
        axes = (x_rank - 1, y_rank - 1 if y_rank == 2 else y_rank - 2)
    x_axis, y_axis = (axes, axes) if isinstance(axes, int) else axes
    x_axis, y_axis = x_axis % x_rank, y_axis % y_rank
    x_letters = ["b", *"cdefg"[: x_rank - 1]]
    y_letters = ["b", *"hijkl"[: y_rank - 1]]
    x_letters[x_axis] = y_letters[y_axis] = "z"
    left = [letter for letter in [*x_letters, *y_letters[1:]] if letter != "z"]
    formula = f"{''.join(x_letters)},{''.join(y_letters)}->{''.join(left)}"
    result = ops.einsum(formula, x, y)
    return ops.expand_dims(result, -1) if len(left) == 1 else result


def tensorflow_functions() -> Functions:
    """Return the functions of TensorFlow that custom layers and losses call."""
    import keras

    ops: Any = keras.ops

    def served(name: str) -> Callable[..., Any]:
        function = getattr(ops, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            kwargs.pop("name", None)
            first = [kwargs.pop(key) for key in ("input_tensor", "input") if key in kwargs]
            return function(*first, *args, **kwargs)

        call.__name__ = name
        return call

    def matmul(
        a: Any,
        b: Any,
        transpose_a: bool = False,
        transpose_b: bool = False,
        name: Any = None,
    ) -> Any:
        a = ops.swapaxes(a, -1, -2) if transpose_a else a
        return ops.matmul(a, ops.swapaxes(b, -1, -2) if transpose_b else b)

    return {
        **{theirs: served(ours) for theirs, ours in _TENSORFLOW.items()},
        "concat": lambda values, axis, name=None: ops.concatenate(values, axis),
        "constant": lambda value, dtype=None: ops.convert_to_tensor(value, dtype),
        "convert_to_tensor": lambda value, dtype=None: ops.convert_to_tensor(value, dtype),
        "gather": lambda params, indices, axis=0: ops.take(params, indices, axis=axis),
        "matmul": matmul,
        "one_hot": lambda indices, depth, axis=-1: ops.one_hot(indices, depth, axis=axis),
        "range": lambda start, limit=None, delta=1, dtype=None: ops.arange(
            start, limit, delta, dtype
        ),
        "transpose": lambda a, perm=None, name=None: ops.transpose(a, perm),
    }
