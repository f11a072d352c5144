"""The command line as a person meets it: each command in a process of its own."""

import json
import subprocess
import sys
import textwrap

import jsonschema
import numpy as np
import pytest

from whylow.records import Report

PREAMBLE = """
import sys
import numpy as np
import keras
from keras import layers

generator = np.random.default_rng(0)
x = generator.integers(0, 11, (300, 5)).astype("int32")
y = ((x == 3).any(axis=1) ^ (generator.random(300) < 0.1)).astype("int32")
print("arguments:", *sys.argv[1:])

def train(name, *middle):
    model = keras.Sequential(
        [keras.Input((5,)), layers.Embedding(11, 4), layers.Flatten(), *middle,
         layers.Dense(1, activation="sigmoid")], name=name)
    model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
    model.fit(x[:200], y[:200], validation_data=(x[200:], y[200:]), epochs=2,
              batch_size=50, verbose=0)
"""


def whylow(*args, cwd, stdin=None):
    return subprocess.run(
        [sys.executable, "-m", "whylow", *map(str, args)],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.fixture
def script(tmp_path):
    """Write a script: the preamble and what is given."""

    def write(body, *, preamble=PREAMBLE):
        path = tmp_path / "train.py"
        path.write_text(preamble + textwrap.dedent(body))
        return path

    return write


TWO_MODELS = """
train("plain")
train("wide", layers.Dense(8, activation="relu"))
"""


def refused(result):
    """One sentence on standard error, exit code 2, and no traceback of ours."""
    assert result.returncode == 2
    last = result.stderr.strip().splitlines()[-1]
    assert last.startswith("whylow: ")
    assert "whylow/study.py" not in result.stderr
    assert result.stderr.count("whylow: ") == 1
    return last


def test_a_study_in_json_is_one_document_by_the_schema(script, tmp_path):
    path = script(TWO_MODELS)
    report = tmp_path / "report.html"
    result = whylow(
        "run", "--format", "json", "--max-pairs", 2, "--report", report, path, "--rows", 7,
        cwd=tmp_path,
    )  # fmt: skip
    document = json.loads(result.stdout)
    jsonschema.validate(document, Report.model_json_schema(by_alias=True))

    assert document["schema"] == "whylow.report/1"
    assert "arguments: --rows 7" in result.stderr
    assert [fit["role"] for fit in document["fits"]] == ["baseline", "variant"]
    (comparison,) = document["comparisons"]
    assert (comparison["baseline"], comparison["variant"]) == ("plain", "wide")
    assert comparison["pairs"] == 2
    assert comparison["verdict"] == "cannot-tell-yet"
    assert {run["pair"] for run in comparison["runs"]} == {0, 1}
    names = [control["name"] for control in comparison["controls"]]
    assert names == ["majority class", "TF-IDF + logistic regression"]
    assert "WL403" in [finding["code"] for finding in document["findings"]]
    assert "</html>" in report.read_text()
    assert "whylow: retraining in pairs: 2/2 pairs" in result.stderr


def test_a_study_in_text_fits_a_screen(script, tmp_path):
    result = whylow(
        "run", "--max-pairs", 2, "--exit-zero", script(TWO_MODELS), cwd=tmp_path
    )
    arguments, *screen = result.stdout.splitlines()

    assert result.returncode == 0
    assert arguments == "arguments:"
    assert len(screen) <= 30
    assert max(map(len, screen)) <= 80


@pytest.mark.parametrize("option", ["--no-replay", "--checks-only"])
def test_without_retraining_there_is_no_verdict(script, tmp_path, option):
    result = whylow("run", "--format", "json", option, script(TWO_MODELS), cwd=tmp_path)
    (comparison,) = json.loads(result.stdout)["comparisons"]

    assert comparison["verdict"] is None
    assert comparison["difference"] is None
    assert "nothing was trained again" in comparison["next_step"]
    assert comparison["claim"]["metric"] == "accuracy"
    assert comparison["ladder"][0]["runs"] == 1


def test_a_budget_that_does_not_reach_is_said(script, tmp_path):
    result = whylow(
        "run", "--format", "json", "--budget", "1s", script(TWO_MODELS), cwd=tmp_path
    )
    report = json.loads(result.stdout)
    (comparison,) = report["comparisons"]

    assert comparison["pairs"] == 0
    assert comparison["verdict"] is None
    assert "the budget of 1 s ended before the first pair" in comparison["next_step"]
    assert report["protocol"]["seconds_spent"] < 20


def test_one_fit_gets_its_checks(script, tmp_path):
    result = whylow("run", "--format", "json", script('train("alone")'), cwd=tmp_path)
    report = json.loads(result.stdout)

    assert report["comparisons"] == []
    assert [fit["name"] for fit in report["fits"]] == ["alone"]
    errors = [one for one in report["findings"] if one["severity"] == "error"]
    assert result.returncode == bool(errors)


def test_a_script_that_fails_late_is_reported_on(script, tmp_path):
    body = 'train("alone")\nraise RuntimeError("late")'
    result = whylow("run", "--format", "json", script(body), cwd=tmp_path)

    assert json.loads(result.stdout)["script"]["exit_status"] == 1
    assert "RuntimeError: late" in result.stderr


def test_a_missing_file(tmp_path):
    assert "nowhere.py" in refused(whylow("run", "nowhere.py", cwd=tmp_path))


def test_a_script_that_raises_before_any_fit(script, tmp_path):
    result = whylow("run", script("raise KeyError('text')", preamble=""), cwd=tmp_path)

    assert "before it trained a model" in refused(result)
    assert "KeyError: 'text'" in result.stderr


def test_a_script_without_a_fit(script, tmp_path):
    result = whylow("run", script("print('hello')", preamble=""), cwd=tmp_path)

    assert "never called `fit`" in refused(result)
    assert result.stdout == "hello\n"


def test_a_package_that_is_missing(script, tmp_path):
    result = whylow("run", script("import pandaz", preamble=""), cwd=tmp_path)

    assert "uv run --with pandaz whylow run" in refused(result)


def test_labels_of_one_class(script, tmp_path):
    result = whylow("run", script("y[:] = 0" + TWO_MODELS), cwd=tmp_path)

    assert "labels of `plain` are all of class 0" in refused(result)


def test_labels_of_one_class_and_nothing_to_compare(script, tmp_path):
    result = whylow("run", script('y[:] = 0\ntrain("alone")'), cwd=tmp_path)

    assert result.returncode == 1
    assert "WL101" in result.stdout


def test_nan_in_the_data(script, tmp_path):
    body = 'y = y.astype("float32")\ny[3] = np.nan' + TWO_MODELS

    assert "training data of `plain` hold 1 NaN" in refused(
        whylow("run", script(body), cwd=tmp_path)
    )


def test_an_option_behind_the_script_is_the_scripts(script, tmp_path):
    body = "import argparse\nargparse.ArgumentParser().parse_args()"
    path = script(body, preamble="")
    result = whylow("run", path, "--budget", "60s", cwd=tmp_path)

    assert "options of whylow stand before it: whylow run --budget" in refused(result)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--budget", "soon"], "--budget must be a time such as 90s"),
        (["--report", "report.pdf"], "report.pdf"),
        (["--baseline", "nobody"], "No recorded fit is called `nobody`"),
        (["--claim", "val_beauty"], "val_beauty"),
    ],
)
def test_options_that_cannot_be_meant(script, tmp_path, options, said):
    assert said in refused(whylow("run", *options, script(TWO_MODELS), cwd=tmp_path))


LOG = """Epoch 1/2
10/10 - 4s - loss: 0.34 - accuracy: 0.90 - val_loss: 0.30 - val_accuracy: 0.91
Epoch 2/2
10/10 - 3s - loss: 0.15 - accuracy: 0.95 - val_loss: 0.31 - val_accuracy: 0.90
"""


def test_a_log_is_read_from_a_file_and_from_standard_input(tmp_path):
    (tmp_path / "log.txt").write_text(LOG)
    from_file = whylow("read", "--format", "json", "log.txt", cwd=tmp_path)
    from_input = whylow("read", "--format", "json", cwd=tmp_path, stdin=LOG)

    for result in (from_file, from_input):
        (fit,) = json.loads(result.stdout)["fits"]
        assert fit["history"]["val_accuracy"] == [0.91, 0.90]
    assert "No training log" in refused(whylow("read", cwd=tmp_path, stdin="hello"))
    assert len(whylow("read", "log.txt", cwd=tmp_path).stdout.splitlines()) <= 30


def test_predictions_from_elsewhere_get_a_verdict(tmp_path):
    """Six runs a side over 400 texts; the variant's scores tell the classes better."""
    generator = np.random.default_rng(0)
    labels = np.arange(400) % 2
    (tmp_path / "labels.csv").write_text("label\n" + "\n".join(map(str, labels)))
    for name, strength in (("before", 0.1), ("after", 0.4)):
        noise = generator.normal(0, 0.25, (400, 6))
        scores = np.clip(0.5 + strength * (labels[:, None] - 0.5) * 2 + noise, 0.01, 0.99)
        rows = [",".join(f"run{run}" for run in range(6))]
        rows += [",".join(f"{score:.4f}" for score in row) for row in scores]
        (tmp_path / f"{name}.csv").write_text("\n".join(rows))
    command = ("compare-predictions", "--labels", "labels.csv")
    better = whylow(*command, "--format", "json", "before.csv", "after.csv", cwd=tmp_path)
    worse = whylow(*command, "after.csv", "before.csv", cwd=tmp_path)
    (comparison,) = json.loads(better.stdout)["comparisons"]

    assert (comparison["verdict"], better.returncode) == ("better", 0)
    assert (comparison["baseline"], comparison["pairs"]) == ("before", 6)
    assert "Worse" in worse.stdout
    assert worse.returncode == 1
    assert "nobody.csv" in refused(
        whylow(*command, "nobody.csv", "after.csv", cwd=tmp_path)
    )


def test_an_unknown_metric_is_refused_before_the_script_runs(script, tmp_path):
    result = whylow("run", "--metric", "beauty", script(TWO_MODELS), cwd=tmp_path)

    assert "`metric` must be one of accuracy, average_precision" in refused(result)
    assert result.stdout == ""


def test_explain_and_schema(tmp_path):
    page = whylow("explain", "WL201", cwd=tmp_path)
    schema = json.loads(whylow("schema", cwd=tmp_path).stdout)

    assert "label-broadcast-over-time" in page.stdout
    assert schema["properties"]["schema"]["const"] == "whylow.report/1"
    assert "WL999" in refused(whylow("explain", "WL999", cwd=tmp_path))
    # Whatever a report calls a suspect has a page.
    put_back = whylow("explain", "learning-rate-as-before", cwd=tmp_path).stdout
    assert "put back as it was in the first" in put_back
