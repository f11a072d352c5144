"""What is measured of the rows of a fit, by hand where a number can be worked."""

import time

import numpy as np
import pytest

from whylow.capture import _data, _facts
from whylow.capture._association import association
from whylow.capture._data import rows_of

random = np.random.default_rng(3)


def summed(x, y, **given):
    return _data.summary(rows_of(x, y, None, None, None, None), **given)


def test_numbers_of_an_input_by_hand():
    """Columns (1, 3) and (7, 7): means 2 and 7, deviations 1 and 0; an offset of 2."""
    facts = summed(np.array([[1.0, 7.0], [3.0, 7.0]]), np.array([0, 1])).inputs[0]
    assert (facts.low, facts.high, facts.mean) == (1.0, 7.0, 4.5)
    assert (facts.columns, facts.constant_columns, facts.constant) == (2, 1, False)
    assert (facts.offset, facts.largest_column, facts.whole) == (2.0, 7.0, True)


def test_columns_of_zeros_are_not_called_constant():
    """A vocabulary's columns and an image's border are zeros everywhere."""
    assert (
        summed(np.array([[0.0, 1.5], [0.0, 2.5]]), [0, 1]).inputs[0].constant_columns == 0
    )


def test_padding_by_hand():
    """Two rows of five: one zero before, two behind, one within, of ten cells."""
    table = np.array([[0, 4, 0, 4, 9], [8, 4, 4, 0, 0]])
    tokens = summed(table, np.array([0, 1])).inputs[0].tokens
    assert (tokens.leading, tokens.trailing, tokens.inside) == (0.1, 0.2, 0.1)
    assert (tokens.distinct, tokens.most_frequent, tokens.longest) == (3, 4, 4)
    assert tokens.most_frequent_share == pytest.approx(4 / 6, abs=1e-6)
    assert tokens.empty_rows == tokens.full_rows == 0


def test_empty_and_full_rows():
    tokens = summed(np.array([[0, 0], [1, 2], [3, 4], [5, 0]]), [0, 1, 0, 1])
    tokens = tokens.inputs[0].tokens
    assert (tokens.empty_rows, tokens.full_rows) == (0.25, 0.5)
    assert (tokens.leading, tokens.trailing, tokens.inside) == (0.0, 0.125, 0.0)


@pytest.mark.parametrize(
    ("y", "kind"),
    [
        (np.array([0, 1, 2]), "class-numbers"),
        (np.array([[0], [1], [2]]), "class-numbers"),
        (np.eye(3), "one-hot"),
        (np.array([[1, 1, 0], [0, 0, 0], [0, 1, 0]]), "several-of-many"),
        (np.array([[0.9, 0.1], [0.2, 0.8], [0.5, 0.5]]), "shares"),
        (np.array([0.5, 1.5, 7.0]), "numbers"),
        (np.array([[3.0, 1.0], [2.0, 2.0], [1.5, 0.0]]), "numbers"),
    ],
)
def test_kinds_of_labels(y, kind):
    assert summed(np.zeros((3, 2)), y).labels.kind == kind


def test_labels_by_hand():
    """0, 0, 3, 1: variance 1.5, median 0.5, deviations .5 .5 2.5 .5, three runs."""
    labels = summed(np.zeros((4, 2)), np.array([0, 0, 3, 1])).labels
    assert (labels.variance, labels.deviation, labels.runs) == (1.5, 1.0, 3)
    assert (labels.zero_share, labels.distinct, labels.constant) == (0.5, 3, False)
    assert summed(np.zeros((2, 2)), np.array([[0, 1], [0, 1]])).labels.constant


def test_contradicting_rows_are_the_fewest_errors_of_any_model():
    """Of a, a, a, b, b with 0, 0, 1, 1, 2 two rows are wrong whatever is answered."""
    x = np.array([[1, 2]] * 3 + [[3, 4]] * 2)
    facts = summed(x, np.array([0, 0, 1, 1, 2])).facts
    assert (facts.looked_at, facts.distinct, facts.contradicting) == (5, 2, 2)


def test_a_column_that_is_the_label_is_found_in_tables_and_windows():
    y = random.integers(0, 2, 60)
    table = random.normal(size=(60, 4))
    assert summed(table, y).facts.label_column is None
    table[:, 2] = y
    assert summed(table, y).facts.label_column == 2
    assert summed(table[:40], y[:40]).facts.label_column is None
    window = random.normal(size=(60, 5, 2))
    assert summed(window, window[:, -1, 1].copy()).facts.label_column == 1
    assert summed(window, window[:, 0, 1].copy()).facts.label_column is None


@pytest.mark.parametrize("dtype", ["float32", "float64", "int32", "uint8"])
def test_rows_have_equal_hashes_only_if_they_are_equal(dtype):
    """Also where they differ in the high bits of one number alone."""
    table = np.zeros((4000, 3), dtype)
    table[:, 1] = np.arange(4000) % 250
    table[:, 2] = np.arange(4000) // 250
    hashed = _facts.hashes([table], np.arange(4000))
    assert len(np.unique(hashed)) == 4000
    assert (_facts.hashes([table[::-1]], np.arange(4000)) == hashed[::-1]).all()


def test_overlap_counts_rows_and_labels_across_types():
    x = random.integers(0, 50, (30, 6))
    y = np.arange(30) % 3
    other = y[:10].copy()
    other[:4] = 9
    training = rows_of(x, y, None, None, None, None)
    validation = rows_of(x[:10].astype("int16"), other, None, None, None, None)
    _, _, overlap = _data.summaries(training, validation)
    assert (overlap.validation_rows, overlap.shared, overlap.same_label) == (10, 10, 6)
    fresh = rows_of(x[:10] + 50, other, None, None, None, None)
    assert _data.summaries(training, fresh)[2].shared == 0
    short = rows_of(x[:10, :3], other, None, None, None, None)
    assert _data.summaries(training, short)[2] is None


def probe(x, y, classes=True):
    return association([x], y.reshape(len(y), -1), classes=classes)


def test_probes_see_what_is_there_and_nothing_in_noise():
    """Linear: the first column's sign. Nearest rows alone: whether two signs agree."""
    x = random.normal(size=(1500, 4)).astype("float32")
    linear = probe(x, (x[:, 0] > 0).astype(int))
    assert linear.linear > 0.7
    assert linear.shifted < 0.15
    crossed = probe(x[:, :2], (x[:, 0] * x[:, 1] > 0).astype(int))
    assert crossed.linear < 0.15 < 0.6 < crossed.neighbours
    noise = probe(x, random.integers(0, 2, 1500))
    assert max(noise.linear, noise.neighbours) < 0.12


@pytest.mark.parametrize("shift", [-2, 1])
def test_a_shift_of_the_labels_is_found(shift):
    x = random.normal(size=(900, 4)).astype("float32")
    y = np.roll((x[:, 0] > 0).astype(int), shift)
    found = probe(x, y)
    assert found.shift == shift
    assert found.shifted > 0.7
    assert found.linear < 0.15


def test_words_are_told_from_ids():
    x = random.integers(1, 300, (1200, 20))
    assert probe(x, (x == 7).any(axis=1).astype(int)).linear > 0.4


def test_numbers_as_labels_and_what_cannot_be_probed():
    x = random.normal(size=(600, 3))
    assert probe(x, x[:, 0] * 3 + 1, classes=False).linear > 0.95
    assert probe(x[:100], x[:100, 0], classes=False) is None
    constant = probe(np.zeros((600, 3)), x[:, 0], classes=False)
    assert constant is None


def test_nan_and_infinity_are_no_obstacle():
    x = random.normal(size=(300, 3))
    x[5, 1], x[6, 2] = np.nan, np.inf
    split = summed(
        x, np.where(np.arange(300) == 7, np.nan, 1.0 * (x[:, 0] > 0)), probe=True
    )
    assert split.nan_count == 3
    assert np.isfinite([split.inputs[0].high, split.labels.high]).all()
    assert not summed(np.full((4, 2), np.nan), np.zeros(4)).inputs


def test_many_rows_cost_what_few_cost():
    """A million rows are looked at in part; a bound that a noisy machine keeps too."""
    x = np.zeros((1_000_000, 8), "float32")
    x[:, 0] = np.arange(len(x)) % 1000
    began = time.perf_counter()
    facts = _facts.row_facts([x], np.arange(len(x)) % 2, classes=True, probe=True)
    assert facts.looked_at == 50_000
    assert time.perf_counter() - began < 5
