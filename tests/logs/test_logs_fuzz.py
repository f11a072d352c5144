"""Bytes, noise, and logs cut anywhere: always an answer, never a traceback."""

import io
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from log_renderings import RENDERINGS

from whylow.capture.logs import parse, parse_streams
from whylow.capture.logs._pieces import LONGEST, pieces

EPOCHS = [
    {
        "loss": 0.7 / n,
        "accuracy": 0.5 + n / 20,
        "val_loss": 0.6,
        "val_accuracy": 0.5 + n / 30,
    }
    for n in (1, 2, 3)
]
CODE = (
    "model = Sequential() model.add(Embedding(100, 8)) model.add(LSTM(4, return_sequences"
    "=True)) model.compile(loss='mse') model.fit(x, y, epochs=3, batch_size=64) "
)
LOGS = [
    (CODE + text).encode() if isinstance(text, str) else text
    for text, _ in (rendering(EPOCHS) for rendering in RENDERINGS.values())
]
WORDS = [
    "Epoch 1/3", "Epoch 0: 50%|", "164/164", "[====]", "━━━", " - ", "49s", "loss: 0.5",
    "val_acc: nan", "\n", "{'loss': [", "]", "}", "0.5,", "epoch,loss,val_loss", "\t", "\r",
    "Train on 10 samples", "ETA: 0:1", "model.fit(", "Sequential([", "LSTM(3)(x)", ")",
    "\x1b[1m", "[0m", "| epoch | loss |", "{'eval_loss': 1, 'epoch': 1.0}", "None", "1e999",
    '{"cells": [', "99999999999999999999", "Unknown", "&#9473;", "\0", "é", "-inf", "\x08",
    "'",
]  # fmt: skip


def read(data):
    return parse_streams([io.BytesIO(data)])


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=3000))
@example(b"\xff\xfe\x00")
@example(b'{"cells": [{"outputs": [{"text": 3}], "source": {}}, 4]}')
@example(b"Epoch 1/1\n1/1 - loss: 1e999 - acc: 1\n")
def test_any_bytes(data):
    read(data)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=1000))
def test_any_text(text):
    parse(text)


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=60), st.sampled_from(["", " "]))
def test_any_order_of_the_words_of_logs(words, glue):
    for fit in parse(glue.join(words)).fits:
        assert all(len(values) == fit.epochs for values in fit.history.values())


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(LOGS), st.data())
def test_a_log_cut_anywhere_holds_no_number_that_was_not_printed(log, data):
    """Half a number at the end must not pass for a whole one."""
    text = log.decode("utf-16" if log.startswith(b"\xff\xfe") else "utf-8")
    numbers = {float(text) for text in re.findall(r"\d+\.\d{4}", text)} | {None}
    start = data.draw(st.integers(0, len(log)))
    for fit in read(log[:start]).fits:
        if fit.log.form.startswith("Keras"):
            assert set().union(*map(set, fit.history.values())) <= numbers
    read(log[start:])


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(LOGS), st.binary(max_size=40), st.data())
def test_noise_in_the_middle(log, noise, data):
    place = data.draw(st.integers(0, len(log)))
    read(log[:place] + noise + log[place:])


@pytest.mark.parametrize(
    "text",
    ["(" * 50_000, "model.fit(" * 20_000, "{" * 50_000, "[" * 50_000, "Epoch " * 20_000,
     "1/2 " * 30_000, "a.b" * 30_000, "x = " * 30_000, "'loss': [" * 10_000, "- " * 50_000,
     "Dense(" * 3000 + ")" * 3000, "loss,acc," * 10_000, "\x1b[" * 30_000, "&#" * 50_000],
    ids=range(14),
)  # fmt: skip
def test_hostile_texts_take_no_time(text):
    parse(text)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.sampled_from(["a" * 5000, "b ", "\r", "\n", "\r\n", "\x08\x08\r"]), max_size=60
    )
)
def test_lines_survive_however_the_stream_is_chunked(parts):
    data = "".join(parts).encode()
    whole = list(pieces(io.BytesIO(data)))
    small = list(pieces(Slow(data)))
    assert all(len(piece.text) <= 2 * LONGEST for piece in whole)
    assert "".join(p.text for p in whole) == "".join(p.text for p in small)


class Slow(io.BytesIO):
    """Gives few bytes at a time, an odd number."""

    def read(self, size=-1):
        return super().read(min(size, 997) if size > 0 else 997)
