"""The short form of benchmarks/calibration.py: simulated error rates."""

import dataclasses
import importlib.util
import sys
from pathlib import Path

import pytest

from whylow.verdict._crossed import Crossed

PATH = Path(__file__).parents[2] / "benchmarks" / "calibration.py"


@pytest.fixture(scope="module")
def calibration():
    spec = importlib.util.spec_from_file_location("whylow_calibration", PATH)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def rates(calibration):
    setting = calibration.Setting(
        name="short", metrics=("accuracy", "roc_auc"), texts=200, epochs=2
    )
    return calibration.simulate(setting, replicates=60)


def test_the_interval_keeps_its_promises(calibration, rates):
    assert {metric: calibration.broken(found) for metric, found in rates.items()} == {
        "accuracy": [],
        "roc_auc": [],
    }


def test_a_naive_interval_in_its_place_would_be_caught(calibration, rates):
    """The t interval over pairs knows nothing of other texts, and fails as one for them."""
    for found in rates.values():
        assert any(
            "wrong at any look" in line for line in calibration.broken(found, "naive_")
        )
        assert any("at 24 pairs" in line for line in calibration.broken(found, "naive_"))


def test_the_whole_check_fails_where_the_interval_is_replaced(calibration, monkeypatch):
    """The same simulation, its interval exchanged for Student's t over the pairs."""

    def naive(values, held_out, metric):
        by_pair = values.mean(1)
        variance = float(by_pair.var(ddof=1)) / len(by_pair)
        return Crossed(
            mean=float(by_pair.mean()),
            pairs=len(by_pair),
            seeds=variance,
            texts=0.0,
            both=0.0,
            variance=variance,
            degrees=len(by_pair) - 1.0,
        )

    monkeypatch.setattr(calibration, "crossed", naive)
    setting = calibration.Setting(name="short", metrics=("accuracy",), texts=200, epochs=1)
    found = calibration.simulate(setting, replicates=60)["accuracy"]
    assert any("wrong at any look" in line for line in calibration.broken(found))
    assert found["any_look"] == found["naive_any_look"]


def test_made_studies_of_other_kinds_are_judged_too(calibration):
    for setting in calibration.SETTINGS:
        if setting.kind != "classes" or (setting.aside and setting.run == "large"):
            few = dataclasses.replace(setting, texts=200)
            for found in calibration.simulate(few, replicates=2).values():
                assert found["replicates"] == 2
                assert all(reach > 0 for reach in found["reach"])


def test_rows_become_the_tables_of_the_page(calibration, rates):
    row = {"setting": "short", "metric": "accuracy", **rates["accuracy"]}
    table = calibration.markdown([row])
    assert "| short | accuracy | 60 | " in table
    assert "true gain" in table.splitlines()[-2]  # and no row, as nothing was gained


def test_series_of_other_seeds_are_put_together_by_their_size(calibration, rates):
    one = {"setting": "short", "metric": "accuracy", "seed": 0, **rates["accuracy"]}
    two = one | {"seed": 1, "replicates": 180, "any_look": one["any_look"] + 0.04}
    (both,) = calibration.pooled([one, two])
    assert both["replicates"] == 240
    assert both["any_look"] == pytest.approx(one["any_look"] + 0.03)
    assert both["cover"] == pytest.approx(one["cover"])


def test_the_benchmark_covers_what_it_claims(calibration):
    settings = calibration.SETTINGS
    assert sum(len(setting.metrics) for setting in settings) >= 24
    assert {setting.classes for setting in settings} >= {2, 5, 20, 77}
    assert min(setting.texts for setting in settings) == 200
    assert max(setting.texts for setting in settings) == 20_000
    assert any(setting.aside for setting in settings)
    assert {setting.kind for setting in settings} == {"classes", "numbers", "sets"}
    assert any(setting.collapse for setting in settings)
    assert any(setting.tails for setting in settings)


def test_made_duplicates_stay_duplicates(calibration):
    import numpy as np

    setting = calibration.Setting(name="d", metrics=("macro_f1",), texts=100, doubled=0.4)
    texts, lanes = calibration.study(setting, 1, np.random.default_rng(0))
    groups, counts = np.unique(texts.groups, return_counts=True)
    assert len(groups) == 80
    assert counts.max() == 2
    for group in groups[counts == 2]:
        rows = np.flatnonzero(texts.groups == group)
        assert len(set(texts.labels[rows])) == 1
        assert np.ptp(lanes[0][0].probabilities[:, rows], axis=1).max() == 0
