"""Take the activation off the attention scores.

With `attention_activation="sigmoid"` all scores lie between 0 and 1, so that the largest
weight of a row is less than e times the smallest: attention is then nearly a plain mean.

## When it does not fit
No attention layer with `attention_activation`.
"""

from __future__ import annotations

from whylow.live import LiveFit
from whylow.remedies._changed import with_layers
from whylow.remedies._find import layers_of
from whylow.remedies._rebuild import copied
from whylow.remedies._remedy import NotApplicable, Remedy

NAME = "remove-attention-sigmoid"


def _change(live: LiveFit) -> LiveFit:
    found = [
        layer.name for layer in layers_of(live) if layer.config.get("attention_activation")
    ]
    if not found:
        raise NotApplicable("no attention layer has an `attention_activation`")
    return with_layers(
        live,
        NAME,
        {name: lambda old: [copied(old, attention_activation=None)] for name in found},
    )


REMEDY = Remedy(
    name=NAME,
    codes=("WL214", "WL212"),
    faults=("hidden_activation",),
    does="taking the activation off the attention scores",
    page=__doc__ or "",
    code="SeqSelfAttention(…, attention_activation=None)",
    change=_change,
)
