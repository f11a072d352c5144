"""Pool by the maximum instead of attention: is it attention, or just pooling?

A control. Attention that pools is replaced by `whylow.layers.MaxPooling()`. Attention over
a sequence is taken out, and the pooling behind it, or one in its own place, takes the
maximum; the model then has one output a text.

## When it does not fit
No attention layer, or several.
"""

from __future__ import annotations

from whylow.live import LiveFit
from whylow.remedies._changed import with_layers
from whylow.remedies._find import ATTENTION_POOLING, SELF_ATTENTION, behind, layers_of, only
from whylow.remedies._remedy import Remedy

NAME = "max-instead-of-attention"


def _change(live: LiveFit) -> LiveFit:
    import keras

    from whylow.layers import MaxPooling

    layer = only(live, SELF_ATTENTION | ATTENTION_POOLING, "attention layers")
    poolings = [
        one.name for one in behind(layers_of(live), layer) if one.class_name in _POOLINGS
    ]
    if layer.class_name in ATTENTION_POOLING or not poolings:
        return with_layers(
            live, NAME, {layer.name: lambda old: [MaxPooling(name=old.name)]}
        )
    return with_layers(
        live,
        NAME,
        {
            layer.name: lambda old: [keras.layers.Identity(name=old.name)],
            poolings[0]: lambda old: [MaxPooling(name=old.name)],
        },
    )


_POOLINGS = frozenset(
    {
        "AttentionPooling",
        "GlobalAveragePooling1D",
        "GlobalMaxPooling1D",
        "LastState",
        "MaxPooling",
        "MeanPooling",
        "SeqWeightedAttention",
    }
)


REMEDY = Remedy(
    name=NAME,
    kind="control",
    does="taking the maximum over time instead of attention",
    page=__doc__ or "",
    code="whylow.layers.MaxPooling() in place of the attention layer",
    change=_change,
)
