"""What was trained with keras-self-attention 0.51 goes on here."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from whylow import layers
from whylow.layers import SeqSelfAttention, SeqWeightedAttention

# From Keras 3.16 recurrent layers say that they do not hand a mask on.
pytestmark = pytest.mark.filterwarnings("ignore:Layer '.*' .*of type:UserWarning")
OLD_WEIGHTS = Path(__file__).parent / "data" / "keras_self_attention_0_51.h5"

OLD_IDS = [[6, 4, 4, 2, 2], [1, 1, 1, 0, 0], [4, 0, 0, 0, 0]]
OLD_PREDICTIONS = [0.19904270768165588, 0.9333475828170776, -0.10066232085227966]


def build(legacy):
    return keras.Sequential(
        [
            keras.Input((5,)),
            keras.layers.Embedding(7, 3, mask_zero=True),
            keras.layers.Bidirectional(keras.layers.LSTM(2, return_sequences=True)),
            SeqSelfAttention(
                3, attention_width=3, attention_activation="sigmoid", legacy=legacy
            ),
            SeqWeightedAttention(legacy=legacy),
            keras.layers.Dense(1),
        ]
    )


def test_old_weights_give_the_old_predictions():
    """File and numbers are of keras-self-attention 0.51 on TensorFlow and Keras 2."""
    model = build(legacy=True)
    model.load_weights(OLD_WEIGHTS)
    predicted = model.predict(np.array(OLD_IDS), verbose=0).ravel()
    np.testing.assert_allclose(predicted, OLD_PREDICTIONS, rtol=1e-5)


def test_old_weights_load_where_padding_is_left_out():
    model = build(legacy=False)
    model.load_weights(OLD_WEIGHTS)
    predicted = model.predict(np.array(OLD_IDS), verbose=0).ravel()
    np.testing.assert_allclose(predicted[0], OLD_PREDICTIONS[0], rtol=1e-5)
    assert abs(predicted[1] - OLD_PREDICTIONS[1]) > 1e-4, "this text has padding"


def test_custom_objects_are_offered_as_before():
    for name in ("SeqSelfAttention", "SeqWeightedAttention"):
        layer = getattr(layers, name)
        assert layer.get_custom_objects() == {name: layer}


@pytest.mark.slow
def test_its_own_tests_pass(tmp_path):
    """Its source distribution, with `import keras` and the file suffix changed alone."""
    source = os.environ.get("KERAS_SELF_ATTENTION_SOURCE")
    if not source:
        pytest.skip(
            "KERAS_SELF_ATTENTION_SOURCE names no unpacked keras-self-attention 0.51.0"
        )
    shutil.copytree(Path(source) / "tests", tmp_path / "tests")
    for path in (tmp_path / "tests").rglob("*.py"):
        text = path.read_text().replace("from tensorflow import keras", "import keras")
        path.write_text(text.replace(".h5' %", ".keras' %"))
    (tmp_path / "keras_self_attention.py").write_text("from whylow.layers import *\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(layers.__file__).parents[2])},
        capture_output=True,
        text=True,
    )
    assert "19 passed" in done.stdout, done.stdout[-3000:]
