"""Decay the weights while training.

Sets the optimizer's `weight_decay` to 0.01 (Loshchilov and Hutter 2019, arXiv 1711.05101),
biases included, as Keras does without further word.

## When it does not fit
The optimizer decays weights already.
"""

from __future__ import annotations

from whylow.live import LiveFit
from whylow.remedies._changed import with_compile
from whylow.remedies._remedy import NotApplicable, Remedy

NAME = "weight-decay"


def _change(live: LiveFit) -> LiveFit:
    if live.optimizer.get_config().get("weight_decay"):
        raise NotApplicable("the optimizer decays weights already")
    return with_compile(live, NAME, optimizer_config={"weight_decay": 0.01})


REMEDY = Remedy(
    name=NAME,
    codes=("WL301", "WL309"),
    faults=("overfitting", "regularization"),
    unless=("WL221", "WL317"),  # too much of it already
    kind="try",
    does="decaying the weights",
    page=__doc__ or "",
    code="optimizer=keras.optimizers.Adam(weight_decay=0.01)",
    change=_change,
)
