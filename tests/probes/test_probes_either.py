"""Two optimizers in one program: each steps as it does alone."""

import keras
import numpy as np
import pytest
from test_probes_measure import recorded, stack

from whylow import probes
from whylow.probes._either import either, stepping_with

GRADIENTS = [np.full((5, 1), 0.3, "float32"), np.full((1,), -2.0, "float32")]


def model_with(optimizer):
    model = stack(keras.layers.Dense(1, "sigmoid"))
    model.compile(optimizer=optimizer, loss="binary_crossentropy")
    model.optimizer.build(model.trainable_variables)
    return model


def alone(optimizer, weights, steps):
    state = [np.array(variable.value) for variable in optimizer.variables]
    for _ in range(steps):
        weights, state = optimizer.stateless_apply(state, GRADIENTS, weights)
    return weights


@pytest.mark.parametrize("adam", [False, True])
def test_each_steps_as_it_does_alone(adam):
    model = model_with(keras.optimizers.SGD(0.1, momentum=0.9))
    both, weights = either(model), [np.array(v.value) for v in model.trainable_variables]
    state = both.beside([np.array(v.value) for v in model.optimizer.variables])
    state = both.with_adam(state) if adam else state
    found = weights
    for _ in range(3):
        found, state = both.stateless_apply(state, GRADIENTS, found)

    expected = model.optimizer
    if adam:
        expected = keras.optimizers.Adam()
        expected.build(model.trainable_variables)
    for one, other in zip(found, alone(expected, weights, 3), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6)
        assert not np.allclose(one, 0)


@pytest.mark.parametrize("kind", [keras.optimizers.Adam, keras.optimizers.Nadam])
def test_beside_one_of_adams_kind_none_is_tried(kind):
    assert either(model_with(kind())) is None


def test_the_model_keeps_its_optimizer_also_where_it_fails():
    model = model_with("sgd")
    own = model.optimizer
    both = either(model)
    with stepping_with(model, both):
        assert model.optimizer is both
    assert model.optimizer is own
    with pytest.raises(RuntimeError), stepping_with(model, both):
        raise RuntimeError
    assert model.optimizer is own


def test_adam_is_tried_where_plain_descent_learns_nothing():
    live, _ = recorded(
        lambda: stack(keras.layers.Dense(8, "relu"), keras.layers.Dense(1, "sigmoid")),
        optimizer=keras.optimizers.SGD(1e-7),
        epochs=20,
    )
    found = probes.measure(live, seconds=20)
    tried = {trial.change: trial for trial in found.trials}
    assert tried["optimizer"].steps == found.steps == 60
    assert tried["optimizer"].skill > tried["none"].skill + 0.1
    assert type(live.model.optimizer) is keras.optimizers.SGD
