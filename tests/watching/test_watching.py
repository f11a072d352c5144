"""`whylow.check` and `whylow.Watch` find without a script, and change nothing."""

import json

import keras
import numpy as np
import pytest
from keras import layers

import whylow
from whylow.exceptions import InputError
from whylow.records import Report

random = np.random.default_rng(7)
x = random.normal(size=(90, 4)).astype("float32")
y = (x[:, 0] > 0).astype("int32")


def model(activation="sigmoid", loss="binary_crossentropy"):
    keras.utils.set_random_seed(1)
    built = keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(8, activation="relu"),
            layers.Dropout(0.2),
            layers.Dense(1, activation=activation),
        ]
    )
    built.compile(loss=loss, optimizer="adam", metrics=["accuracy"])
    return built


def watched(*given, **named):
    watch = whylow.Watch(probe=False)
    history = model().fit(*given, callbacks=[watch], verbose=0, **named).history
    return watch, history


def test_check_names_what_is_wrong_with_model_and_data():
    mine = model(activation="linear")
    found = whylow.check(mine, x, y, validation_data=(x, y))
    assert set(found.codes) == {"WL203", "WL112", "WL415"}
    assert {one.code for one in found.errors} == {"WL203", "WL112"}
    assert found[0].fit == "mine"


def test_check_finds_nothing_wrong_where_nothing_is_and_says_what_it_could_not_see():
    found = whylow.check(model(), x, y)
    assert len(found) == 0
    assert "No check found a fault" in repr(found)
    assert "WL313" in {refusal.code for refusal in found.report.checks_not_run}


def test_check_leaves_the_model_as_it_is():
    one = model()
    before = [weight.copy() for weight in one.get_weights()]
    whylow.check(one, x, y, validation_split=0.2)
    for weight, now in zip(before, one.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, now)
    assert one.optimizer.iterations == 0


def test_check_reads_the_curves_of_a_model_that_was_trained():
    one = model()
    one.fit(x, np.zeros(90), epochs=2, verbose=0)
    fit = whylow.check(one, x, y).report.fits[0]
    assert fit.epochs == 2
    assert len(fit.history["loss"]) == 2


def test_check_builds_a_model_that_knows_no_shape_yet():
    one = keras.Sequential([layers.Dense(4), layers.Dense(1)])
    one.compile(loss="binary_crossentropy")
    assert "WL203" in whylow.check(one, x, y).codes


def test_check_allows_with_a_reason():
    one = model(activation="softmax")
    found = whylow.check(one, x, y, allow={"WL203": "to see it fail"})
    assert found.errors == ()
    assert "to see it fail" in repr(found)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (lambda: whylow.check("model", x, y), "expects a compiled keras.Model.*str"),
        (
            lambda: whylow.check(keras.Sequential([layers.Dense(1)]), x, y),
            "is not compiled",
        ),
        (lambda: whylow.check(model(), x, y, epoch=3), "arguments of `fit`.*epoch"),
        (lambda: whylow.check(model(), iter([]), None), "data cannot be read"),
        (lambda: whylow.check(model(), x, y, allow={"WL999": "why"}), "no check"),
        (lambda: whylow.Watch(allow={"WL203": ""}), "without a reason"),
        (lambda: whylow.Watch().findings, "has seen no fit"),
    ],
)
def test_what_cannot_be_used_is_said_in_a_sentence(given, said):
    with pytest.raises(InputError, match=said):
        given()


def test_watch_changes_no_number_of_the_fit():
    plain = model().fit(x, y, validation_split=0.2, epochs=3, verbose=0).history
    _, seen = watched(x, y, validation_split=0.2, epochs=3)
    assert seen == plain


def test_watch_records_the_fit_as_it_was():
    watch, history = watched(
        x, y, batch_size=16, validation_split=0.2, epochs=2, class_weight={0: 1.0, 1: 2.0}
    )
    fit = watch.report.fits[0]
    assert (fit.training.rows, fit.validation.rows, fit.epochs) == (72, 18, 2)
    assert fit.settings.batch_size == 16
    assert fit.settings.validation_split == 0.2
    assert fit.settings.class_weight == {"0": 1.0, "1": 2.0}
    assert fit.settings.callbacks == ("Watch",)
    assert {name: list(values) for name, values in fit.history.items()} == history
    assert fit.seconds_per_epoch > 0


def test_watch_sees_what_is_wrong_and_again_with_the_next_fit():
    one, watch = model(), whylow.Watch(probe=False)
    one.fit(x, y, validation_data=(x, y), verbose=0, callbacks=[watch])
    assert "WL112" in watch.findings.codes
    assert "WL112" in repr(watch)
    one.fit(x[:60], y[:60], validation_data=(x[60:], y[60:]), verbose=0, callbacks=[watch])
    assert "WL112" not in watch.findings.codes


def test_watch_measures_the_model_too():
    one, watch = model(), whylow.Watch()
    one.fit(x, y, epochs=2, verbose=0, callbacks=[watch])
    before = one.get_weights()
    assert watch.report.fits[0].probes.layers
    for weight, now in zip(before, one.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, now)


def test_watch_draws_from_a_dataset():
    class Data(keras.utils.PyDataset):
        def __len__(self):
            return 3

        def __getitem__(self, index):
            rows = slice(30 * index, 30 * index + 30)
            return x[rows], np.ones(30)

    watch, _ = watched(Data())
    assert watch.report.fits[0].training.rows == 90
    assert "WL101" in watch.findings.codes


def test_watch_says_what_it_cannot_hold():
    batches = ((x[:30], y[:30]) for _ in range(3))
    watch, _ = watched(batches, steps_per_epoch=3, shuffle=False)
    fit = watch.report.fits[0]
    assert fit.training is None
    assert len(fit.history["loss"]) == 1
    assert not watch.findings.errors


def test_findings_show_themselves_in_a_notebook():
    found = whylow.check(model(activation="softmax"), x, y)
    shown = found._repr_html_()
    assert shown.startswith('<iframe srcdoc="')
    assert 'sandbox=""' in shown
    assert "WL203" in shown
    assert found[0:1] == (found[0],)
    again = Report.model_validate(json.loads(found.report.to_json()))
    assert again == found.report
