"""Scale every input feature to mean 0 and standard deviation 1.

Mean and deviation are those of the training rows; held-out rows are scaled alike.

## When it does not fit
Inputs are token ids, have several parts, or are scaled already.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from whylow.live import LiveFit, Rows
from whylow.remedies._changed import with_rows
from whylow.remedies._find import layers_of
from whylow.remedies._remedy import NotApplicable, Remedy

NAME = "scale-inputs"


def _change(live: LiveFit) -> LiveFit:
    training, validation = live.training, live.validation
    if training is None or validation is None:
        raise NotApplicable("its rows could not be held")
    if not hasattr(training.x, "__array__"):
        raise NotApplicable("it has several inputs, of which one would have to be chosen")
    if any(layer.class_name == "Embedding" for layer in layers_of(live)):
        raise NotApplicable("its inputs are token ids")
    x = np.asarray(training.x, dtype="float32")
    mean, deviation = x.mean(0), x.std(0)
    if np.abs(mean).max() < 1 and (deviation < 2).all():
        raise NotApplicable("its inputs are of the order of 1 already")
    deviation = np.where(deviation > 0, deviation, 1.0)

    def scaled(rows: Rows) -> Rows:
        values = (np.asarray(rows.x, dtype="float32") - mean) / deviation
        return replace(rows, x=values.astype("float32"))

    return with_rows(live, NAME, scaled(training), scaled(validation))


REMEDY = Remedy(
    name=NAME,
    faults=("input_scaling",),
    does="scaling the inputs",
    page=__doc__ or "",
    code="StandardScaler() on the training rows, then on all",
    change=_change,
)
