"""Clip the gradients to a norm of 1.

Sets the optimizer's `global_clipnorm=1.0` (Pascanu et al. 2013, arXiv 1211.5063, section
3.2): one step then cannot throw the weights far away.

## When it does not fit
The optimizer clips already.
"""

from __future__ import annotations

from whylow.live import LiveFit
from whylow.remedies._changed import with_compile
from whylow.remedies._remedy import NotApplicable, Remedy

NAME = "clip-gradients"


def _change(live: LiveFit) -> LiveFit:
    config = live.optimizer.get_config()
    clips = [k for k in ("clipnorm", "clipvalue", "global_clipnorm") if config.get(k)]
    if clips:
        raise NotApplicable(f"the optimizer clips already (`{clips[0]}`)")
    return with_compile(live, NAME, optimizer_config={"global_clipnorm": 1.0})


REMEDY = Remedy(
    name=NAME,
    codes=("WL303", "WL304", "WL305"),
    faults=("exploding",),
    kind="try",
    does="clipping the gradients",
    page=__doc__ or "",
    code="optimizer=keras.optimizers.Adam(global_clipnorm=1.0)",
    change=_change,
)
