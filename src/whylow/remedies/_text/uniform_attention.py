"""Give every word the same attention weight: do the learned weights matter?

A control (Wiegreffe and Pinter 2019, arXiv 1908.04626, section 3.2). The attention layer
keeps its place, its mask and its cost; only its weights stay equal. Where that takes away
nothing, what helps or hurts is the averaging and not the attention.

## When it does not fit
No attention layer, several, or one whose score cannot be switched off from outside
(`MultiHeadAttention`, several heads).
"""

from __future__ import annotations

from whylow.live import LiveFit
from whylow.remedies._changed import with_layers
from whylow.remedies._find import ATTENTION_POOLING, SELF_ATTENTION, only
from whylow.remedies._rebuild import copied
from whylow.remedies._remedy import NotApplicable, Remedy

NAME = "uniform-attention"


def _change(live: LiveFit) -> LiveFit:
    from whylow.layers import MeanPooling

    layer = only(live, SELF_ATTENTION | ATTENTION_POOLING, "attention layers")
    if layer.class_name == "SeqSelfAttention":
        # A score of zero for every word; frozen, it stays zero.
        return with_layers(
            live,
            NAME,
            {
                layer.name: lambda old: [
                    copied(old, kernel_initializer="zeros", trainable=False)
                ]
            },
        )
    plain = layer.config.get("heads", 1) == 1 and not layer.config.get("value_units")
    if layer.class_name in ATTENTION_POOLING and plain:
        return with_layers(
            live, NAME, {layer.name: lambda old: [MeanPooling(name=old.name)]}
        )
    raise NotApplicable(f"the score of `{layer.name}` cannot be switched off")


REMEDY = Remedy(
    name=NAME,
    kind="control",
    does="giving all words the same attention weight",
    page=__doc__ or "",
    code="a mean over time instead of attention",
    change=_change,
)
