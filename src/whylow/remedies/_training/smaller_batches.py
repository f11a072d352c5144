"""Train on batches of half the size.

Twice as many steps an epoch, each noisier. The learning rate stays, so that this says of
batch and rate together whether steps were too few.

## When it does not fit
Rows come in ready batches, or one at a time.
"""

from __future__ import annotations

from whylow.live import LiveFit
from whylow.remedies._changed import with_settings
from whylow.remedies._remedy import NotApplicable, Remedy
from whylow.remedies._settings import settings_of

NAME = "smaller-batches"


def _change(live: LiveFit) -> LiveFit:
    settings_of(live)
    rows = live.training
    if rows is None or rows.whole_batches:
        raise NotApplicable("the script hands over ready batches")
    if rows.batch_size < 2:
        raise NotApplicable("rows come one at a time already")
    return with_settings(live, NAME, batch_size=rows.batch_size // 2)


REMEDY = Remedy(
    name=NAME,
    faults=("batch_size",),
    kind="try",
    does="training on batches of half the size",
    page=__doc__ or "",
    code="fit(…, batch_size=half)",
    change=_change,
)
