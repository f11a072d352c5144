"""Take an attention-weighted mean over time before the last layer.

Puts `whylow.layers.AttentionPooling()` behind the last layer that still carries time, so
that a text has one output. It leaves masked positions out and has weights of its own; all
others start as they would have.

## When it does not fit
The output has one value a text already.
"""

from __future__ import annotations

from whylow.live import LiveFit
from whylow.remedies._pooled import pooled
from whylow.remedies._remedy import Remedy

NAME = "pool-attention"


def _change(live: LiveFit) -> LiveFit:
    from whylow.layers import AttentionPooling

    return pooled(live, NAME, lambda: AttentionPooling(name="whylow_attention_pooling"))


REMEDY = Remedy(
    name=NAME,
    codes=("WL201",),
    does="pooling over time by attention before the last layer",
    page=__doc__ or "",
    code="whylow.layers.AttentionPooling() before the last Dense",
    change=_change,
)
