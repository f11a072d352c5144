"""Arguments and methods that Keras 3 has dropped."""

import keras
import numpy as np
import pytest

from whylow.keras2 import stand_ins

X = np.random.default_rng(3).normal(size=(7, 5))


def model(units=1, activation="sigmoid"):
    made = keras.Sequential([keras.Input((5,)), keras.layers.Dense(units, activation)])
    made.compile("sgd", "mse")
    return made


def test_lr_is_the_learning_rate():
    with stand_ins() as notes:
        optimizer = keras.optimizers.Adam(lr=0.25)
        assert float(optimizer.lr) == 0.25
        optimizer.lr = 0.125
    assert float(optimizer.learning_rate) == 0.125
    assert notes == ["`lr=` of Adam was read as `learning_rate=`."]
    assert optimizer.get_config()["learning_rate"] == 0.125


@pytest.mark.parametrize("decay", [0.5, 0.0, None])
def test_decay_divides_the_rate_at_every_step(decay):
    """Keras 2: rate / (1 + decay * steps); by hand 0.1, 0.1 / 1.5, 0.1 / 2."""
    with stand_ins():
        optimizer = keras.optimizers.SGD(learning_rate=0.1, decay=decay)
    variable = keras.Variable(np.zeros(1), dtype="float32")
    seen = []
    for _ in range(3):
        before = float(variable[0])
        optimizer.apply([np.ones(1, "float32")], [variable])
        seen.append(before - float(variable[0]))
    expected = [0.1 / (1 + (decay or 0) * step) for step in range(3)]
    np.testing.assert_allclose(seen, expected, rtol=1e-5)


@pytest.mark.parametrize("units", [1, 3])
def test_predict_classes_are_the_classes(units):
    with stand_ins() as notes:
        made = model(units)
        classes = made.predict_classes(X, verbose=0)
        chances = made.predict_proba(X, verbose=0)
    np.testing.assert_array_equal(chances, made.predict(X, verbose=0))
    expected = chances.argmax(-1) if units > 1 else (chances > 0.5).astype("int32")
    np.testing.assert_array_equal(classes, expected)
    assert notes == [
        "`predict_classes` of Keras 2 was put back on models.",
        "`predict_proba` of Keras 2 was put back on models.",
    ]


@pytest.mark.filterwarnings("ignore:`shuffle=True` was passed:UserWarning")
def test_a_generator_is_fitted_evaluated_and_predicted():
    def rows():
        while True:
            yield X, np.ones((7, 1))

    with stand_ins():
        made = model()
        history = made.fit_generator(rows(), 2, 3, 0, workers=4, use_multiprocessing=False)
        made.evaluate_generator(rows(), 1, verbose=0)
        answer = made.predict_generator(rows(), steps=2, verbose=0, max_queue_size=3)
    assert len(history.history["loss"]) == 3
    assert answer.shape == (14, 1)


def test_what_neither_keras_knows_stays_an_error():
    with stand_ins(), pytest.raises(ValueError, match="not recognized"):
        keras.optimizers.Adam(speed=3)
    with stand_ins(), pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        keras.layers.Nothing  # noqa: B018
