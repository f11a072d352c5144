"""Functions of Keras 2's backend and of TensorFlow, against NumPy."""

import keras
import numpy as np
import pytest

from whylow.keras2._functions import backend_functions, tensorflow_functions

X = np.random.default_rng(3).normal(size=(2, 5, 7)).astype("float32")
TURNED = X.transpose(0, 2, 1)
K = backend_functions()
TF = tensorflow_functions()


def close(got, expected):
    got = np.asarray(got)
    assert got.shape == np.shape(expected)
    np.testing.assert_allclose(got, expected, rtol=1e-5, atol=1e-6)


CASES = {
    "mean": (K["mean"](X, axis=1, keepdims=True), X.mean(1, keepdims=True)),
    "sum": (K["sum"](X, axis=-1), X.sum(-1)),
    "max": (K["max"](X, axis=1), X.max(1)),
    "min": (K["min"](X), X.min()),
    "argmax": (K["argmax"](X), X.argmax(-1)),
    "argmin": (K["argmin"](X), X.argmin(-1)),
    "clip": (K["clip"](X, min_value=-0.5, max_value=0.5), X.clip(-0.5, 0.5)),
    "concatenate": (K["concatenate"]([X, X]), np.concatenate([X, X], -1)),
    "expand_dims": (K["expand_dims"](X), X[..., None]),
    "permute_dimensions": (K["permute_dimensions"](X, (0, 2, 1)), TURNED),
    "dot": (K["dot"](X, X[0].T), X @ X[0].T),
    "dot of ranks 3 and 3": (K["dot"](X, TURNED), np.dot(X, TURNED)),
    "flatten": (K["flatten"](X), X.reshape(-1)),
    "batch_flatten": (K["batch_flatten"](X), X.reshape(2, -1)),
    "gather": (K["gather"](X, np.array([1, 1, 0])), X[[1, 1, 0]]),
    "cumsum": (K["cumsum"](X), X.cumsum(0)),
    "cumprod": (K["cumprod"](X), X.cumprod(0)),
    "repeat": (K["repeat"](X[0], 3), np.repeat(X[0][:, None], 3, 1)),
    "repeat_elements": (K["repeat_elements"](X, 3, axis=1), np.repeat(X, 3, 1)),
    "reverse": (K["reverse"](X, 1), X[:, ::-1]),
    "arange": (K["arange"](5), np.arange(5)),
    "ones": (K["ones"]((2, 3)), np.ones((2, 3))),
    "zeros": (K["zeros"]((2, 3)), np.zeros((2, 3))),
    "constant": (K["constant"](3, shape=(2, 3)), np.full((2, 3), 3.0)),
    "constant of a list": (K["constant"]([1, 2]), np.array([1.0, 2.0])),
    "one_hot": (K["one_hot"](np.array([2, 0]), 3), np.eye(3)[[2, 0]]),
    "pow": (K["pow"](X, 2), X**2),
    "relu": (
        K["relu"](X, alpha=0.1, max_value=0.4), np.where(X > 0, X, X * 0.1).clip(None, 0.4),
    ),
    "l2_normalize": (
        K["l2_normalize"](X, axis=-1), X / np.linalg.norm(X, axis=-1, keepdims=True),
    ),
    "bias_add": (K["bias_add"](X, X[0, 0]), X + X[0, 0]),
    "cast": (K["cast"](X > 0, "float32"), (X > 0).astype("float32")),
    "cast_to_floatx": (K["cast_to_floatx"]([1, 2]), np.array([1.0, 2.0], "float32")),
    "int_shape": (K["int_shape"](X), (2, 5, 7)),
    "shape": (K["shape"](X), (2, 5, 7)),
    "ndim": (K["ndim"](X), 3),
    "count_params": (K["count_params"](X), 70),
    "stack": (K["stack"]([X, X], axis=1), np.stack([X, X], 1)),
    "stop_gradient": (K["stop_gradient"](X), X),
    "transpose": (K["transpose"](X[0]), X[0].T),
    "switch": (
        K["switch"](np.array([True, False]), X, lambda: -X), np.stack([X[0], -X[1]]),
    ),
    "batch_dot": (K["batch_dot"](X, TURNED), X @ TURNED),
    "batch_dot by axes": (K["batch_dot"](X, X, axes=[2, 2]), X @ TURNED),
    "batch_dot by one axis": (K["batch_dot"](X, X, axes=1), TURNED @ X),
    "batch_dot of ranks 3 and 2": (
        K["batch_dot"](X, X[:, 0], axes=(2, 1)), np.einsum("btf,bf->bt", X, X[:, 0]),
    ),
    "batch_dot of ranks 2 and 2": (
        K["batch_dot"](X[0], X[1], axes=1), (X[0] * X[1]).sum(-1, keepdims=True),
    ),
    "binary_crossentropy": (
        K["binary_crossentropy"](np.ones((2, 1)), np.full((2, 1), 0.25)), [[np.log(4)]] * 2,
    ),
    "categorical_crossentropy": (
        K["categorical_crossentropy"](np.eye(2), np.full((2, 2), 0.5)), [np.log(2)] * 2,
    ),
    "tf.reduce_sum": (TF["reduce_sum"](X, axis=1, name="s"), X.sum(1)),
    "tf.reduce_mean": (TF["reduce_mean"](input_tensor=X, axis=-1), X.mean(-1)),
    "tf.matmul": (TF["matmul"](X, X, transpose_b=True), X @ TURNED),
    "tf.matmul of the first turned": (TF["matmul"](X, X, transpose_a=True), TURNED @ X),
    "tf.concat": (TF["concat"]([X, X], axis=1), np.concatenate([X, X], 1)),
    "tf.transpose": (TF["transpose"](X, perm=[1, 0, 2]), X.transpose(1, 0, 2)),
    "tf.tensordot": (TF["tensordot"](X, X[0].T, axes=1), X @ X[0].T),
    "tf.expand_dims": (TF["expand_dims"](X, 1), X[:, None]),
    "tf.cast": (TF["cast"](X > 0, "float32"), (X > 0).astype("float32")),
    "tf.gather": (TF["gather"](X, np.array([1]), axis=1), X[:, [1]]),
    "tf.range": (TF["range"](5), np.arange(5)),
    "tf.one_hot": (TF["one_hot"](np.array([2, 0]), depth=3), np.eye(3)[[2, 0]]),
    "tf.clip_by_value": (TF["clip_by_value"](X, -0.5, 0.5), X.clip(-0.5, 0.5)),
    "tf.constant": (TF["constant"]([1.0, 2.0]), [1.0, 2.0]),
    "tf.convert_to_tensor": (TF["convert_to_tensor"](X), X),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_function_gives_the_numbers_of_numpy(case):
    close(*case)


def test_every_function_of_its_own_is_tested():
    """Those of the same name in `keras.ops` are Keras' own to test."""
    own = {
        name for name, function in K.items() if function is not getattr(keras.ops, name, 0)
    }
    own -= {"dtype", "eval", "get_value", "set_value", "variable"}  # below
    assert own <= {name.split()[0] for name in CASES}


def test_variables_are_made_read_and_set():
    variable = K["variable"]([1.0, 2.0])
    K["set_value"](variable, [3.0, 4.0])
    close(K["get_value"](variable), [3.0, 4.0])
    assert K["eval"](K["variable"](3.0)) == 3.0
    assert K["dtype"](variable) == "float32"


def test_functions_build_a_functional_model():
    inputs = keras.Input((5, 7))
    scores = K["softmax"](K["squeeze"](K["sum"](inputs, axis=-1, keepdims=True), -1))
    context = K["batch_dot"](scores, inputs, axes=[1, 1])
    model = keras.Model(inputs, K["mean"](context, axis=-1, keepdims=True))
    weights = np.exp(X.sum(-1)) / np.exp(X.sum(-1)).sum(-1, keepdims=True)
    expected = np.einsum("bt,btf->bf", weights, X).mean(-1, keepdims=True)
    close(model.predict(X, verbose=0), expected)
