"""Train with three times the rate.

The optimizer's learning rate is multiplied by 3; everything else stays.
A rate that is far off shows in either direction within one such step.

## When it does not fit
The rate follows a schedule.
"""

from __future__ import annotations

from whylow.live import LiveFit
from whylow.remedies._remedy import Remedy
from whylow.remedies._settings import scaled_rate

NAME = "higher-learning-rate"


def _change(live: LiveFit) -> LiveFit:
    return scaled_rate(live, NAME, 3)


REMEDY = Remedy(
    name=NAME,
    codes=("WL311", "WL307", "WL302"),
    kind="try",
    does="three times the learning rate",
    page=__doc__ or "",
    code="optimizer=keras.optimizers.Adam(rate * 3)",
    change=_change,
)
