"""Makes the corpus: real logs of Keras 2 and 3, and made ones of tools we do not run.

    python benchmarks/make_log_corpus.py --keras2 PYTHON --keras3 PYTHON

PYTHON are interpreters with TensorFlow 2.15 or older and with Keras 3 (and a backend).
Either may be left out; its files then stay as they are. Beside each log stands what must
be read from it: for real runs `History.history` itself, to the digits that Keras prints.
"""

import argparse
import json
import os
import pty
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parents[1] / "tests" / "logs"
CORPUS = HERE / "corpus"

# Name → how the child trains: see `train`.
RUNS = {
    "file": {"verbose": 1},
    "terminal": {"verbose": 1, "terminal": True},
    "two": {"verbose": 2},
    "two_models": {"verbose": 1, "fits": 2},
    "checkpoint": {"verbose": 1, "callbacks": ["checkpoint", "plateau", "stop"],
                   "epochs": 6},
    "checkpoint_two": {"verbose": 2, "callbacks": ["checkpoint", "stop"], "epochs": 4},
    "training_only": {"verbose": 1, "validation": False, "evaluate": True},
    "training_only_terminal": {"verbose": 1, "validation": False, "terminal": True,
                               "evaluate": True},
    "evaluated": {"verbose": 1, "evaluate": True, "terminal": True},
    "unknown_steps": {"verbose": 1, "generator": True},
    "continued": {"verbose": 1, "continued": True},
    "nan": {"verbose": 2, "learning_rate": 1e30},
    "several_metrics": {"verbose": 1, "metrics": True},
    "csv": {"verbose": 0, "callbacks": ["csv"]},
    "history": {"verbose": 0, "print_history": True},
}  # fmt: skip


def train(options):
    """Train on made texts and print; runs under Keras 2 or 3, whichever is there."""
    try:
        from tensorflow import keras
    except ImportError:
        import keras
    import numpy as np

    generator = np.random.default_rng(7)
    x = generator.integers(1, 50, (200, 6)).astype("int32")
    y = (x.sum(axis=1) > 150).astype("float32")
    histories = []
    for number in range(options.get("fits", 1)):
        keras.utils.set_random_seed(number)
        layers = [keras.Input((6,), dtype="int32"), keras.layers.Embedding(50, 4)]
        pooling = [keras.layers.GlobalAveragePooling1D, keras.layers.Flatten][number]
        model = keras.Sequential([*layers, pooling(), keras.layers.Dense(1, "sigmoid")])
        metrics = ["accuracy"]
        if options.get("metrics"):
            metrics += ["mae", keras.metrics.AUC(name="auc")]
        rate = options.get("learning_rate", 0.02)
        model.compile(keras.optimizers.Adam(rate), "binary_crossentropy", metrics=metrics)
        callbacks, log = _callbacks(keras, options)
        settings = {
            "epochs": options.get("epochs", 3),
            "verbose": options["verbose"],
            "callbacks": callbacks,
        }
        if options.get("validation", True):
            settings["validation_data"] = (x[160:], y[160:])
        if options.get("generator"):
            import tensorflow

            rows = tensorflow.data.Dataset.from_generator(
                lambda: zip(x[:160], y[:160], strict=True),
                output_signature=(
                    tensorflow.TensorSpec((6,), "int32"),
                    tensorflow.TensorSpec((), "float32"),
                ),
            )
            history = model.fit(rows.batch(32), **settings).history
        else:
            history = model.fit(x[:160], y[:160], batch_size=32, **settings).history
        if options.get("continued"):
            settings |= {"epochs": 5, "initial_epoch": 3}
            more = model.fit(x[:160], y[:160], batch_size=32, **settings).history
            history = {name: [*values, *more[name]] for name, values in history.items()}
        if options.get("evaluate"):
            model.evaluate(x[:160], y[:160], verbose=options["verbose"])
            model.predict(x[:160], verbose=options["verbose"])
        if log:
            print(Path(log).read_text(), end="")
        history = {name: [float(v) for v in values] for name, values in history.items()}
        if options.get("print_history"):
            print(history)
        histories.append(history)
    Path(options["out"]).write_text(json.dumps(histories))


def _callbacks(keras, options):
    made, log = [], None
    names = options.get("callbacks", [])
    folder = tempfile.mkdtemp()
    if "checkpoint" in names:
        path = f"{folder}/best.keras"
        made.append(keras.callbacks.ModelCheckpoint(path, save_best_only=True, verbose=1))
    if "plateau" in names:
        made.append(keras.callbacks.ReduceLROnPlateau(patience=1, min_delta=1, verbose=1))
    if "stop" in names:
        made.append(keras.callbacks.EarlyStopping(patience=2, min_delta=1, verbose=1))
    if "csv" in names:
        log = f"{folder}/log.csv"
        made.append(keras.callbacks.CSVLogger(log))
    return made, log


def run(python, name, options):
    """Let `python` train; return what it printed and the histories."""
    with tempfile.TemporaryDirectory() as folder:
        options = {**options, "out": f"{folder}/out.json"}
        command = [python, __file__, "--child", json.dumps(options)]
        quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": "jax", "COLUMNS": "80"}
        environment = {**os.environ, **quiet, "CUDA_VISIBLE_DEVICES": ""}
        printed = (_in_terminal if options.get("terminal") else _in_pipe)(
            command, environment
        )
        text = printed.replace(folder.encode(), b"FOLDER")
        return text, json.loads(Path(options["out"]).read_text())


def _in_pipe(command, environment):
    quiet = {"stderr": subprocess.DEVNULL, "check": True, "env": environment}
    return subprocess.run(command, stdout=subprocess.PIPE, **quiet).stdout


def _in_terminal(command, environment):
    leader, follower = pty.openpty()
    child = subprocess.Popen(
        command, stdout=follower, stderr=subprocess.DEVNULL, env=environment
    )
    os.close(follower)
    parts = []
    while True:
        try:
            part = os.read(leader, 65536)
        except OSError:  # Linux's way to say that the other end is closed
            break
        if not part:
            break
        parts.append(part)
    os.close(leader)
    if child.wait():
        raise SystemExit(f"{command} failed")
    return b"".join(parts)


def write(name, text, fits, **more):
    """Write a log and what must be read from it."""
    CORPUS.mkdir(exist_ok=True)
    data = text.encode() if isinstance(text, str) else text
    (CORPUS / name).write_bytes(data)
    expected = {"fits": fits, **more}
    (CORPUS / f"{name}.expected").write_text(json.dumps(expected, indent=1) + "\n")


def real(python, version):
    from log_renderings import as_read, keras

    for name, options in RUNS.items():
        if options.get("generator") and version == "keras3":
            continue  # needs TensorFlow's data sets
        text, histories = run(python, name, options)
        exact = bool(options.get("callbacks") == ["csv"] or options.get("print_history"))
        show = repr if exact else keras
        fits = []
        for history in histories:
            history.pop("lr", None)
            history.pop("learning_rate", None)
            read = {k: [as_read(show(v)) for v in values] for k, values in history.items()}
            fits.append({"history": read})
        write(f"{version}_{name}.log", text, fits, real=True)
        print(f"{version}_{name}", len(text))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--keras2")
    parser.add_argument("--keras3")
    parser.add_argument("--child")
    arguments = parser.parse_args()
    if arguments.child:
        train(json.loads(arguments.child))
        return
    sys.path.insert(0, str(HERE))
    for version in ("keras2", "keras3"):
        if python := getattr(arguments, version):
            real(python, version)
    from made_logs import MADE

    for name, (text, fits, more) in MADE.items():
        write(name, text, fits, **more)


if __name__ == "__main__":
    main()
