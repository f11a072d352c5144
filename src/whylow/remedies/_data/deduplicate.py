"""Leave out training rows that are held out as well.

A model remembers them, and the held-out score then tells how well it remembers. A gain or
loss by this remedy is the share of the score that was memory.

## When it does not fit
No held-out row is among the training rows, or hardly any training row would be left.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from whylow.live import LiveFit
from whylow.remedies._changed import with_rows
from whylow.remedies._remedy import NotApplicable, Remedy

NAME = "deduplicate"


def _change(live: LiveFit) -> LiveFit:
    training, validation = live.training, live.validation
    if training is None or validation is None:
        raise NotApplicable("its rows could not be held")
    if not hasattr(training.x, "__array__") or training.whole_batches:
        raise NotApplicable("it has several inputs, or rows in ready batches")
    held_out = set(_keys(validation.x))
    kept = np.array([key not in held_out for key in _keys(training.x)])
    if kept.all():
        raise NotApplicable("no held-out row is among the training rows")
    if kept.sum() < training.batch_size:
        raise NotApplicable("hardly any training row would be left")
    weight = training.sample_weight
    rows = replace(
        training,
        x=np.asarray(training.x)[kept],
        y=np.asarray(training.y)[kept],
        sample_weight=None if weight is None else np.asarray(weight)[kept],
    )
    return with_rows(live, NAME, rows)


def _keys(x: Any) -> list[bytes]:
    return [np.ascontiguousarray(row).tobytes() for row in np.asarray(x)]


REMEDY = Remedy(
    name=NAME,
    faults=("data_leak",),
    does="leaving held-out texts out of the training rows",
    page=__doc__ or "",
    code="drop_duplicates() before the split",
    change=_change,
)
