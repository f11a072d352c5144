"""`--test FILE`: more labelled texts, scored while the script's own choose the epoch."""

import json
import subprocess
import sys
from dataclasses import replace

import keras
import numpy as np
import pytest
from keras import layers

from whylow import engine
from whylow.capture._groups import group
from whylow.capture._recorder import Recorder
from whylow.engine import Clock
from whylow.exceptions import InputError
from whylow.live import first_rows
from whylow.study._test_file import read_given
from whylow.study._test_part import with_test_part

SCRIPT = """
import keras, numpy as np
from keras import layers

random = np.random.default_rng(0)

def made(rows):
    y = random.integers(0, 2, rows)
    x = random.integers(1, 40, (rows, 5))
    x[:, 0] = np.where(random.random(rows) < 0.8, 1 + y, x[:, 0])
    return x.astype("int32"), y

def encode(texts):
    return np.array([[int(word) for word in text.split()] for text in texts])

x, y = made(120)
more, labels = made(130)
more[:3], more[3:5] = x[:3], x[80:82]
np.savez("test.npz", x=more, y=labels)
with open("test.csv", "w") as file:
    file.write("text,label\\n")
    for row, label in zip(more, labels):
        file.write(" ".join(map(str, row)) + f",{label}\\n")

for name, units in (("small", 2), ("wide", 8)):
    model = keras.Sequential([keras.Input((5,)), layers.Embedding(40, 4),
        layers.Flatten(), layers.Dense(units, "relu"), layers.Dense(1, "sigmoid")],
        name=name)
    model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
    model.fit(x[:80], y[:80], validation_data=(x[80:], y[80:]), epochs=2, batch_size=40,
              verbose=0)
"""


def studied(folder, *options):
    options = ("--format", "json", "--max-pairs", "2", *options)
    done = subprocess.run(
        [sys.executable, "-m", "whylow", "run", *options, "train.py"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=400,
    )
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


@pytest.mark.slow
def test_a_test_file_is_scored_and_the_validation_part_chooses(tmp_path):
    (tmp_path / "train.py").write_text(SCRIPT)
    subprocess.run([sys.executable, "train.py"], cwd=tmp_path, check=True)
    arrays = studied(tmp_path, "--test", "test.npz")
    texts = studied(tmp_path, "--test", "test.csv", "--prepare", "encode")

    (comparison,) = arrays["comparisons"]
    protocol = arrays["protocol"]
    assert protocol["held_out_texts"] == 125
    assert protocol["validation_texts"] == 40
    assert protocol["test_file"] == "test.npz"
    assert "validation texts" in protocol["epoch_and_threshold"]
    note = next(note for note in arrays["notes"] if "test.npz" in note)
    assert note == (
        "Scored on 125 texts of test.npz; epoch and threshold are chosen on the 40 "
        "validation texts of the script. 5 of 130 are left out, as the models see them: 3 "
        "among its training texts and 2 among its validation texts."
    )
    views = [view["view"] for view in comparison["ladder"]]
    assert "accuracy, test, best epoch" in views
    assert not any("validation" in view for view in views)
    # A table that the script's own function prepares is the same study.
    (other,) = texts["comparisons"]
    assert other["difference"] == comparison["difference"]
    assert texts["protocol"]["plan_digest"] == protocol["plan_digest"]


# On recorded fits ----------------------------------------------------------------------


def made(rows, seed):
    random = np.random.default_rng(seed)
    return random.integers(0, 7, (rows, 5)).astype("int32"), random.integers(0, 2, rows)


@pytest.fixture(scope="module")
def groups():
    (x, y), held_out = made(60, 1), made(30, 2)
    with Recorder() as recorder:
        for name, units in (("one", 2), ("two", 3)):
            model = keras.Sequential(
                [
                    keras.Input((5,)),
                    layers.Embedding(7, 3),
                    layers.Flatten(),
                    layers.Dense(units, "relu"),
                    layers.Dense(1, "sigmoid"),
                ],
                name=name,
            )
            model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["acc"])
            model.fit(x, y, validation_data=held_out, epochs=2, verbose=0)
    return group(recorder.fits)


def written(folder, **arrays):
    np.savez(folder / "t.npz", **arrays)
    return read_given(folder / "t.npz", None)


def test_rows_go_behind_the_validation_rows_and_are_marked(groups, tmp_path):
    x, y = made(20, 3)
    together = with_test_part(groups, written(tmp_path, x=x, y=y))
    held_out = engine.held_out_of(together.baseline)

    for live in (together.baseline, *together.variants):
        assert live.tested == 20
        np.testing.assert_array_equal(live.validation.x[30:], x)
        np.testing.assert_array_equal(live.validation.y[30:], y)
    np.testing.assert_array_equal(held_out.chosen_on, np.arange(50) < 30)
    assert together.fits[0] is together.baseline
    assert groups.baseline.tested == 0


def test_callbacks_of_the_script_never_see_the_test_part(groups, tmp_path):
    """What a lane reports after an epoch is the same with a test part and without."""
    x, y = made(20, 3)
    steered = replace(
        groups.baseline, callbacks=[keras.callbacks.ReduceLROnPlateau(monitor="val_loss")]
    )
    settings = steered.fit.settings.model_copy(update={"callbacks": ("ReduceLROnPlateau",)})
    fit = steered.fit.model_copy(update={"settings": settings})
    steered = replace(steered, fit=fit)
    alone = replace(groups, baseline=steered, fits=(steered, *groups.fits[1:]))
    given = written(tmp_path, x=x, y=1 - y)
    together = with_test_part(alone, given).baseline
    for runner in (engine._replay.FusedRunner, engine._replay.PlainRunner):
        before, after = (
            runner(live, 2).run(0, 5, Clock(None)) for live in (steered, together)
        )
        assert before.history == after.history
        assert "val_loss" in before.history
        np.testing.assert_allclose(
            before.probabilities, after.probabilities[:, :30], rtol=1e-6
        )
        assert after.probabilities.shape == (2, 50)


def test_first_rows_of_several_inputs(groups):
    rows = replace(
        groups.baseline.validation,
        x={"a": [np.arange(7), np.arange(14).reshape(7, 2)]},
        y=np.arange(7),
        sample_weight=np.ones(7),
    )
    cut = first_rows(rows, 3)

    assert [len(part) for part in cut.x["a"]] == [3, 3]
    assert len(cut.y) == len(cut.sample_weight) == 3


def test_rows_that_the_models_know_are_left_out(groups, tmp_path):
    x, y = made(20, 3)
    x[:2], x[2] = groups.baseline.training.x[:2], groups.baseline.validation.x[0]
    together = with_test_part(
        groups, written(tmp_path, x=x.astype("int64"), y=y.astype(float)), None, None
    )

    assert together.baseline.tested == 17
    np.testing.assert_array_equal(together.baseline.validation.x[30:], x[3:])
    assert together.baseline.validation.x.dtype == "int32"
    assert together.notes[-1].endswith(
        "3 of 20 are left out, as the models see them: 2 among its training texts and 1 "
        "among its validation texts."
    )
    own = groups.baseline.training
    given = written(tmp_path, x=own.x, y=own.y)
    with pytest.raises(InputError, match=r"All 60 texts .* are among the training"):
        with_test_part(groups, given)


X, Y = made(20, 3)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"x": X[:, :4], "y": Y}, r"them: x \(N, 5\) of int32\. Received: x \(N, 4\)"),
        ({"a": X, "b": X, "y": Y}, r"Received: a \(N, 5\) of int32, b"),
        ({"x": X.astype(str), "y": Y}, r"Received: x \(N, 5\) of <U"),
        ({"x": X[:9], "y": Y}, "one row a text. Received: 9 and 20 rows"),
        ({"x": X, "y": Y + 1}, "hold 2, a class that no training text of `one` has"),
        ({"x": X, "y": Y.astype(str)}, "must be numbers, as those that `one`"),
        ({"x": X, "y": np.stack([Y, Y], 1)}, r"y \(N,\) of int64. Received: y \(N, 2\)"),
        ({"x": X + 1, "y": Y}, r"ids from 0 to 6, the rows of `embedding.*Received: 7"),
        ({"x": X - 1, "y": Y}, "Received: -1. Were they made with"),
    ],
)  # fmt: skip
def test_arrays_that_the_models_do_not_take_are_refused(groups, tmp_path, arrays, message):
    with pytest.raises(InputError, match=message):
        with_test_part(groups, written(tmp_path, **arrays))


def test_several_inputs_and_one_hot_labels(groups, tmp_path):
    base = groups.baseline
    for form, names in ((list, ("x0", "x1")), (dict, ("left", "right"))):

        def several(rows, form=form, names=names):
            parts = [rows.x, rows.x.astype("float32")]
            x = parts if form is list else dict(zip(names, parts, strict=True))
            weight = np.ones(len(rows.y))
            return replace(rows, x=x, y=np.eye(2)[rows.y], sample_weight=weight)

        fits = [
            replace(one, training=several(one.training), validation=several(one.validation))
            for one in (base, *groups.variants)
        ]
        two = replace(groups, fits=tuple(fits), baseline=fits[0], variants=tuple(fits[1:]))
        arrays = dict(zip(names, (X, X.astype("float64")), strict=True))
        joined = with_test_part(two, written(tmp_path, **arrays, y=Y)).baseline
        leaves = list(joined.validation.x.values()) if form is dict else joined.validation.x

        assert [len(leaf) for leaf in leaves] == [50, 50]
        assert [leaf.dtype for leaf in leaves] == ["int32", "float32"]
        np.testing.assert_array_equal(joined.validation.y[30:].argmax(1), Y)
        assert len(joined.validation.sample_weight) == 50
        with pytest.raises(InputError, match=rf"{names[0]} \(N, 5\) of int32, {names[1]}"):
            with_test_part(two, written(tmp_path, x=X, y=Y))
        with pytest.raises(InputError, match="hold 2, a class"):
            with_test_part(two, written(tmp_path, **arrays, y=Y + 1))


def test_what_is_no_file_of_test_texts_is_one_sentence(tmp_path):
    table = tmp_path / "t.csv"
    table.write_text("text,label\ngood,yes\n")
    (tmp_path / "v.parquet").write_bytes(b"no Parquet")
    other = tmp_path / "u.csv"
    other.write_text("question,label\ngood,1\n")
    (tmp_path / "t.txt").write_text("good")
    (tmp_path / "broken.npz").write_bytes(b"PK nothing")
    np.savez(tmp_path / "objects.npz", x=np.array([{}], object), y=[1])
    np.savez(tmp_path / "no_labels.npz", x=X)
    np.savez(tmp_path / "empty.npz", x=X[:0], y=Y[:0])
    for name, prepare, message in (
        ("none.npz", None, "There is no file"),
        ("t.txt", None, r"must be \.npz .* or a CSV or Parquet table"),
        ("t.csv", None, "holds texts, and the models of a script take arrays"),
        ("t.csv", "encode", "labels of .* must be numbers"),
        ("u.csv", "encode", "columns text and label. Its columns: question, label"),
        ("v.parquet", "encode", "must be a Parquet file"),
        ("broken.npz", None, "must be a NumPy archive of plain arrays"),
        ("objects.npz", None, "must be a NumPy archive of plain arrays"),
        ("no_labels.npz", None, "and the labels `y` .* Received: x"),
        ("empty.npz", None, "one row a text. Received: no row"),
        ("no_labels.npz", "encode", "holds arrays already"),
    ):
        with pytest.raises(InputError, match=message):
            read_given(tmp_path / name, prepare)
    with pytest.raises(InputError, match="give --test FILE too"):
        read_given(None, "encode")
    assert read_given(None, None) is None


def test_a_function_that_is_missing_or_fails_is_one_sentence(groups, tmp_path):
    table = tmp_path / "t.csv"
    table.write_text("text,label\n1 2 3 4 5,1\n6 5 4 3 2,0\n")
    given = read_given(table, "encode")
    script = type(sys)("script")
    script.encoded = lambda texts: None
    with pytest.raises(InputError, match=r"no function `encode` .* Its functions: encoded"):
        with_test_part(groups, given, "encode", script)
    script.encode = lambda texts: [int(text) for text in texts]
    with pytest.raises(InputError, match="`encode` of the script failed on the texts"):
        with_test_part(groups, given, "encode", script)
    script.encode = lambda texts: np.array([list(map(int, t.split())) for t in texts])
    assert with_test_part(groups, given, "encode", script).baseline.tested == 2


def test_a_script_with_nothing_to_compare_says_that_the_file_was_not_used(groups, tmp_path):
    alone = replace(groups, variants=())
    assert (
        "nothing to compare" in with_test_part(alone, written(tmp_path, x=X, y=Y)).notes[-1]
    )
    assert with_test_part(groups, None) is groups
