"""Train for half of the epochs.

Rounded up. To see what stopping at the best epoch would do, no training is needed: the
view `best-epoch` tells that from the same runs.

## When it does not fit
There is one epoch only.
"""

from __future__ import annotations

from whylow.live import LiveFit
from whylow.remedies._changed import with_settings
from whylow.remedies._remedy import NotApplicable, Remedy
from whylow.remedies._settings import settings_of

NAME = "fewer-epochs"


def _change(live: LiveFit) -> LiveFit:
    settings = settings_of(live)
    if settings.epochs < 2:
        raise NotApplicable("there is one epoch only")
    return with_settings(live, NAME, epochs=(settings.epochs + 1) // 2)


REMEDY = Remedy(
    name=NAME,
    codes=("WL323",),
    kind="try",
    does="training for half of the epochs",
    page=__doc__ or "",
    code="fit(…, epochs=half)",
    change=_change,
)
