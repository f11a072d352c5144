"""TF-IDF + logistic regression beside the models."""

import numpy as np
import pytest

from whylow.causes import linear_control
from whylow.lanes import HeldOut

ROWS, LENGTH, WORDS = 701, 11, 97


def made(classes=2, seed=0):
    """Token ids whose class decides how likely word 1, 2, … is to be among them."""
    random = np.random.default_rng(seed)
    labels = random.integers(0, classes, ROWS)
    tokens = random.integers(classes + 1, WORDS, (ROWS, LENGTH))
    told = random.random(ROWS) < 0.9
    tokens[told, 3] = labels[told] + 1
    tokens[:, -2:] = 0
    return tokens, labels


def split(tokens, labels, classes=2):
    names = tuple(f"class {k}" for k in range(classes))
    texts = HeldOut(labels=labels[500:], class_names=names, groups=np.arange(201))
    return tokens[:500], labels[:500], tokens[500:], texts


def accuracy(control):
    assert control is not None
    assert control.name == "TF-IDF + logistic regression"
    return control.metrics["accuracy"]


@pytest.mark.parametrize("classes", [2, 5])
@pytest.mark.parametrize("dtype", [np.int32, np.float32])
def test_words_that_tell_the_class_are_found(classes, dtype):
    tokens, labels = made(classes)
    assert accuracy(linear_control(*split(tokens.astype(dtype), labels, classes))) > 0.85


def test_texts_will_do_as_well_as_tokens():
    tokens, labels = made()
    texts = np.array([" ".join(f"word{t}" for t in row) for row in tokens], dtype=object)
    assert accuracy(linear_control(*split(texts, labels))) > 0.85
    assert accuracy(linear_control(*split(texts[:, None].astype("S"), labels))) > 0.85


def test_padding_is_no_word():
    tokens, labels = made()
    tokens[:, 3] = 9
    tokens[:, -2:] = np.where(labels[:, None] == 1, 0, tokens[:, :2])
    short = accuracy(linear_control(*split(tokens, labels)))
    tokens[:, -2:] = np.where(labels[:, None] == 1, 96, tokens[:, :2])
    assert accuracy(linear_control(*split(tokens, labels))) > 0.95
    assert short < 0.75


@pytest.mark.parametrize("form", ["column", "one-hot", "float"])
def test_labels_in_the_forms_that_keras_takes(form):
    tokens, labels = made()
    known, y, new, texts = split(tokens, labels)
    y = {"column": y[:, None], "one-hot": np.eye(2)[y], "float": y.astype("f4")}[form]
    assert accuracy(linear_control(known, y, new, texts)) > 0.85


def test_what_is_neither_tokens_nor_texts_gets_no_control():
    tokens, labels = made()
    known, y, new, texts = split(tokens, labels)
    assert linear_control(known + 0.5, y, new + 0.5, texts) is None
    assert linear_control(known[:, :, None], y, new[:, :, None], texts) is None
    assert linear_control(-known, y, -new, texts) is None
    assert linear_control(known, np.zeros(500), new, texts) is None
    assert linear_control(known, y + 0.5, new, texts) is None
    empty = np.array([""] * 500, dtype=object)
    assert linear_control(empty, y, empty[:201], texts) is None


def test_a_word_that_was_never_trained_on_is_no_error():
    tokens, labels = made()
    known, y, new, texts = split(tokens, labels)
    assert linear_control(known, y, new + 1000 * (new > 50), texts) is not None


def test_a_class_that_was_never_trained_on_gets_no_probability():
    tokens, labels = made(5)
    known, y, new, texts = split(tokens, labels, 5)
    control = linear_control(known[y != 4], y[y != 4], new, texts)
    assert accuracy(control) < 0.85
