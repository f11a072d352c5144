"""The example under plain `python`: what it trains, and how it ends on wrong input."""

import argparse
import gzip
import os
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import numpy as np
import pytest

from whylow.demo import made_questions, write_csv

SCRIPT = Path(__file__).parents[2] / "examples" / "quora_attention.py"


@pytest.fixture(scope="module")
def example():
    spec = spec_from_file_location("quora_attention", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def run(example, monkeypatch, tmp_path):
    """Run the example in an empty folder and return what it ended with."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", [str(SCRIPT), *arguments])
        with pytest.raises(SystemExit) as ended:
            example.main()
        return ended.value.code

    return run


def test_it_trains_on_the_default_file(tmp_path):
    """By the command that its docstring gives, only smaller."""
    write_csv(made_questions(400, seed=0), tmp_path / "questions.csv")
    sizes = "--train-rows 320 --maxlen 12 --embed-size 4 --max-features 500 --epochs 1"
    ran = subprocess.run(
        [sys.executable, str(SCRIPT), *sizes.split(), "--models", "no_attention"],
        cwd=tmp_path,
        env={**os.environ, "KERAS_BACKEND": "jax"},
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
    assert "320 questions to train on, 80 to validate on" in ran.stdout
    assert "no_attention" in ran.stdout
    assert "put_right" not in ran.stdout
    assert "5/5" in ran.stdout  # 320 rows in batches of 64
    assert "val_accuracy" in ran.stdout


def test_put_right_gives_one_output_a_text_and_leaves_padding_out(example):
    """Zeros before or after the words, or in both places: the same prediction."""
    args = argparse.Namespace(maxlen=5, embed_size=3)
    example.keras.utils.set_random_seed(1)
    model = example.put_right(args, words=11)
    texts = np.array([[0, 0, 7, 2, 3], [7, 2, 3, 0, 0], [0, 7, 2, 3, 0], [7, 2, 3, 3, 3]])
    predicted = model.predict(texts, verbose=0)
    assert predicted.shape == (4, 1)
    np.testing.assert_allclose(predicted[1:3], predicted[[0, 0]], rtol=1e-5)
    assert abs(float(predicted[3, 0] - predicted[0, 0])) > 1e-4


def test_the_models_are_the_questions(example):
    args = argparse.Namespace(maxlen=5, embed_size=3)
    model = example.no_attention(args, words=11)
    kinds = [type(layer).__name__ for layer in model.layers]
    assert kinds == ["Embedding", "Bidirectional", "Dense"]
    assert model.name == "no_attention"
    # Embedding 11 x 3; two LSTMs of 4 x 10 x (3 + 10 + 1); Dense 20 + 1.
    assert model.count_params() == 33 + 2 * 560 + 21


def test_rows_are_drawn_without_overlap(example, monkeypatch):
    texts, labels = made_questions(400, seed=0)

    def draw(*arguments):
        monkeypatch.setattr(sys, "argv", ["x", "--train-rows", "300", *arguments])
        return example.split(texts, np.array(labels), example.parse())

    train, y_train, valid, y_valid = draw()
    assert (len(train), len(valid)) == (300, 100)
    assert sorted(train + valid) == sorted(texts)
    label = dict(zip(texts, labels, strict=True))
    assert [label[text] for text in train] == y_train.tolist()
    assert [label[text] for text in valid] == y_valid.tolist()
    assert draw("--draw", "0")[0] == train
    assert draw("--draw", "1")[0] != train
    assert draw("--validation-rows", "7")[2] == valid[:7]


def test_words_are_numbered_from_training_texts_alone(example):
    """Three numbers at most: 0 pads, 1 is unknown, 2 and 3 the most frequent words."""
    known = example.vocabulary(["to be to see", "be to"], size=4)
    assert known == {"to": 2, "be": 3}
    assert example.numbers(["Be kind, to"], known, maxlen=4).tolist() == [[0, 3, 1, 2]]


def test_empty_and_nan_labels_are_read_as_nan(example, tmp_path):
    path = tmp_path / "data.csv.gz"
    path.write_bytes(gzip.compress(b"target,question_text\n,Why?\nnan,How?\n1,Who?\n"))
    texts, labels = example.read(str(path))
    assert texts == ["Why?", "How?", "Who?"]
    np.testing.assert_array_equal(labels, [np.nan, np.nan, 1.0])


def test_without_keras_self_attention_it_says_what_to_do(example, run, monkeypatch):
    monkeypatch.setattr(example, "SeqSelfAttention", None)
    message = run()
    assert "needs the package keras_self_attention" in message
    assert "`whylow run`" in message


@pytest.mark.parametrize(
    ("text", "arguments", "message"),
    [
        (None, [], "data.csv does not exist. Give --data a CSV file"),
        ("a,b\n1,2\n", [], "no column question_text and no column target. It has: a, b."),
        ("question_text\nWhy?\n", [], "has no column target. It has: question_text."),
        ("", [], "It has: nothing."),
        (
            "question_text,target\nWhy?,1\n",
            ["--train-rows", "64"],
            "has 1 rows, too few for --train-rows 64 and some to validate on.",
        ),
        (
            "question_text,target\n" + "Why?,1\n" * 9,
            ["--train-rows", "4", "--validation-rows", "6"],
            "has 9 rows, too few for --train-rows 4 and 6 to validate on.",
        ),
        (
            "question_text,target\nWhy?,0\nHow?,sincere\n",
            [],
            "data.csv, line 3: target must be a number (0 or 1), not 'sincere'.",
        ),
        (b"question_text,target\n\xff\xfe,1\n", [], "cannot be read as CSV in UTF-8"),
    ],
)
def test_wrong_data_ends_with_one_sentence(text, arguments, message, run, tmp_path):
    if text is not None:
        raw = text if isinstance(text, bytes) else text.encode()
        (tmp_path / "data.csv").write_bytes(raw)
    said = run("--data", "data.csv", *arguments, "--models", "no_attention")
    assert message in said
    assert "\n" not in said


def test_a_broken_gzip_file_ends_with_one_sentence(run, tmp_path):
    (tmp_path / "data.csv.gz").write_text("question_text,target\n")
    said = run("--data", "data.csv.gz", "--models", "no_attention")
    assert "data.csv.gz cannot be read as CSV in UTF-8" in said


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--epochs", "0"], "at least 1, not 0"),
        (["--max-features", "2"], "at least 3"),
        (["--draw", "-1"], "--draw is a whole number from 0 on."),
        (["--models", "best"], "invalid choice: 'best'"),
    ],
)
def test_wrong_arguments_end_with_one_sentence(arguments, message, run, capsys):
    assert run(*arguments) == 2
    assert message in capsys.readouterr().err
