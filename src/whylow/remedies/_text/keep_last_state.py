"""Keep the last state of the recurrent layer beside what attention makes of it.

The model without attention classifies by the state at the end of a text. A mean over all
positions thins that state out; here it is joined to the output of the attention layer, and
the last layer sees both. All other weights but the last layer's start as they would have.

## When it does not fit
No attention layer, several, or none whose input is a recurrent layer's sequence.
"""

from __future__ import annotations

from typing import Any

from whylow.live import LiveFit
from whylow.remedies._changed import with_layers
from whylow.remedies._find import (
    ATTENTION_POOLING,
    RECURRENT,
    SELF_ATTENTION,
    layers_of,
    only,
)
from whylow.remedies._rebuild import copied
from whylow.remedies._remedy import NotApplicable, Remedy

NAME = "keep-last-state"


def _change(live: LiveFit) -> LiveFit:
    from whylow.remedies._beside import KeepLastState

    attention = only(live, SELF_ATTENTION | ATTENTION_POOLING, "attention layers")
    layers = layers_of(live)
    before = layers[: layers.index(attention)]
    recurrent = [layer for layer in before if layer.class_name in RECURRENT]
    if not recurrent or attention.input_shape != recurrent[-1].output_shape:
        raise NotApplicable(f"`{attention.name}` does not attend to recurrent states")
    both = recurrent[-1].class_name == "Bidirectional"

    def beside(layer: Any) -> list[Any]:
        return [KeepLastState(copied(layer), both, name="whylow_beside")]

    return with_layers(live, NAME, {attention.name: beside})


REMEDY = Remedy(
    name=NAME,
    kind="try",
    does="keeping the last state beside attention",
    page=__doc__ or "",
    code="Concatenate()([attention(states), whylow.layers.LastState()(states)])",
    change=_change,
)
