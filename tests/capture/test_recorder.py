"""Every `fit` becomes a record, and the script does not notice."""

import keras
import numpy as np
import pytest
from keras import layers

from whylow.capture._groups import group
from whylow.capture._recorder import Recorder
from whylow.exceptions import InputError
from whylow.live import Drawn, Kept

ROWS, TIME = 70, 5


def made(rows=ROWS, seed=0):
    generator = np.random.default_rng(seed)
    x = generator.integers(0, 11, (rows, TIME)).astype("int32")
    return x, (x[:, 0] > 5).astype("int32")


def build(units=1, *, name=None, dropout=None):
    inner = [layers.Dropout(dropout)] if dropout else []
    activation = "sigmoid" if units == 1 else "softmax"
    model = keras.Sequential(
        [
            keras.Input((TIME,)),
            layers.Embedding(11, 3),
            layers.Flatten(),
            *inner,
            layers.Dense(units, activation=activation),
        ],
        name=name,
    )
    loss = "binary_crossentropy" if units == 1 else "sparse_categorical_crossentropy"
    model.compile(loss=loss, optimizer="adam", metrics=["accuracy"])
    return model


@pytest.fixture
def recorder():
    with Recorder() as recorder:
        yield recorder


def fit(model, *args, **kwargs):
    return model.fit(*args, **{"verbose": 0, "batch_size": 32} | kwargs)


class Batches(keras.utils.PyDataset):
    """70 rows in batches of 32, 32 and 6."""

    def __len__(self):
        return 3

    def __getitem__(self, number):
        x, y = made()
        return x[32 * number :][:32], y[32 * number :][:32]


def generator(batches):
    x, y = made()
    for number in range(batches):
        rows = np.arange(32 * number, 32 * number + 32) % ROWS
        yield x[rows], y[rows]


def test_arrays(recorder):
    x, y = made()
    history = fit(build(), x, y, epochs=2, validation_data=made(13, 1))
    (live,) = recorder.fits

    assert live.fit.replayable
    assert live.fit.history["val_loss"] == tuple(history.history["val_loss"])
    assert (live.fit.epochs, live.fit.settings.batch_size) == (2, 32)
    assert live.fit.training.class_counts == {"0": (y == 0).sum(), "1": (y == 1).sum()}
    assert live.fit.validation.rows == 13
    assert live.fit.seconds_per_epoch > 0
    assert [layer.class_name for layer in live.fit.model.layers] == [
        "Embedding",
        "Flatten",
        "Dense",
    ]
    assert (live.fit.compile.loss, live.fit.compile.metrics) == (
        "binary_crossentropy",
        ("accuracy",),
    )


def test_validation_split_takes_the_last_rows(recorder):
    x, y = made()
    fit(build(), x, y, validation_split=0.2)
    (live,) = recorder.fits

    np.testing.assert_array_equal(live.training.x, x[:56])
    np.testing.assert_array_equal(live.validation.x, x[56:])


def test_class_weights_become_sample_weights(recorder):
    x, y = made()
    fit(build(), x, y, class_weight={1: 7.0})
    (live,) = recorder.fits

    np.testing.assert_array_equal(live.training.sample_weight, np.where(y == 1, 7.0, 1.0))
    assert live.fit.settings.class_weight == {"1": 7.0}


def test_a_py_dataset_is_held_as_it_passes(recorder):
    build().fit(Batches(), validation_data=Batches(), verbose=0)
    (live,) = recorder.fits

    np.testing.assert_array_equal(live.training.x, made()[0])
    np.testing.assert_array_equal(live.validation.y, made()[1])
    assert live.training.whole_batches
    assert live.fit.replayable


def test_a_generator_is_held_for_one_epoch(recorder):
    build().fit(generator(6), steps_per_epoch=2, epochs=3, shuffle=False, verbose=0)
    (live,) = recorder.fits

    np.testing.assert_array_equal(live.training.x, made()[0][:64])
    assert live.fit.epochs == 3


def test_uneven_batches_cannot_be_replayed(recorder):
    x, y = made()
    batches = [(x[:8], y[:8]), (x[8:30], y[8:30]), (x[30:], y[30:])]
    build().fit(iter(batches), steps_per_epoch=3, shuffle=False, verbose=0)
    (live,) = recorder.fits

    assert not live.fit.replayable
    assert "the batches differ in size" in live.fit.replay_note


def test_arrays_that_the_script_changes(recorder):
    x, y = made()

    class Spoil(keras.callbacks.Callback):
        def on_train_end(self, logs=None):
            x[0] = 0

    fit(build(), x, y, callbacks=[Spoil()])
    (live,) = recorder.fits

    assert not live.fit.replayable
    assert "changed its arrays" in live.fit.replay_note


def test_a_fit_that_fails_is_recorded_and_fails_as_before(recorder):
    x, y = made()
    with pytest.raises(ValueError, match="incompatible"):
        fit(build(), x[:, :2], y)
    (live,) = recorder.fits

    assert live.fit.failed.startswith("ValueError: ")
    assert not live.fit.replayable


def test_an_interrupt_keeps_the_epochs_that_were_done(recorder):
    class Interrupt(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == 1:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(build(), *made(), epochs=5, callbacks=[Interrupt()])
    (live,) = recorder.fits

    assert live.fit.failed.startswith("KeyboardInterrupt")
    assert len(live.fit.history["loss"]) == live.fit.epochs >= 1


def test_a_wrong_call_gets_keras_own_error(recorder):
    with pytest.raises(TypeError, match="epoch"):
        build().fit(*made(), epoch=3)
    assert recorder.fits == []


def test_training_is_the_same_with_and_without_a_recorder():
    x, y = made()
    keras.utils.set_random_seed(3)
    alone = fit(build(dropout=0.5), x, y, epochs=2).history
    keras.utils.set_random_seed(3)
    with Recorder():
        watched = fit(build(dropout=0.5), x, y, epochs=2).history
    assert watched == alone


def test_another_wrapper_around_fit_is_left_to_work(monkeypatch):
    """Experiment trackers patch `fit` too, with signatures of their own."""
    own, seen = keras.Model.fit, []

    def tracked(model, *args, **kwargs):
        seen.append(sorted(kwargs))
        return own(model, *args, **kwargs)

    monkeypatch.setattr(keras.Model, "fit", tracked)
    x, y = made()
    with Recorder() as recorder:
        build().fit(x, y, 32, verbose=0)

    assert recorder.fits[0].fit.replayable
    assert len(seen) == 1


def test_keras_is_left_as_it_was():
    before = keras.Model.fit, keras.Variable.__init__
    with Recorder():
        assert keras.Model.fit is not before[0]
    assert (keras.Model.fit, keras.Variable.__init__) == before


def test_drawn_weights_and_kept_ones(recorder):
    """A pretrained embedding and a trained model start every replay; the rest is drawn."""
    model = build()
    table = np.arange(33, dtype="float32").reshape(11, 3)
    model.layers[0].set_weights([table])
    fit(model, *made())
    (live,) = recorder.fits
    start = {v.path.rsplit("/", 1)[1]: live.start[id(v)] for v in model.trainable_variables}

    assert isinstance(start["embeddings"], Kept)
    np.testing.assert_array_equal(start["embeddings"].value, table)
    assert isinstance(start["kernel"], Drawn)


def test_equal_places_have_equal_keys(recorder):
    for units in (1, 2):
        fit(build(units), *made())
    keys = [
        {how.key for how in live.start.values() if isinstance(how, Drawn)}
        for live in recorder.fits
    ]

    assert any("embeddings" in key for key in keys[0] & keys[1])
    assert not any("dense/kernel" in key for key in keys[0] & keys[1])


def test_models_are_named_as_their_author_names_them(recorder):
    my_model = build()
    fit(my_model, *made())
    fit(build(name="given"), *made())

    assert [live.fit.name for live in recorder.fits] == ["my_model", "given"]


class TestGroups:
    def test_another_configuration_is_a_variant(self, recorder):
        for units in (1, 2):
            fit(build(units, name=f"units{units}"), *made(), validation_data=made(13, 1))
        groups = group(recorder.fits)

        assert groups.baseline.fit.name == "units1"
        assert [live.fit.name for live in groups.variants] == ["units2"]
        assert [live.fit.role for live in groups.fits] == ["baseline", "variant"]

    def test_refits_of_one_configuration_are_one_fit(self, recorder):
        for fold in range(3):
            fit(build(name=f"fold{fold}"), *made(seed=fold), validation_data=made(13, fold))
        groups = group(recorder.fits)

        assert [live.fit.name for live in groups.fits] == ["fold0"]
        assert "trained 3 times" in groups.notes[0]
        assert groups.variants == ()

    def test_other_training_rows_for_the_same_held_out_texts_are_a_variant(self, recorder):
        for seed in range(2):
            fit(build(name=f"data{seed}"), *made(seed=seed), validation_data=made(13, 9))

        assert [live.fit.name for live in group(recorder.fits).variants] == ["data1"]

    def test_fit_called_again_goes_on(self, recorder):
        model = build(name="once")
        for epochs in (1, 2):
            fit(model, *made(), epochs=epochs, validation_data=made(13, 1))
        (live,) = group(recorder.fits).fits

        assert live.fit.epochs == live.fit.settings.epochs == 3
        assert len(live.fit.history["val_accuracy"]) == 3

    def test_a_model_compiled_again_cannot_be_replayed(self, recorder):
        model = build(name="stages")
        fit(model, *made(), validation_data=made(13, 1))
        model.compile(loss="mse", optimizer="sgd")
        fit(model, *made(), validation_data=made(13, 1))
        first, second = group(recorder.fits).fits

        assert "compiled again" in first.fit.replay_note
        assert "goes on from `stages`" in second.fit.replay_note

    def test_other_held_out_texts_are_not_compared(self, recorder):
        for units in (1, 2):
            fit(
                build(units, name=f"units{units}"), *made(), validation_data=made(13, units)
            )
        groups = group(recorder.fits)

        assert groups.variants == ()
        assert "other data" in groups.notes[0]

    def test_names_choose(self, recorder):
        for units in (1, 2, 3):
            fit(build(units, name=f"units{units}"), *made(), validation_data=made(13, 1))
        groups = group(recorder.fits, baseline="units3", variants=["units1"])

        assert groups.baseline.fit.name == "units3"
        assert [live.fit.name for live in groups.variants] == ["units1"]
        with pytest.raises(InputError, match="No recorded fit is called `units9`"):
            group(recorder.fits, baseline="units9")

    def test_equal_names_are_told_apart(self, recorder):
        for units in (1, 2):
            fit(build(units, name="twin"), *made(), validation_data=made(13, 1))

        assert [live.fit.name for live in group(recorder.fits).fits] == ["twin", "twin (2)"]
