"""Facts and scores that need no model."""

import numpy as np
import pytest

from whylow.live import Rows
from whylow.probes._control import control
from whylow.probes._facts import input_facts, label_facts, spaced
from whylow.probes._skill import Target, loss_constant, score, target_of
from whylow.probes._state import CannotMeasure

generator = np.random.default_rng(2)


def labels(y):
    return label_facts(Rows(x=np.zeros((len(y), 2)), y=np.asarray(y)))


@pytest.mark.parametrize(
    ("y", "form"),
    [
        ([0, 1, 1], "classes"),
        ([[0.0], [7.0], [3.0]], "classes"),
        (np.eye(3), "one-hot"),
        ([[0, 1, 1], [0, 0, 0]], "multi-hot"),
        ([[0.2, 0.8], [0.5, 0.5]], "soft"),
        ([0.5, 1.5, 9.0], "numbers"),
        ([[1.5, 2.0], [0.5, 3.0]], "numbers"),
    ],
)
def test_how_labels_are_written(y, form):
    assert labels(y).form == form


def test_a_label_on_every_step_is_constant_over_time():
    y = np.repeat(np.array([[0.0], [1.0]])[:, None], 5, axis=1)
    assert labels(y).constant_over_time is True
    y[1, 3] = 0
    assert labels(y).constant_over_time is False
    assert labels([0, 1]).constant_over_time is None


def test_labels_that_are_not_finite_are_not_described():
    assert labels([0.0, np.nan]) is None


@pytest.mark.parametrize(("flip", "side"), [(False, "right"), (True, "left")])
def test_padding_is_found_on_its_side(flip, side):
    x = generator.integers(1, 50, (40, 11))
    for row, length in enumerate(generator.integers(3, 12, 40)):
        x[row, length:] = 0
    x = x[:, ::-1] if flip else x
    facts = input_facts(Rows(x=x, y=np.zeros(40)))[0]
    assert facts.padded == side
    assert facts.padding_share == pytest.approx((x == 0).mean())


def test_zeros_among_the_numbers_are_no_padding():
    x = generator.integers(0, 3, (40, 11))
    assert input_facts(Rows(x=x, y=np.zeros(40)))[0].padded is None


def test_the_size_of_inputs_by_hand():
    """Feature 0 is 9, 11: mean 10, deviation 1. Feature 1 is constant and left out."""
    x = np.array([[9.0, 5.0], [11.0, 5.0]])
    facts = input_facts(Rows(x=x, y=np.zeros(2)))[0]
    assert facts.largest_offset == pytest.approx(10)
    assert facts.largest_std == pytest.approx(1)
    assert facts.smallest_std == pytest.approx(1)


def test_spaced_rows_reach_both_ends():
    rows = spaced(1000, 7)
    assert (rows[0], rows[-1], len(rows)) == (0, 999, 7)
    assert list(spaced(3, 7)) == [0, 1, 2]


def test_skill_of_classes_by_hand():
    """Two of four right where the majority is two of four: nothing gained."""
    target = Target("classes", np.array([0, 0, 1, 1]), 2)
    scored = score(target, np.array([[0.9], [0.9], [0.9], [0.9]]))
    assert (scored.accuracy, scored.majority) == (0.5, 0.5)
    assert scored.skill == pytest.approx(0.0)
    perfect = score(target, np.array([[0.0], [0.0], [1.0], [1.0]]))
    assert perfect.skill == pytest.approx(1.0, abs=1e-5)


def test_the_order_counts_where_one_class_is_rare():
    """All answers below one half, in the right order: 2 AUC - 1 is 1."""
    y = np.array([0] * 9 + [1])
    p = np.linspace(0.01, 0.2, 10)[:, None]
    assert score(Target("classes", y, 2), p).skill == pytest.approx(1.0)
    balanced = np.array([0] * 5 + [1] * 5)
    assert score(Target("classes", balanced, 2), p).skill < 0.2


def test_skill_of_numbers_is_r_squared():
    """Mean 2, squares around it 2; errors 0, 0, 1: 1 - 1/2."""
    target = Target("numbers", np.array([[1.0], [2.0], [3.0]]))
    assert score(target, np.array([[1.0], [2.0], [4.0]])).skill == pytest.approx(0.5)


def test_answers_that_are_not_finite_have_no_skill():
    target = Target("numbers", np.array([[1.0], [2.0]]))
    assert score(target, np.array([[np.nan], [2.0]])).skill is None


@pytest.mark.parametrize(
    ("loss", "expected"),
    [
        ("categorical_crossentropy", np.log(2)),
        ("binary_crossentropy", np.log(2)),
        ("mean_squared_error", None),
    ],
)
def test_the_loss_of_guessing(loss, expected):
    target = Target("classes", np.array([0, 1, 0, 1]), 2)
    found = loss_constant(target, loss)
    assert found is None if expected is None else found == pytest.approx(expected)


def test_whole_numbers_under_a_squared_error_are_amounts():
    y = np.arange(30)
    assert target_of(y, labels(y), 1, "mean_squared_error").kind == "numbers"
    assert target_of(y, labels(y), 30, "sparse_categorical_crossentropy").kind == "classes"


def test_simple_models_see_what_is_there_and_nothing_else():
    x = generator.normal(size=(200, 5))
    seen = (x[:, 0] * x[:, 1] > 0).astype(int)
    noise = generator.integers(0, 2, 200)
    for y, there in ((seen, True), (noise, False)):
        rows = Rows(x=x, y=y)
        found = control(rows, labels(y), "binary_crossentropy", words=False)
        assert (found.skill > found.noise) is there


def test_too_few_rows_tell_nothing_out_of_fold():
    rows = Rows(x=np.zeros((9, 2)), y=np.arange(9) % 2)
    with pytest.raises(CannotMeasure, match="fewer than 20 rows"):
        control(rows, labels(rows.y), None, words=False)
