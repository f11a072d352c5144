"""A very small form of `benchmarks/planted_models.py`: trained models, the whole path."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
from planted_models import Design, designs, examined, judged


def test_a_third_of_the_faults_can_be_undone_by_nothing():
    made = designs()

    assert len(made) >= 60
    assert len({design.name for design in made}) == len(made)
    assert 3 * sum(design.hidden is not None for design in made) >= len(made)
    assert {len(design.faults) for design in made} == {0, 1, 2, 3}
    # Decoys touch nothing that a fault touches.
    for design in made:
        faults = {key for name in design.faults for key in design.fault(name)[0]}
        assert design.recipe(()).keys() - {"strength"} | faults
        assert not (design.recipe(()).keys() - {"strength"}) & faults


@pytest.mark.slow
def test_a_planted_fault_is_the_cause_and_a_decoy_is_not():
    design = Design("numbers", ("rate far too low",), decoys=(2,))
    said = examined(design)
    causes = [one["remedy"] for one in said["causes"] if one["role"] == "cause"]

    assert said["verdict"] == "worse"
    assert causes == ["learning-rate-as-before"]
    assert said["remainder"]["low"] > -0.05


@pytest.mark.slow
def test_for_a_fault_that_no_record_holds_nobody_is_blamed():
    """The model of the variant trains on labels of neighbours, in a step of its own."""
    design = Design("numbers", hidden=("step", 0.7), decoys=(2, 6))
    said = examined(design)

    assert said["verdict"] == "worse"
    assert judged(design, said, None).blamed == [False]
    assert any("class of its own" in one for one in said["not_examined"])
