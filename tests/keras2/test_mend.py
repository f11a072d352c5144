"""Arguments and methods that Keras 3 has dropped."""

import pickle

import keras
import numpy as np
import pytest

from whylow.capture._recorder import Recorder
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
    assert notes == [
        "Arguments of optimizers in Keras 2 were read: `lr` as `learning_rate`."
    ]
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
        "Methods of models in Keras 2 were put back: `predict_classes`, `predict_proba`."
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


def test_no_epsilon_is_the_default_epsilon():
    with stand_ins():
        made = model()
        made.compile(keras.optimizers.Adam(epsilon=None), "mse")
        made.fit(X, np.ones((7, 1)), verbose=0)
    assert made.optimizer.epsilon == keras.config.epsilon()


def test_the_third_argument_of_compile_may_be_the_metrics():
    with stand_ins() as notes:
        made = model()
        made.compile("sgd", "mse", ["mae"])
        made.evaluate(X, np.ones((7, 1)), verbose=0)
        assert made.metrics_names == ["loss", "compile_metrics"]
        assert list(made.get_metrics_result()) == ["loss", "mae"]
        made.compile("sgd", ["mse"], [0.5])  # the weights of losses, as in Keras 3
        made.compile("sgd", "mse", metrics=["mae"])
    assert notes == ["Arguments of Keras 2 were read: metrics as the third of `compile`."]


@pytest.mark.parametrize(("metric", "old"), [("accuracy", "acc"), ("acc", "accuracy")])
def test_acc_and_accuracy_are_one(metric, old, tmp_path):
    y = np.arange(7).reshape(7, 1) % 2
    name = "best-{epoch:02d}-{val_OLD:.2f}.hdf5".replace("OLD", old)
    with stand_ins() as notes:
        made = model()
        made.compile("sgd", "binary_crossentropy", metrics=[metric])
        callbacks = [
            keras.callbacks.EarlyStopping(monitor=f"val_{old}", patience=3),
            keras.callbacks.ModelCheckpoint(
                str(tmp_path / name), monitor=f"val_{old}", save_best_only=True, period=1
            ),
        ]
        history = made.fit(
            X, y, validation_data=(X, y), callbacks=callbacks, verbose=0
        ).history
    assert history[old] == history[metric]
    assert history[f"val_{old}"] == history[f"val_{metric}"]
    assert set(history) == {"loss", "val_loss", metric, f"val_{metric}"}
    with pytest.raises(KeyError, match="f1"):
        history["f1"]
    assert type(pickle.loads(pickle.dumps(history))) is dict  # noqa: S301 - our own
    (saved,) = tmp_path.iterdir()
    assert saved.name == f"best-01-{history[f'val_{metric}'][0]:.2f}.hdf5"
    assert notes == [f"Arguments of Keras 2 were read: `val_{old}` as `val_{metric}`."]


def test_a_metric_that_was_not_logged_is_still_an_error():
    made = model()
    stop = keras.callbacks.EarlyStopping(monitor="val_acc")
    with stand_ins(), pytest.raises(ValueError, match="monitor=val_acc"):
        made.fit(X, np.ones((7, 1)), callbacks=[stop], verbose=0)


def test_weights_go_to_any_hdf5_file_and_come_back(tmp_path):
    path = tmp_path / "best.hdf5"
    with stand_ins() as notes:
        made, other = model(), model()
        save = keras.callbacks.ModelCheckpoint(str(path), "loss", save_weights_only=True)
        made.fit(X, np.ones((7, 1)), callbacks=[save], verbose=0)
        other.load_weights(path)
        np.testing.assert_array_equal(other.get_weights()[0], made.get_weights()[0])
        made.save_weights(tmp_path / "new.weights.h5")
        other.load_weights(tmp_path / "new.weights.h5")
    assert notes == [
        "Methods of models in Keras 2 were put back: `save_weights` to any HDF5 file."
    ]


def test_a_function_of_the_backend_gives_the_output_of_a_layer():
    with stand_ins():
        made = model(units=3)
        first = keras.Model(made.inputs, made.outputs).layers[0]
        call = keras.backend.function([first.input], [made.layers[-1].output])
        (answer,) = call([X])
    np.testing.assert_allclose(answer, made.predict(X, verbose=0), rtol=1e-6)


def test_how_data_was_fed_is_left_aside():
    with stand_ins() as notes, Recorder() as recorder:
        made = model()
        made.fit(X, np.ones((7, 1)), verbose=0, workers=4, use_multiprocessing=True)
        made.evaluate(X, np.ones((7, 1)), verbose=0, max_queue_size=3)
        made.predict(X, verbose=0, workers=2)
        with pytest.raises(TypeError, match="speed"):
            made.fit(X, np.ones((7, 1)), verbose=0, speed=2)
    assert len(recorder.fits) == 1
    (note,) = notes
    assert note.startswith("Arguments of Keras 2 were left aside: ")
    assert all(
        name in note for name in ("workers", "use_multiprocessing", "max_queue_size")
    )
