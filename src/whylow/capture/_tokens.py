"""Facts about an input that may be token ids."""

from __future__ import annotations

import numpy as np

from whylow.records import TokenFacts

_LARGEST_COUNTED = 1_000_000


def token_facts(table: np.ndarray) -> TokenFacts | None:
    """Read whole numbers `(rows, steps)` as token ids, 0 as padding.

    Returns:
        The facts; None where there is no id but 0, or fewer than two columns.
    """
    rows, steps = table.shape
    ids = table != 0
    if steps < 2 or not ids.any():
        return None
    filled = ids.any(axis=1)
    first = np.where(filled, ids.argmax(axis=1), steps)
    last = np.where(filled, steps - ids[:, ::-1].argmax(axis=1), steps)
    cells = rows * steps
    leading, trailing = first[filled].sum() / cells, (steps - last[filled]).sum() / cells
    zeros = 1 - ids.mean()
    # Empty rows are neither at one end nor the other.
    inside = zeros - leading - trailing - (~filled).sum() * steps / cells
    values, counts = _counted(table[ids].astype("int64"))
    most = int(counts.argmax())
    spread = table.std()
    return TokenFacts(
        distinct=len(values),
        leading=round(float(leading), 6),
        trailing=round(float(trailing), 6),
        inside=round(max(float(inside), 0.0), 6),
        empty_rows=round(float((~filled).mean()), 6),
        full_rows=round(float((ids[:, 0] & ids[:, -1]).mean()), 6),
        longest=int((last - first)[filled].max()),
        most_frequent=int(values[most]),
        most_frequent_share=round(float(counts[most] / counts.sum()), 6),
        column_spread=round(float(table.mean(axis=0).std() / spread), 6) if spread else 0.0,
    )


def _counted(ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the values that occur and how often; counting is faster than sorting."""
    if ids.min() < 0 or ids.max() > _LARGEST_COUNTED:
        return np.unique(ids, return_counts=True)
    counts = np.bincount(ids)
    values = np.flatnonzero(counts)
    return values, counts[values]
