"""Facts about the rows of a fit, measured once, while it is recorded.

NumPy alone, vectorised, on at most `_MOST_ROWS` rows and `_MOST_CELLS` cells: the cost of
a large table is that of a small one.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from whylow.capture._association import association
from whylow.capture._tokens import token_facts
from whylow.records import InputData, LabelData, LabelKind, Overlap, RowFacts

_MOST_ROWS = 50_000
_MOST_CELLS = 4_000_000
_MOST_CLASSES = 1000
# Fewer equal rows say little: the four rows of a truth table equal their label by design.
_FEWEST_ROWS_FOR_A_LEAK = 50


def input_facts(leaf: np.ndarray) -> InputData | None:
    """Measure one input array `(N, …)`; None where it holds nothing finite."""
    rows = sample(leaf)
    with np.errstate(all="ignore"):
        table = rows.reshape(len(rows), -1)
        finite = table[np.isfinite(table).all(axis=1)].astype("float64")
        if finite.size == 0:
            return None
        means, stds = finite.mean(axis=0), finite.std(axis=0)
        same = (finite == finite[0]).all(axis=0)
        varying = ~same
        offsets = np.abs(means[varying]) / np.maximum(stds[varying], 1e-300)
        whole = bool((finite == np.floor(finite)).all())
        return InputData(
            low=_extreme(leaf, np.fmin),
            high=_extreme(leaf, np.fmax),
            mean=_rounded(finite.mean()),
            std=_rounded(finite.std()),
            whole=whole,
            columns=finite.shape[1],
            constant=bool(same.all()) and len(finite) > 1,
            constant_columns=int((same & (finite[0] != 0)).sum()) if len(finite) > 1 else 0,
            offset=_rounded(min(float(np.median(offsets)), 1e9)) if offsets.size else 0.0,
            largest_column=_rounded(float((np.abs(means) + stds).max())),
            tokens=token_facts(finite) if whole and leaf.ndim == 2 else None,
        )


def label_facts(y: np.ndarray, *, classes: bool) -> LabelData | None:
    """Measure the labels `(N, …)`.

    Args:
        y: One label array.
        classes: Whether its values count as classes.

    Returns:
        The facts; None where nothing in it is finite.
    """
    table = y.reshape(len(y), -1)
    table = table[np.isfinite(table).all(axis=1)]
    if table.size == 0:
        return None
    kind = _kind(y, table, classes=classes)
    few = sample(table).astype("float64")
    distinct = np.unique(few[:, :64])
    runs = None
    if kind in ("class-numbers", "one-hot") and (table.shape[1] == 1 or kind == "one-hot"):
        numbers = table.argmax(axis=1) if table.shape[1] > 1 else table[:, 0]
        runs = 1 + int((numbers[1:] != numbers[:-1]).sum())
    return LabelData(
        kind=kind,
        low=_rounded(float(table.min())),
        high=_rounded(float(table.max())),
        mean=_rounded(float(few.mean())),
        variance=_rounded(float(few.var(axis=0).mean())),
        deviation=_rounded(float(np.abs(few - np.median(few, axis=0)).mean())),
        distinct=min(len(distinct), _MOST_CLASSES),
        whole=bool((few == np.floor(few)).all()),
        constant=len(table) > 1 and bool((table == table[0]).all()),
        zero_share=_rounded(float((few == 0).mean())),
        runs=runs,
    )


def row_facts(
    inputs: Sequence[np.ndarray], y: np.ndarray | None, *, classes: bool, probe: bool
) -> RowFacts:
    """Measure rows as a whole.

    Args:
        inputs: The input arrays.
        y: The label array, if there is one.
        classes: Whether its values count as classes.
        probe: Whether to try how well labels can be told from inputs.
    """
    rows = len(inputs[0])
    chosen = chosen_rows(rows, sum(leaf[0].size for leaf in inputs) if rows else 1)
    names = np.unique(hashes(inputs, chosen), return_inverse=True)[1].reshape(-1)
    contradicting, column, told = 0, None, None
    if y is not None and len(y) == rows:
        single = y.reshape(rows, -1)
        if classes:
            contradicting = _contradicting(names, hashes([single], chosen))
        if single.shape[1] == 1:
            column = _label_column(inputs, single[:, 0])
        if probe and single.shape[1] <= _MOST_CLASSES:
            told = association(inputs, single, classes=classes)
    return RowFacts(
        looked_at=len(chosen),
        distinct=int(names.max()) + 1 if len(names) else 0,
        contradicting=contradicting,
        label_column=column,
        association=told,
    )


def overlap(
    training: tuple[Sequence[np.ndarray], np.ndarray | None],
    validation: tuple[Sequence[np.ndarray], np.ndarray | None],
) -> Overlap | None:
    """Look validation rows up in the training rows; None where their shapes differ."""
    (inputs, labels), (held_inputs, held_labels) = training, validation
    shapes = [[leaf.shape[1:] for leaf in leaves] for leaves in (inputs, held_inputs)]
    if shapes[0] != shapes[1] or not inputs:
        return None
    cells = sum(int(np.prod(shape)) for shape in shapes[0])
    chosen = [chosen_rows(len(part[0]), cells) for part in (inputs, held_inputs)]
    # The same numbers stored as other types are the same rows.
    types = [np.result_type(a, b) for a, b in zip(inputs, held_inputs, strict=True)]
    known = hashes(inputs, chosen[0], types)
    asked = hashes(held_inputs, chosen[1], types)
    shared = np.isin(asked, known)
    same = np.zeros_like(shared)
    if labels is not None and held_labels is not None:
        tables = [part.reshape(len(part), -1) for part in (labels, held_labels)]
        if tables[0].shape[1] == tables[1].shape[1]:
            kind = [np.result_type(*tables)]
            # Doubled, so that a row and its label do not cancel out.
            with_label = known * np.uint64(2) + hashes([tables[0]], chosen[0], kind)
            asked_label = asked * np.uint64(2) + hashes([tables[1]], chosen[1], kind)
            same = np.isin(asked_label, with_label)
    return Overlap(
        validation_rows=len(asked),
        training_rows=len(known),
        shared=int(shared.sum()),
        same_label=int((shared & same).sum()),
    )


def chosen_rows(rows: int, cells: int) -> np.ndarray:
    """Return the rows to look at, in their order: all, or evenly drawn ones."""
    most = min(_MOST_ROWS, max(1000, _MOST_CELLS // max(cells, 1)))
    if rows <= most:
        return np.arange(rows)
    return np.sort(np.random.default_rng(0).choice(rows, most, replace=False))


def sample(leaf: np.ndarray) -> np.ndarray:
    """Return the rows to look at."""
    chosen = chosen_rows(len(leaf), leaf[0].size if len(leaf) else 1)
    return leaf if len(chosen) == len(leaf) else leaf[chosen]


def hashes(
    leaves: Sequence[np.ndarray], chosen: np.ndarray, types: Sequence[np.dtype] = ()
) -> np.ndarray:
    """Hash the chosen rows: equal rows have equal numbers, others hardly ever."""
    total = np.zeros(len(chosen), dtype="uint64")
    for place, leaf in enumerate(leaves):
        table = leaf.reshape(len(leaf), -1)
        table = table if len(chosen) == len(leaf) else table[chosen]
        table = np.ascontiguousarray(table, dtype=types[place] if types else None)
        raw = table.view(np.uint8).reshape(len(chosen), -1)
        if raw.shape[1] % 8:
            raw = np.pad(raw, ((0, 0), (0, -raw.shape[1] % 8)))
        words = np.ascontiguousarray(raw).view(np.uint64)
        # Mixed first: floats that differ in their high bits alone would often agree.
        words = (words ^ (words >> np.uint64(32))) * np.uint64(0x9E3779B97F4A7C15)
        words ^= words >> np.uint64(29)
        keys = np.random.default_rng(place).integers(
            0, 2**64, size=words.shape[1], dtype="uint64"
        )
        total = total * np.uint64(3) + (words * (keys | np.uint64(1))).sum(axis=1)
    return total


def _kind(y: np.ndarray, table: np.ndarray, *, classes: bool) -> LabelKind:
    wide = y.ndim == 2 and y.shape[1] > 1
    if wide and np.isin(table, (0, 1)).all():
        return "one-hot" if (table.sum(axis=1) == 1).all() else "several-of-many"
    if wide and table.min() >= 0 and np.allclose(table.sum(axis=1), 1, atol=1e-3):
        return "shares"
    return "class-numbers" if classes and not wide else "numbers"


def _contradicting(names: np.ndarray, labels: np.ndarray) -> int:
    """Count rows whose label is not the most frequent one of equal inputs."""
    numbers = np.unique(labels, return_inverse=True)[1].reshape(-1)
    pairs, counts = np.unique(
        names.astype("int64") * (int(numbers.max()) + 1) + numbers, return_counts=True
    )
    groups = pairs // (int(numbers.max()) + 1)
    most = np.zeros(int(names.max()) + 1, dtype="int64")
    np.maximum.at(most, groups, counts)
    return int(len(names) - most.sum())


def _label_column(inputs: Sequence[np.ndarray], y: np.ndarray) -> int | None:
    """Find a column of a table, or of the last step of a window, that is the label."""
    if len(inputs) != 1 or len(y) < _FEWEST_ROWS_FOR_A_LEAK or len(np.unique(y)) < 2:
        return None
    x = inputs[0]
    if x.ndim == 3:
        x = x[:, -1]
    if x.ndim != 2 or (x.shape[1] < 2 and inputs[0].ndim == 2):
        return None
    first = slice(0, _FEWEST_ROWS_FOR_A_LEAK)
    for column in np.flatnonzero((x[first] == y[first, None]).all(axis=0)):
        if (x[:, column] == y).all():
            return int(column)
    return None


def _extreme(leaf: np.ndarray, pick: np.ufunc) -> float:
    value = float(pick.reduce(leaf, axis=None))
    return value if np.isfinite(value) else 0.0


def _rounded(value: float) -> float:
    """Keep six digits, as a record is read by people too."""
    return float(f"{value:.6g}")
