"""A missing package is named with the command that adds it."""

import importlib.util

import pytest

from whylow.capture._packages import missing_package
from whylow.keras2 import stand_ins


def error_of(statement):
    with pytest.raises(ImportError) as caught:
        exec(statement)  # noqa: S102 - the statements are below
    return caught.value


@pytest.mark.parametrize(
    ("statement", "package"),
    [
        ("import cv2", "opencv-python"),
        ("from bs4.element import Tag", "beautifulsoup4"),
        ("import tensorflow_hub", "tensorflow-hub"),
        ("import wordcloud", "wordcloud"),
    ],
)
def test_the_command_names_the_package(statement, package):
    found = missing_package(error_of(statement), "train.py", ["--data", "my file.csv"])
    module = statement.split()[1]
    assert str(found).startswith(f"train.py imports `{module.partition('.')[0]}")
    assert str(found).endswith(
        f"this adds it: uv run --with {package} whylow run train.py --data 'my file.csv'"
    )


def test_an_unknown_module_may_be_the_person_s_own():
    found = missing_package(error_of("import my_helpers"), "train.py")
    assert "this adds it (unless my_helpers.py is your own file): uv run --with" in str(
        found
    )


@pytest.mark.parametrize("statement", ["from json import nothing", "import json.nothing"])
def test_a_package_that_is_there_is_not_missing(statement):
    assert missing_package(error_of(statement), "train.py") is None


def test_a_part_of_tensorflow_comes_with_its_command():
    if importlib.util.find_spec("tensorflow") is not None:
        pytest.skip("tensorflow is installed")
    with stand_ins():
        error = error_of("from tensorflow import data")
    found = missing_package(error, "train.py", ["--rows", "7"])
    assert str(found).startswith("train.py: `tf.data` needs TensorFlow, which is not")
    assert str(found).endswith("uv run --with tensorflow-cpu whylow run train.py --rows 7")


def test_other_errors_are_no_missing_package():
    assert missing_package(ValueError("no"), "train.py") is None
    assert missing_package(ModuleNotFoundError("bare"), "train.py") is None
    assert missing_package(None, "train.py") is None
