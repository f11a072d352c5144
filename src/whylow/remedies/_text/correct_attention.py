"""Correct what keras-self-attention gets wrong: its mask, and equal first projections.

Sets `legacy=False` on the layer that stands in for that package: padding has weight zero
for every word, and the two projections of the score start from independent draws.

## When it does not fit
No layer with `legacy=True`. A layer of the original package, where that is installed,
cannot be corrected in place; whylow's own takes the same arguments.
"""

from __future__ import annotations

from whylow.live import LiveFit
from whylow.remedies._changed import with_layers
from whylow.remedies._find import layers_of
from whylow.remedies._rebuild import copied
from whylow.remedies._remedy import NotApplicable, Remedy

NAME = "correct-attention"


def _change(live: LiveFit) -> LiveFit:
    old = [layer.name for layer in layers_of(live) if layer.config.get("legacy") is True]
    if not old:
        raise NotApplicable("no attention layer gives the numbers of keras-self-attention")
    return with_layers(
        live, NAME, {name: lambda layer: [copied(layer, legacy=False)] for name in old}
    )


REMEDY = Remedy(
    name=NAME,
    codes=("WL202", "WL201"),
    does="correcting the attention layer's mask and first weights",
    page=__doc__ or "",
    code="from whylow.layers import SeqSelfAttention instead of keras_self_attention",
    change=_change,
)
