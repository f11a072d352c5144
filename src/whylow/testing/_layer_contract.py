"""What every layer on sequences must hold, as one class of tests."""

from __future__ import annotations

import inspect
import zipfile
from pathlib import Path
from typing import Any

import keras
import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from whylow.layers._ops import ops
from whylow.testing._gradients import compiled, gradients, one_or_list

B, T, F = 3, 7, 4
HALVES = {"mixed_float16": 4e-3, "mixed_bfloat16": 4e-2, "float16": 8e-3, "bfloat16": 6e-2}


class LayerContract:
    """Tests that hold for every layer on sequences with a mask.

    Derive a class whose name starts with `Test` and give it `make`; pytest does the rest.
    It needs pytest and Hypothesis. Override the other methods and attributes for a layer
    with several inputs or outputs.

    Example:
        >>> class TestMine(LayerContract):
        ...     def make(self, **arguments):
        ...         return keras.layers.GlobalAveragePooling1D(**arguments)

    """

    #: Whether the numbers at real positions are those of the text without its padding.
    padding_is_neutral = True
    #: Whether the mask may come as a second input.
    takes_pair = True

    def make(self, **arguments: Any) -> keras.layers.Layer:
        """Return a new layer; `arguments` are those of every Keras layer."""
        # Whoever tests a layer says which: pytest does not collect what is abstract.
        raise NotImplementedError

    def inputs(self, sequence: np.ndarray) -> list[np.ndarray]:
        """Return the inputs of the layer, made of one sequence `(B, T, F)`."""
        return [sequence]

    def mask(self, mask: np.ndarray | None) -> Any:
        """Return what the call gets as `mask`, made of one mask `(B, T)`."""
        return mask

    def test_config_makes_the_same_layer(self) -> None:
        """It holds every argument, and a layer made from it has that configuration."""
        layer = self.make()
        config = layer.get_config()
        named = inspect.signature(type(layer).__init__).parameters.values()
        arguments = {one.name for one in named if one.kind is not one.VAR_KEYWORD}
        np.testing.assert_equal(arguments - {"self"} - set(config), set())
        again = type(layer).from_config(config).get_config()
        np.testing.assert_equal(again, config)

    def test_saved_model_predicts_the_same(self, tmp_path: Path) -> None:
        """A `.keras` file loads without `custom_objects` and predicts to the bit.

        So does one that was saved when the class lived in another module: register it,
        `@keras.saving.register_keras_serializable(package=...)`.
        """
        model, ids = self._model(T), _ids()
        now, moved = tmp_path / "model.keras", tmp_path / "moved.keras"
        model.save(now)
        module = type(self.make()).__module__.encode()
        with zipfile.ZipFile(now) as old, zipfile.ZipFile(moved, "w") as new:
            for name in old.namelist():
                new.writestr(name, old.read(name).replace(module, b"elsewhere"))
        for path in (now, moved):
            loaded: Any = keras.saving.load_model(path)
            for one, other in _pairs(model(ids), loaded(ids)):
                np.testing.assert_array_equal(one, other)

    def test_symbolic_shapes_are_the_real_ones(self) -> None:
        """Known lengths stay known; unknown ones may be."""
        outputs = _arrays(self._model(T)(_ids()))
        for time in (T, None):
            symbolic = keras.tree.flatten(self._model(time).outputs)
            for one, real in zip(symbolic, outputs, strict=True):
                expected = [None if time is None and n == T else n for n in real.shape[1:]]
                shape = [None if time is None and n == T else n for n in one.shape[1:]]
                np.testing.assert_equal(shape, expected)

    @settings(
        max_examples=12,
        deadline=None,
        suppress_health_check=[HealthCheck.differing_executors],
    )
    @given(
        lengths=st.lists(st.integers(0, T), min_size=B, max_size=B),
        filler=st.sampled_from([np.nan, np.inf, -np.inf, 1e30]),
        front=st.booleans(),
    )
    def test_what_stands_at_masked_positions_changes_nothing(
        self, lengths: list[int], filler: float, front: bool
    ) -> None:
        """Outputs and gradients are the same, to the bit, and gradients there are zero."""
        layer, mask = self._built(), _mask(lengths, front=front)
        clean = np.where(mask[..., None], _values(), 0).astype("float32")
        spoiled = np.where(mask[..., None], clean, filler).astype("float32")
        results = [
            (self._call(layer, values, mask), *self._gradients(layer, values, mask))
            for values in (clean, spoiled)
        ]
        np.testing.assert_equal(results[1], results[0])
        by_sequence = results[1][2][len(layer.trainable_variables)]
        np.testing.assert_array_equal(by_sequence[~mask], 0)

    def test_padding_does_not_change_what_is_real(self) -> None:
        """A padded text gives what it gives alone; one without positions gives zeros."""
        if not self.padding_is_neutral:
            return
        layer, lengths = self._built(), [5, T, 0]
        padded = self._call(layer, _values(), _mask(lengths))
        for text, length in enumerate(lengths):
            if not length:
                for output in padded:
                    np.testing.assert_array_equal(output[text], 0)
                continue
            alone = self._call(layer, _values()[text : text + 1, :length], None)
            for whole, part in zip(padded, alone, strict=True):
                region = tuple(slice(n) for n in part.shape[1:])
                np.testing.assert_allclose(whole[text][region], part[0], atol=2e-6)
                np.testing.assert_allclose(whole[text].sum(), part[0].sum(), atol=2e-4)

    def test_a_mask_counts_whichever_way_it_comes(self) -> None:
        """By argument, by Keras from the layer before, or as a second input."""
        layer, mask = self._built(), _mask([5, T, 1])
        by_argument = self._call(layer, _values(), mask)
        masked = [ops.convert_to_tensor(one) for one in self.inputs(_values())]
        for tensor in masked:
            if len(tensor.shape) == 3 and tensor.shape[-1] == F:
                tensor._keras_mask = ops.convert_to_tensor(mask)
        if all(hasattr(tensor, "_keras_mask") for tensor in masked):
            by_keras = _arrays(layer(one_or_list(masked)))
            np.testing.assert_equal(by_keras, by_argument)
        if self.takes_pair:
            by_pair = _arrays(layer([*self.inputs(_values()), mask]))
            np.testing.assert_equal(by_pair, by_argument)

    def test_gradients_are_those_of_finite_differences(self) -> None:
        """Along a random direction, central differences agree to a thousandth."""
        layer, mask = self._built(), _mask([5, T, 1])
        inputs = self.inputs(_values())
        _, found = self._gradients(layer, _values(), mask)
        weights = [ops.convert_to_numpy(one) for one in layer.trainable_variables]
        points, step = [*weights, *inputs], 2e-3
        ways = [np.random.default_rng(5).normal(size=one.shape) for one in points]
        ends = []
        for sign in (1, -1):
            moved = [
                (one + sign * step * way).astype("float32")
                for one, way in zip(points, ways, strict=True)
            ]
            for variable, value in zip(layer.trainable_variables, moved, strict=False):
                variable.assign(value)
            output = layer(one_or_list(moved[len(weights) :]), mask=self.mask(mask))
            ends.append(float(ops.convert_to_numpy(_weigh(output))))
        slope = sum(
            float((one.astype("float64") * way).sum())
            for one, way in zip(found, ways, strict=True)
        )
        np.testing.assert_allclose((ends[0] - ends[1]) / (2 * step), slope, rtol=4e-3)

    def test_half_precision_is_close(self) -> None:
        """Mixed and pure half precision stay finite and near single precision."""
        layer, mask = self._built(), _mask([5, T, 0])
        exact = self._call(layer, _values(), mask)
        for policy, tolerance in HALVES.items():
            half = self.make(dtype=policy)
            half.build(self._shape())
            half.set_weights(layer.get_weights())
            outputs = half(one_or_list(self.inputs(_values())), mask=self.mask(mask))
            for output, expected in zip(keras.tree.flatten(outputs), exact, strict=True):
                np.testing.assert_equal(
                    keras.backend.standardize_dtype(output.dtype), half.compute_dtype
                )
                values = ops.convert_to_numpy(ops.cast(output, "float32"))
                np.testing.assert_allclose(values, expected, atol=tolerance, rtol=tolerance)

    def test_compiled_is_the_same(self) -> None:
        """Under `jit`, where the backend has one, the numbers are the same."""
        layer, mask = self._built(), _mask([5, T, 1])
        call = compiled(layer, self.mask(mask))
        if call is None:
            return
        inputs = [ops.convert_to_tensor(one) for one in self.inputs(_values())]
        outputs = _arrays(call(one_or_list(inputs)))
        for one, other in zip(outputs, self._call(layer, _values(), mask), strict=True):
            np.testing.assert_allclose(one, other, atol=2e-6)

    def test_fit_lowers_the_loss(self) -> None:
        """A classifier with the layer learns which of two words a text holds."""
        keras.utils.set_random_seed(1)
        inner = self._model(T)
        output = _first(inner.outputs)
        if len(output.shape) == 3:
            output = ops.mean(output, axis=1)
        output = keras.layers.Dense(1, activation="sigmoid")(output)
        model: Any = keras.Model(inner.inputs, output)
        model.compile(keras.optimizers.Adam(0.02), "binary_crossentropy")
        ids = np.random.default_rng(2).integers(3, 11, (64, T))
        labels = np.arange(64) % 2
        ids[np.arange(64), np.arange(64) % 3] = 1 + labels
        losses = model.fit(ids, labels, epochs=6, batch_size=16, verbose=0).history["loss"]
        np.testing.assert_array_less(losses[-1], losses[0] - 0.01)

    def test_a_wrong_rank_is_named(self) -> None:
        """Two axes in place of three: the message says what was expected and received."""
        try:
            self.make()(one_or_list([one[:, 0] for one in self.inputs(_values())]))
        except ValueError as error:
            for part in ("expects", "Received", "return_sequences=True"):
                np.testing.assert_equal(part in str(error), True, err_msg=str(error))
        else:
            raise AssertionError("An input without a time axis was taken for a sequence.")

    def test_another_number_of_features_is_named(self) -> None:
        """A layer with weights says how many features it was made for and what came."""
        layer = self._built()
        if not layer.weights:
            return
        wider = np.concatenate([_values(), _values()[..., :1]], axis=-1)
        try:
            layer(one_or_list(self.inputs(wider)))
        except ValueError as error:
            for part in (str(F), str(F + 1), "eceived"):
                np.testing.assert_equal(part in str(error), True, err_msg=str(error))
        else:
            raise AssertionError("An input of another number of features was taken.")

    def _shape(self) -> Any:
        shapes = [one.shape for one in self.inputs(_values())]
        return shapes[0] if len(shapes) == 1 else shapes

    def _built(self) -> Any:
        keras.utils.set_random_seed(3)
        layer = self.make()
        layer.build(self._shape())
        return layer

    def _call(self, layer: Any, values: np.ndarray, mask: np.ndarray | None) -> list[Any]:
        return _arrays(layer(one_or_list(self.inputs(values)), mask=self.mask(mask)))

    def _gradients(self, layer: Any, values: np.ndarray, mask: np.ndarray) -> Any:
        return gradients(layer, self.inputs(values), self.mask(mask), _weigh)

    def _model(self, time: int | None) -> Any:
        ids = keras.Input((time,), dtype="int32")
        words = keras.layers.Embedding(11, F, mask_zero=True)(ids)
        return keras.Model(ids, self.applied(self.make(), words))

    def applied(self, layer: keras.layers.Layer, words: Any) -> Any:
        """Return what the layer makes of a symbolic sequence in a functional model."""
        return layer(words)


def _values() -> np.ndarray:
    return np.random.default_rng(7).normal(size=(B, T, F)).astype("float32")


def _ids() -> np.ndarray:
    return np.random.default_rng(8).integers(1, 11, (B, T)) * _mask([5, T, 1])


def _mask(lengths: list[int], *, front: bool = False) -> np.ndarray:
    mask = np.arange(T)[None] < np.array(lengths)[:, None]
    return mask[:, ::-1] if front else mask


def _first(outputs: Any) -> Any:
    return keras.tree.flatten(outputs)[0]


def _arrays(outputs: Any) -> list[np.ndarray]:
    return [ops.convert_to_numpy(one) for one in keras.tree.flatten(outputs)]


def _pairs(one: Any, other: Any) -> Any:
    return zip(_arrays(one), _arrays(other), strict=True)


def _weigh(outputs: Any) -> Any:
    """Return one number that every output counts in, each element by another weight."""
    total = 0.0
    for index, output in enumerate(keras.tree.flatten(outputs)):
        weights = np.random.default_rng(index).normal(size=tuple(output.shape))
        total = total + ops.sum(output * ops.convert_to_tensor(weights.astype("float32")))
    return total
