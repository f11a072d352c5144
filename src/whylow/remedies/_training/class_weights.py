"""Weigh the rarer class up, so that both classes carry as much of the loss.

A row of class k weighs n / (K n_k). Probabilities are no longer shares; the threshold is
chosen anew, as for every fit.

## When it does not fit
Rows are weighed already, or the classes are equally frequent within a tenth.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from whylow.live import LiveFit
from whylow.remedies._changed import with_rows
from whylow.remedies._remedy import NotApplicable, Remedy

NAME = "class-weights"


def _change(live: LiveFit) -> LiveFit:
    rows, split = live.training, live.fit.training
    if rows is None or rows.sample_weight is not None:
        raise NotApplicable("its rows are weighed already")
    if split is None or not split.class_counts:
        raise NotApplicable("its labels are no classes")
    labels = np.asarray(rows.y)
    one_hot = labels.ndim == 2 and labels.shape[1] > 1
    classes = labels.argmax(1) if one_hot else labels.reshape(-1)
    _, which, counts = np.unique(classes, return_inverse=True, return_counts=True)
    if counts.max() < 1.1 * counts.min():
        raise NotApplicable("the classes are equally frequent")
    weights = (len(classes) / len(counts) / counts)[which].astype("float32")
    return with_rows(live, NAME, replace(rows, sample_weight=weights))


REMEDY = Remedy(
    name=NAME,
    codes=("WL306", "WL401"),
    faults=("imbalance",),
    kind="try",
    does="weighing the classes equally",
    page=__doc__ or "",
    code="fit(…, class_weight={0: n / (2 n0), 1: n / (2 n1)})",
    change=_change,
)
