"""Leave padding out of what recurrent and attention layers read.

Sets `mask_zero=True` on the embedding, so that every layer behind it that knows masks
passes over the padding. All weights start as they would have.

## When it does not fit
No `Embedding`; it masks already; zeros stand within texts, where they may be a word; or
the layer behind the embedding knows no masks (`Flatten`, `Conv1D`).

## What it cannot tell
A text without any word has nothing left to read; recurrent layers give zeros for it.
"""

from __future__ import annotations

from typing import Any

from whylow.live import LiveFit
from whylow.remedies._changed import with_layers
from whylow.remedies._find import live_layer, only, padded_at_the_ends, token_ids
from whylow.remedies._rebuild import copied
from whylow.remedies._remedy import NotApplicable, Remedy

NAME = "mask-padding"


def _change(live: LiveFit) -> LiveFit:
    embedding = only(live, {"Embedding"}, "embeddings")
    if embedding.config.get("mask_zero"):
        raise NotApplicable(f"`{embedding.name}` masks padding already")
    ids = token_ids(live)
    if not (ids == 0).any():
        raise NotApplicable("there is no padding: no input is 0")
    if not padded_at_the_ends(ids):
        raise NotApplicable("zeros stand within texts, where they may be a word")
    for reader in _readers(live, embedding.name):
        if not getattr(reader, "supports_masking", False):
            raise NotApplicable(
                f"`{reader.name}`, which reads the embedding, knows no masks"
            )
    return with_layers(
        live, NAME, {embedding.name: lambda layer: [copied(layer, mask_zero=True)]}
    )


def _readers(live: LiveFit, name: str) -> list[Any]:
    """Return the layers that read the embedding's output."""
    layer = live_layer(live.model, name)
    return [node.operation for node in getattr(layer, "_outbound_nodes", ())]


REMEDY = Remedy(
    name=NAME,
    codes=("WL202",),
    faults=("mask",),
    does="masking the padding",
    page=__doc__ or "",
    code="Embedding(…, mask_zero=True), with 0 for padding alone",
    change=_change,
)
