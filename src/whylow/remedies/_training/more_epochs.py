"""Train for twice as many epochs.

The best of them is chosen as ever, so that more of them can only cost time unless training
was cut short.

## When it does not fit
Callbacks steer when training ends.
"""

from __future__ import annotations

from whylow.live import LiveFit
from whylow.remedies._changed import with_settings
from whylow.remedies._remedy import NotApplicable, Remedy
from whylow.remedies._settings import settings_of

NAME = "more-epochs"


def _change(live: LiveFit) -> LiveFit:
    settings = settings_of(live)
    if "EarlyStopping" in settings.callbacks:
        raise NotApplicable("a callback decides when training ends")
    return with_settings(live, NAME, epochs=2 * settings.epochs)


REMEDY = Remedy(
    name=NAME,
    codes=("WL302",),
    faults=("epochs",),
    unless=("WL323",),  # too many already
    kind="try",
    does="training for twice as many epochs",
    page=__doc__ or "",
    code="fit(…, epochs=twice as many)",
    change=_change,
)
