"""A small form of `benchmarks/planted_causes.py`, on every design once or twice."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
from planted_causes import covers, designs, study, whole


@pytest.fixture(scope="module")
def found():
    return study(2)


def test_a_third_of_the_faults_is_the_inverse_of_no_remedy():
    made = designs()

    assert len(made) >= 60
    assert 3 * sum(design.hidden > 0 for design in made) == len(made)
    assert any(design.together for design in made)
    assert any(not design.faults and not design.hidden for design in made)


def test_planted_causes_are_found_and_decoys_are_not_blamed(found):
    together = whole(found)

    assert np.mean(together.first) >= 0.90
    assert np.mean(together.blamed) <= 0.05
    assert np.mean(together.remainder) >= 0.80


def test_intervals_cover_what_they_promise(found):
    together = whole(found)

    assert len(together.covered) >= 100
    assert covers(together.covered)
    assert len(together.shown) >= 200
    assert np.mean(together.shown) >= 0.95


def test_seeds_alone_would_promise_too_much():
    """The bounds above catch it: a t interval over seeds forgets the texts."""
    together = whole(study(1, crossed=False))

    assert np.mean(together.shown) < 0.95
    assert np.mean(together.blamed) > 0.05
