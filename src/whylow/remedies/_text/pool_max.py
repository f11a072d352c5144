"""Take the largest value over time before the last layer, so that a text has one output.

Puts `whylow.layers.MaxPooling()` behind the last layer that still carries time. It leaves
masked positions out. The other weights start as they would have.

## When it does not fit
The output has one value a text already.
"""

from __future__ import annotations

from whylow.live import LiveFit
from whylow.remedies._pooled import pooled
from whylow.remedies._remedy import Remedy

NAME = "pool-max"


def _change(live: LiveFit) -> LiveFit:
    from whylow.layers import MaxPooling

    return pooled(live, NAME, lambda: MaxPooling(name="whylow_max_pooling"))


REMEDY = Remedy(
    name=NAME,
    codes=("WL201",),
    does="taking the maximum over time before the last layer",
    page=__doc__ or "",
    code="GlobalMaxPooling1D() before the last Dense",
    change=_change,
)
