"""The examples of the pages run: the first is flagged, the other is not.

Code is recorded and measured as `whylow run` does it, a log is read as `whylow read` reads
it. Pages that show a model and no rows are tried in `test_checks_models.py`.
"""

import re

import keras
import numpy as np
import pytest

import whylow
from whylow import probes
from whylow.capture._groups import _fold
from whylow.capture._recorder import Recorder
from whylow.checks import ComparisonCheck, explain, run_checks, table
from whylow.records import Claim, Comparison

# What these look at shows only in what a training did.
TRAINED = {"WL401", "WL403", "WL105", "WL106", "WL117", "WL416"}
# What is tried with one thing changed shows what was wrong.
TRIED = {"WL310", "WL311", "WL312", "WL319", "WL326"}
TRAINED |= {"WL310", "WL311", "WL312", "WL320", "WL322", "WL324", "WL325", "WL326"}
EXAMPLE = re.compile(r"```(python|text)\n(.*?)```", re.DOTALL)


def examples(check):
    found = EXAMPLE.findall(explain(check.code))
    fitted = any(".fit(" in source for _, source in found)
    return found if fitted or not check.code.startswith("WL2") else []


RUNNING = [check for check in table() if len(examples(check)) == 2]


def built(model, x, *rest, **given):
    """Stand in for `fit` where a check reads nothing that training leaves behind."""
    model(keras.tree.map_structure(lambda leaf: np.asarray(leaf[:1]), x))
    model.optimizer.build(model.trainable_variables)


def at_hand(random):
    """Return what the pages name as being at hand."""
    models = {}
    for name, activation in (("baseline", "sigmoid"), ("variant", "hard_sigmoid")):
        head = keras.layers.Dense(1, activation=activation)
        models[name] = keras.Sequential([keras.Input((3,)), head])
        models[name].compile(loss="binary_crossentropy", metrics=["accuracy"])
    x, y = random.normal(size=(200, 3)), np.arange(200) % 2
    return {"keras": keras, "np": np, "random": random, "x": x, "y": y, **models}


def of_code(check, source, monkeypatch):
    keras.utils.set_random_seed(3)
    namespace = at_hand(np.random.default_rng(3))
    if check.code not in TRAINED:
        monkeypatch.setattr(keras.Model, "fit", built)
    with Recorder() as recorder:
        exec(source, namespace)  # noqa: S102  our own page
    fits = [measured(check, live) for live in _fold(recorder.fits)[0]]
    return run_checks(fits, compared(fits, namespace.get("claim", "accuracy@1")))


def measured(check, live):
    if check.code[:3] not in ("WL2", "WL3"):
        return live.fit  # these read what was recorded alone
    measured = probes.measure(live, trials=check.code in TRIED)
    return live.fit.model_copy(update={"probes": measured})


def compared(fits, claim):
    if len(fits) != 2:
        return ()
    metric, _, epoch = claim.partition("@")
    claimed = Claim(
        metric=metric.removeprefix("val_"),
        split="validation" if metric.startswith("val_") else "train",
        epoch=int(epoch),
        difference=-0.01,
    )
    pair = Comparison(
        baseline=fits[0].name,
        variant=fits[1].name,
        metric="accuracy",
        smallest_meaningful_difference=0.01,
        claim=claimed,
    )
    return (pair,)


def outcome(check, kind, source, monkeypatch):
    if kind == "text":
        report = whylow.read(source)
        findings, not_run = report.findings, report.checks_not_run
    else:
        findings, not_run = of_code(check, source, monkeypatch)
    return {one.code for one in findings}, {one.code for one in not_run}


@pytest.mark.slow
@pytest.mark.parametrize("check", RUNNING, ids=lambda check: check.code)
def test_example_is_flagged_and_what_to_use_instead_is_not(check, monkeypatch):
    bad, good = examples(check)
    assert check.code in outcome(check, *bad, monkeypatch)[0]
    found, not_run = outcome(check, *good, monkeypatch)
    assert check.code not in found
    # Silent because it looked, and not because it could not.
    assert check.code not in not_run


def test_every_page_has_an_example_that_runs():
    pages = {check.code: EXAMPLE.findall(explain(check.code)) for check in table()}
    assert [code for code, found in pages.items() if len(found) != 2] == []
    assert any(isinstance(check, ComparisonCheck) for check in RUNNING)
