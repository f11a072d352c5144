"""Average over time before the last layer, so that a text has one output.

Puts `whylow.layers.MeanPooling()` behind the last layer that still carries time. It leaves
masked positions out. The other weights start as they would have.

## When it does not fit
The output has one value a text already.
"""

from __future__ import annotations

from whylow.live import LiveFit
from whylow.remedies._pooled import pooled
from whylow.remedies._remedy import Remedy

NAME = "pool-mean"


def _change(live: LiveFit) -> LiveFit:
    from whylow.layers import MeanPooling

    return pooled(live, NAME, lambda: MeanPooling(name="whylow_mean_pooling"))


REMEDY = Remedy(
    name=NAME,
    codes=("WL201",),
    faults=("per_timestep_output", "output_shape"),
    does="averaging over time before the last layer",
    page=__doc__ or "",
    code="GlobalAveragePooling1D() before the last Dense",
    change=_change,
)
