"""Train with Adam.

The optimizer is exchanged for Adam as Keras makes it, at a rate of 0.001 (Kingma and Ba
2015, arXiv 1412.6980, algorithm 1), which divides each weight's step by the size of its
own gradients; everything else stays.

## When it does not fit
The optimizer is Adam already.
"""

from __future__ import annotations

from whylow.live import LiveFit
from whylow.remedies._changed import with_compile
from whylow.remedies._remedy import NotApplicable, Remedy

NAME = "adam"


def _change(live: LiveFit) -> LiveFit:
    import keras

    if type(live.optimizer) is keras.optimizers.Adam:
        raise NotApplicable("the optimizer is Adam already")
    return with_compile(live, NAME, optimizer=keras.optimizers.Adam)


REMEDY = Remedy(
    name=NAME,
    codes=("WL326",),
    faults=("optimizer",),
    kind="fix",
    does="training with Adam",
    page=__doc__ or "",
    code='optimizer="adam"',
    change=_change,
)
