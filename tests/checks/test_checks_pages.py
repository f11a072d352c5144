"""The examples of the pages run: the first is flagged, the other is not."""

import re

import keras
import numpy as np
import pytest

from whylow.capture._recorder import Recorder
from whylow.checks import explain, run_checks, table

# What these look at shows only in what a training did.
TRAINED = {"WL105", "WL106", "WL117", "WL416"}
RUNNING = [check.code for check in table() if check.code.startswith("WL1")]
RUNNING += [f"WL{number}" for number in range(409, 419)]


def built(model, x, *rest, **given):
    """Stand in for `fit` where a check reads nothing that training leaves behind."""
    model(np.asarray(x[:1]))


def findings_of(source, trained, monkeypatch):
    keras.utils.set_random_seed(3)
    namespace = {"keras": keras, "np": np, "random": np.random.default_rng(3)}
    if not trained:
        monkeypatch.setattr(keras.Model, "fit", built)
    with Recorder() as recorder:
        exec(source, namespace)  # noqa: S102  our own page
    return run_checks([live.fit for live in recorder.fits], ())


@pytest.mark.slow
@pytest.mark.parametrize("code", RUNNING)
def test_example_of_the_page_is_flagged_and_what_to_use_instead_is_not(code, monkeypatch):
    bad, good = re.findall(r"```python\n(.*?)```", explain(code), flags=re.DOTALL)
    findings, _ = findings_of(bad, code in TRAINED, monkeypatch)
    assert code in {finding.code for finding in findings}
    findings, not_run = findings_of(good, code in TRAINED, monkeypatch)
    assert code not in {finding.code for finding in findings}
    # Silent because it looked, and not because it could not.
    assert code not in {refusal.code for refusal in not_run}
