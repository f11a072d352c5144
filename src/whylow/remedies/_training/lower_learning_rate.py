"""Train with a third of the rate.

The optimizer's learning rate is multiplied by 1/3; everything else stays.
A rate that is far off shows in either direction within one such step.

## When it does not fit
The rate follows a schedule.
"""

from __future__ import annotations

from whylow.live import LiveFit
from whylow.remedies._remedy import Remedy
from whylow.remedies._settings import scaled_rate

NAME = "lower-learning-rate"


def _change(live: LiveFit) -> LiveFit:
    return scaled_rate(live, NAME, 1 / 3)


REMEDY = Remedy(
    name=NAME,
    codes=("WL304", "WL305", "WL303"),
    faults=("learning_rate", "exploding"),
    unless=("WL311", "WL320"),  # too low already
    kind="try",
    does="a third of the learning rate",
    page=__doc__ or "",
    code="optimizer=keras.optimizers.Adam(rate / 3)",
    change=_change,
)
