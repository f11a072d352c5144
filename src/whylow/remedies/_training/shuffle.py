"""Shuffle the rows before every epoch.

Rows in the order of a file are often sorted by class or by time; a model then learns the
last ones it saw.

## When it does not fit
They are shuffled already.
"""

from __future__ import annotations

from whylow.live import LiveFit
from whylow.remedies._changed import with_settings
from whylow.remedies._remedy import NotApplicable, Remedy
from whylow.remedies._settings import settings_of

NAME = "shuffle"


def _change(live: LiveFit) -> LiveFit:
    if settings_of(live).shuffle:
        raise NotApplicable("the rows are shuffled already")
    return with_settings(live, NAME, shuffle=True)


REMEDY = Remedy(
    name=NAME,
    codes=("WL108",),
    does="shuffling the rows",
    page=__doc__ or "",
    code="fit(…, shuffle=True)",
    change=_change,
)
