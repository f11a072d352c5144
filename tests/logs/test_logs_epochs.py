"""Which lines are epochs, one case each; and how much is kept."""

import io
import json

import pytest

from whylow.capture.logs import _fits as fits_module
from whylow.capture.logs import _notebook, parse, parse_streams

BAR = "=" * 30
LINE = "━" * 20


def losses(text):
    return [fit.history["loss"] for fit in parse(text).fits]


@pytest.mark.parametrize(
    "line",
    [
        f"164/164 [{BAR}] - 5s 30ms/step - loss: 9.0000",
        f"164/164 {LINE} 5s 30ms/step - loss: 9.0000",
        "164/164 - 5s - 30ms/step - loss: 9.0000",
        f"200/200 [{BAR}] - 5s 30ms/step - loss: 9.0000",
        f"82/82 {LINE} 5s 30ms/step - loss: 9.0000",
        f"164/164 [{BAR}] - 5s 30ms/step",
    ],
)
def test_evaluation_after_training_without_validation_is_no_epoch(line):
    """Over as many steps as the training, more, or fewer; all that tells is the place."""
    epochs = f"Epoch 1/1\n164/164 [{BAR}] - 49s 282ms/step - loss: 0.5000\n"
    assert losses(epochs + line + "\n") == [(0.5,)]


def test_the_last_line_of_an_epoch_counts_where_each_update_has_its_own():
    """Keras 3 into a file: the bar is at its end twice, the first time still running."""
    text = (
        f"Epoch 1/1\n  1/164 {LINE} 9s 282ms/step - loss: 1.0000\n"
        f"164/164 {LINE} 0s 282ms/step - loss: 0.6000\n"
        f"164/164 {LINE} 49s 282ms/step - loss: 0.5000\n"
    )
    assert losses(text) == [(0.5,)]


@pytest.mark.parametrize("validation", ["", " - val_loss: 0.7000"])
def test_prediction_within_an_epoch_is_no_part_of_it(validation):
    text = (
        f"Epoch 1/1\n163/164 [===>.] - ETA: 0s - loss: 0.6000\n"
        f"200/200 [{BAR}] - 1s 5ms/step\n200/200 [{BAR}] - 1s 5ms/step - loss: 9.0000\n"
        f"164/164 [{BAR}] - 49s 282ms/step - loss: 0.5000{validation}\n"
    )
    assert losses(text) == [(0.5,)]


def test_lines_without_headers_are_epochs_if_they_were_validated():
    line = f"164/164 [{BAR}] - 49s 282ms/step - loss: 0.5000 - val_loss: 0.7000\n"
    assert losses(line + line) == [(0.5, 0.5)]
    assert losses(line.replace(" - val_loss: 0.7000", "")) == []


def test_bars_that_count_samples_give_the_batch_size():
    text = "Train on 200 samples, validate on 50 samples\nEpoch 1/1\n"
    text += "".join(f"{n}/200 [===>...] - ETA: 1s - loss: 0.9000\n" for n in (32, 64, 160))
    text += f"200/200 [{BAR}] - 1s 5ms/step - loss: 0.5000 - val_loss: 0.7000\n"
    (fit,) = parse(text).fits
    assert fit.settings.batch_size == 32
    assert (fit.training.rows, fit.validation.rows) == (200, 50)
    assert fit.log.steps_per_epoch is None


def test_an_epoch_that_breaks_off_is_left_out_and_said():
    text = f"Epoch 1/3\n164/164 [{BAR}] - 49s 282ms/step - loss: 0.5000\nEpoch 2/3\n"
    found = parse(text + " 57/164 [===>...] - ETA: 9s - loss: 0.4000")
    assert [fit.history["loss"] for fit in found.fits] == [(0.5,)]
    assert "epoch 2 breaks off at 57 of 164" in found.notes[0]


def test_training_that_goes_on_is_one_fit():
    line = f"\n164/164 [{BAR}] - 49s 282ms/step - loss: 0.5000\n"
    text = "".join(f"Epoch {n}/3{line}" for n in (1, 2, 3))
    text += "".join(f"Epoch {n}/5{line}" for n in (4, 5))
    (fit,) = parse(text).fits
    assert (fit.epochs, fit.log.planned_epochs) == (5, 5)


def test_a_list_in_a_metric_is_passed_over():
    text = (
        f"Epoch 1/1\n9/9 [{BAR}] - 1s - loss: 0.5000 - f1: [0.1 0.2] - val_loss: 0.7000\n"
    )
    (fit,) = parse(text).fits
    assert fit.history == {"loss": (0.5,), "val_loss": (0.7,)}


def test_the_first_epoch_does_not_count_in_the_pace():
    rows = [
        f"Epoch {n}/3\n9/9 - {s}s - loss: 0.5000\n" for n, s in ((1, 90), (2, 40), (3, 44))
    ]
    (fit,) = parse("".join(rows)).fits
    assert fit.seconds_per_epoch == 42


def test_what_is_too_much_is_counted_and_said(monkeypatch):
    monkeypatch.setattr(fits_module, "MOST_VALUES", 10)
    monkeypatch.setattr(fits_module, "MOST_FITS", 2)
    text = "epoch,loss\n" + "".join(f"{n},0.5\n" for n in range(25))
    found = parse(text)
    assert found.fits[0].epochs == 10
    assert "15 later epochs were left out" in found.notes[0]
    found = parse("\n\n".join(["epoch,loss\n0,0.5\n1,0.4\nwell"] * 4))
    assert len(found.fits) == 2
    assert "left out" in found.notes[0]


def test_long_texts_keep_both_ends():
    code = "model = Sequential() model.add(LSTM(3)) model.fit(x, y, epochs=1) "
    log = f"Epoch 1/1\n9/9 [{BAR}] - 1s - loss: 0.5000\n"
    noise = "word " * 40_000
    found = parse_streams([io.BytesIO((noise + "\n" + code + "\n" + log).encode())])
    assert len(found.text) < 70_000
    assert found.fits[0].model.layers[0].class_name == "LSTM"


def test_a_notebook_too_large_for_memory_is_read_as_text(monkeypatch):
    """What it shows is read all the same; line ends that JSON escapes are lost."""
    log = f"Epoch 1/1 9/9 [{BAR}] - 1s - loss: 0.5000 and so on"
    text = json.dumps({"cells": [{"source": ["x"]}], "metadata": {"not shown": log}})
    assert parse(text).fits == ()
    monkeypatch.setattr(_notebook, "LARGEST", 10)
    assert len(parse(text).fits) == 1
