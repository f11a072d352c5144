"""Imports of old scripts are answered, said, and leave nothing behind."""

import importlib
import importlib.util
import os
import subprocess
import sys
import textwrap

import keras
import numpy as np
import pytest

from whylow import layers
from whylow.keras2 import NotStoodInError, stand_ins

needs_absence = pytest.mark.skipif(
    importlib.util.find_spec("tensorflow") is not None, reason="tensorflow is installed"
)


def run(text):
    """Run code under the stand-ins; return its names and the notes."""
    names = {}
    with stand_ins() as notes:
        exec(textwrap.dedent(text), names)  # noqa: S102 - the code is below
    return names, notes


@needs_absence
@pytest.mark.parametrize(
    ("statement", "real"),
    [
        ("import tensorflow as tf; got = tf.keras.layers.LSTM", "LSTM"),
        ("from tensorflow.keras.layers import LSTM as got", "LSTM"),
        ("from tensorflow.keras import layers; got = layers.LSTM", "LSTM"),
        ("from tensorflow import keras; got = keras.layers.LSTM", "LSTM"),
        ("import tensorflow.keras.layers as layers; got = layers.LSTM", "LSTM"),
        ("import tensorflow.keras; got = tensorflow.keras.layers.LSTM", "LSTM"),
        ("from tensorflow.python.keras.layers import LSTM as got", "LSTM"),
        ("import tensorflow.compat.v1 as tf; got = tf.keras.layers.LSTM", "LSTM"),
        ("from tensorflow.keras.layers import CuDNNLSTM as got", "LSTM"),
        ("import tensorflow.keras.layers.experimental.preprocessing as p; got = p.Hashing",
         "Hashing"),
        ("from tensorflow.keras.utils import to_categorical as got", "to_categorical"),
        ("from tensorflow.keras.preprocessing.text import Tokenizer as got", "Tokenizer"),
        ("from tensorflow.keras.preprocessing.sequence import pad_sequences as got",
         "pad_sequences"),
        ("from keras.preprocessing.text import Tokenizer as got", "Tokenizer"),
        ("from keras.preprocessing import text; got = text.Tokenizer", "Tokenizer"),
        ("import keras; got = keras.preprocessing.text.Tokenizer", "Tokenizer"),
        ("from keras.preprocessing.sequence import pad_sequences as got", "pad_sequences"),
        ("from keras.utils import np_utils; got = np_utils.to_categorical",
         "to_categorical"),
        ("from keras.utils.np_utils import to_categorical as got", "to_categorical"),
        ("from keras.layers.core import Dense as got", "Dense"),
        ("from keras.layers.recurrent import LSTM as got", "LSTM"),
        ("from keras.layers.embeddings import Embedding as got", "Embedding"),
        ("from keras.engine.topology import Layer as got", "Layer"),
        ("from keras.engine import InputSpec as got", "InputSpec"),
        ("from keras.layers import CuDNNGRU as got", "GRU"),
    ],
)  # fmt: skip
def test_an_old_import_finds_the_thing(statement, real):
    names, notes = run(statement)
    assert names["got"].__name__ == real
    assert names["got"].__module__.startswith("keras.src")
    if "keras.preprocessing.sequence" not in statement or "tensorflow" in statement:
        assert notes


@needs_absence
def test_every_stand_in_is_noted_once():
    _, notes = run(
        """
        import tensorflow as tf
        from tensorflow.keras.layers import Dense
        from tensorflow import keras as again
        from keras_self_attention import SeqSelfAttention
        from keras_self_attention.seq_self_attention import SeqSelfAttention as other
        from keras.utils import np_utils
        import keras.layers.core
        keras.optimizers.Adam(lr=0.1)
        keras.optimizers.Adam(lr=0.2)
        tf.random.set_seed(3)
        """.replace("import tensorflow as tf", "import keras, tensorflow as tf")
    )
    assert notes == [
        f"TensorFlow is not installed: `tf.keras` was Keras {keras.__version__} on "
        f"{keras.backend.backend()}.",
        "keras_self_attention was `whylow.layers` with `legacy=True`: the old numbers.",
        "Modules of Keras 2 were found in Keras 3: `keras.utils.np_utils`, "
        "`keras.layers.core`.",
        "Arguments of optimizers in Keras 2 were read: `lr` as `learning_rate`.",
        "`tf.random.set_seed` seeded Keras in TensorFlow's place.",
    ]


def test_nothing_is_noted_where_nothing_is_used():
    assert run("import keras; keras.layers.Dense(1); keras.optimizers.Adam(0.1)")[1] == []


@needs_absence
@needs_absence
def test_a_module_that_an_installed_tensorflow_lacks_is_not_made_up(tmp_path, monkeypatch):
    """On another backend a library may look for parts of TensorFlow that are gone."""
    package = tmp_path / "tensorflow"
    package.mkdir()
    (package / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    with (
        stand_ins() as notes,
        pytest.raises(ModuleNotFoundError, match=r"tensorflow\.gone"),
    ):
        importlib.import_module("tensorflow.gone")
    sys.modules.pop("tensorflow", None)

    assert notes == []


def test_nothing_stays_behind():
    before = (dict(sys.modules), list(sys.meta_path), dict(vars(keras.backend)))
    packages = (keras, keras.utils, keras.preprocessing, keras.layers, keras.Model)
    names = [set(vars(package)) for package in packages]
    lazy = sys.modules["keras.src.utils.module_utils"].tensorflow
    state = dict(vars(lazy))
    run(
        """
        import tensorflow as tf, keras_self_attention
        from tensorflow.keras.layers import Dense
        from tensorflow.python.keras.layers import Dense
        from keras.utils import np_utils
        from keras.preprocessing import text
        from keras.layers import CuDNNLSTM, core
        import keras.engine.topology
        """
    )
    new = {name for name in sys.modules if name not in before[0]}
    assert not {name for name in new if not name.startswith(("keras.src", "whylow"))}
    assert sys.meta_path == before[1]
    assert dict(vars(keras.backend)) == before[2]
    assert [set(vars(package)) for package in packages] == names
    assert vars(lazy) == state
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("tensorflow")
    with pytest.raises(ValueError, match="not recognized"):
        keras.optimizers.Adam(lr=0.1)


def test_nothing_stays_behind_after_an_exception():
    before = list(sys.meta_path)
    with pytest.raises(KeyboardInterrupt):
        run("import keras_self_attention\nraise KeyboardInterrupt")
    assert sys.meta_path == before
    assert "keras_self_attention" not in sys.modules


def test_twice_over_works():
    before = list(sys.meta_path)
    with stand_ins() as outer:
        run("from keras.utils.np_utils import to_categorical")
        from keras.utils.np_utils import to_categorical  # noqa: F401

        assert len(outer) == 1
        assert keras.optimizers.Adam(lr=0.5).lr == 0.5
    assert sys.meta_path == before


@needs_absence
def test_a_module_has_one_copy_under_all_of_its_names():
    names, _ = run(
        """
        import tensorflow.keras.layers as one
        import tensorflow.python.keras.layers as two
        import keras._tf_keras.keras.layers as three
        """
    )
    assert names["one"] is names["three"]
    assert names["two"] is names["three"]


def test_attention_is_whylow_s_layer_with_the_old_numbers():
    names, _ = run(
        """
        from keras_self_attention import SeqSelfAttention
        one = SeqSelfAttention(attention_activation="sigmoid", name="a")
        two = SeqSelfAttention(units=7, legacy=False)
        is_one = isinstance(one, SeqSelfAttention)
        kind = SeqSelfAttention.ATTENTION_TYPE_MUL
        objects = SeqSelfAttention.get_custom_objects()
        class Own(SeqSelfAttention):
            pass
        own = Own(units=5)
        """
    )
    one = names["one"]
    assert type(one) is layers.SeqSelfAttention
    assert one.get_config()["legacy"] is True
    assert names["two"].get_config()["legacy"] is False
    assert names["own"].get_config()["legacy"] is True
    assert names["own"].units == 5
    assert names["is_one"]
    assert names["kind"] == "multiplicative"
    assert list(names["objects"]) == ["SeqSelfAttention"]
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(one))
    assert again.get_config() == one.get_config()
    numbers = np.random.default_rng(2).normal(size=(2, 5, 3))
    assert np.shape(one(numbers)) == (2, 5, 3)


def test_a_saved_attention_is_loaded_by_its_old_name():
    names, _ = run("from keras_self_attention import SeqSelfAttention")
    config = {"units": 5, "name": "old"}
    model = keras.Sequential([keras.Input((3, 2)), layers.SeqSelfAttention(**config)])
    again = keras.Sequential.from_config(
        model.get_config(), custom_objects={"SeqSelfAttention": names["SeqSelfAttention"]}
    )
    assert again.layers[0].units == 5


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("from keras_self_attention import Nothing", "whylow has no `Nothing` to stand in"),
        ("import keras_self_attention.nothing", "whylow has no `nothing` to stand in"),
        (
            "import keras_self_attention as k; k.Nothing",
            "whylow has no `Nothing` to stand in",
        ),
        (
            "import keras.wrappers.scikit_learn",
            "is not in Keras 3: use `SKLearnClassifier`",
        ),
    ],
)
def test_what_is_not_stood_in_for_is_one_sentence(statement, message):
    with pytest.raises(NotStoodInError, match=message):
        run(statement)


@needs_absence
@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("import tensorflow as tf; tf.data.Dataset", "tf.data"),
        ("from tensorflow import GradientTape", "tf.GradientTape"),
        ("from tensorflow.data import Dataset", "tf.data"),
        ("import tensorflow.python.framework", "tf.python.framework"),
        ("import tensorflow as tf; tf.compat.v1.train.AdamOptimizer()", "tf.train"),
        ("import tensorflow as tf; tf.Session().run(3)", "tf.Session.run"),
        ("from tensorflow.nn import conv2d", "tf.nn.conv2d"),
    ],
)
def test_what_is_tensorflow_s_own_is_named_with_the_command(statement, name):
    with pytest.raises(NotStoodInError) as caught:
        run(statement)
    assert str(caught.value).startswith(
        f"`{name}` needs TensorFlow, which is not installed;"
    )
    assert str(caught.value).endswith("uv run --with tensorflow-cpu whylow run SCRIPT")


@needs_absence
def test_a_part_of_tf_keras_that_keras_3_lacks_is_one_sentence():
    with pytest.raises(NotStoodInError, match=r"`tf\.keras\.estimator` is not in Keras 3"):
        run("import tensorflow.keras.estimator")
    with pytest.raises(NotStoodInError, match="use `SKLearnClassifier`"):
        run("from tensorflow.keras.wrappers.scikit_learn import KerasClassifier")


@needs_absence
def test_scripts_may_look_whether_something_is_there():
    names, _ = run(
        """
        import tensorflow as tf
        contrib = getattr(tf, "contrib", None)
        version = tuple(int(part) for part in tf.__version__.split(".")[:2])
        devices = tf.config.experimental.list_physical_devices("GPU")
        config = tf.ConfigProto(intra_op_parallelism_threads=1)
        config.gpu_options.allow_growth = True
        session = tf.Session(graph=tf.get_default_graph(), config=config)
        tf.get_logger().setLevel("ERROR")
        with tf.device("/GPU:0"):
            pass
        @tf.function
        def twice(x):
            return 2 * x
        four = twice(2)
        tf.keras.backend.set_session(session)
        """
    )
    assert names["contrib"] is None
    assert names["version"] >= (2, 0)
    assert names["devices"] == []
    assert names["four"] == 4


@needs_absence
def test_a_seed_of_tensorflow_makes_weights_repeat_and_leaves_numpy_alone():
    names, _ = run(
        """
        import numpy as np, tensorflow as tf
        def draw(seed):
            tf.random.set_seed(seed)
            layer = tf.keras.layers.Dense(3)
            layer.build((None, 2))
            return np.asarray(layer.kernel), np.asarray(tf.keras.random.normal((2,)))
        np.random.seed(1)
        first, again, other = draw(5), draw(5), draw(6)
        after = np.random.rand()
        np.random.seed(1)
        expected = np.random.rand()
        """
    )
    for first, again, other in zip(
        names["first"], names["again"], names["other"], strict=True
    ):
        assert np.array_equal(first, again)
        assert not np.array_equal(first, other)
    assert names["after"] == names["expected"]


def test_with_tensorflow_as_the_backend_nothing_pretends_to_be_it():
    script = """
        import os
        os.environ["KERAS_BACKEND"] = "tensorflow"
        from whylow.keras2 import stand_ins
        with stand_ins():
            for name in ("tensorflow", "keras"):
                try:
                    __import__(name)
                except ModuleNotFoundError as error:
                    print(error)
        """
    if importlib.util.find_spec("tensorflow") is not None:
        pytest.skip("tensorflow is installed")
    assert fresh(script) == "No module named 'tensorflow'\n" * 2


def test_a_script_that_imports_keras_itself_trains_and_saves(tmp_path):
    """In a process of its own, where nothing is imported before the script does it."""
    script = """
        import sys
        from whylow.keras2 import stand_ins
        with stand_ins() as notes:
            assert "keras" not in sys.modules
            import tensorflow as tf
            from keras import backend as K
            from tensorflow.keras.layers import Dense, Embedding, Lambda
            import numpy as np
            model = tf.keras.Sequential()
            model.add(Embedding(11, 3, input_length=5))
            model.add(Lambda(lambda x: K.mean(x, axis=1)))
            model.add(Dense(1, activation="sigmoid"))
            model.compile("adam", "binary_crossentropy", metrics=["acc"])
            x = np.random.randint(0, 11, (7, 5))
            history = model.fit(x, np.arange(7) % 2, epochs=1, verbose=0)
            print(sorted(history.history), len(notes))
            model.save("model.keras")
        """
    script = script.replace("import sys\n", "import sys, warnings\n", 1)
    script = script.replace(
        "with stand", 'warnings.simplefilter("ignore")\n        with stand', 1
    )
    assert fresh(script, cwd=tmp_path) == "['acc', 'loss'] 2\n"


def fresh(script, cwd=None):
    kept = {key: value for key, value in os.environ.items() if key != "KERAS_BACKEND"}
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        capture_output=True, text=True, cwd=cwd, env={**kept, "KERAS_BACKEND": "jax"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout
