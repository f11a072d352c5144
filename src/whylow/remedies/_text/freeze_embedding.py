"""Keep the embedding as it starts, so that it cannot learn single words by heart.

Sets `trainable=False` on the embedding. With few texts and many words it holds most of the
weights, and most of what a model remembers instead of learning.

## When it does not fit
No `Embedding`, several, or it is frozen already.
"""

from __future__ import annotations

from whylow.live import LiveFit
from whylow.remedies._changed import with_layers
from whylow.remedies._find import only
from whylow.remedies._rebuild import copied
from whylow.remedies._remedy import NotApplicable, Remedy

NAME = "freeze-embedding"


def _change(live: LiveFit) -> LiveFit:
    embedding = only(live, {"Embedding"}, "embeddings")
    if not embedding.config.get("trainable", True):
        raise NotApplicable(f"`{embedding.name}` is frozen already")
    return with_layers(
        live, NAME, {embedding.name: lambda old: [copied(old, trainable=False)]}
    )


REMEDY = Remedy(
    name=NAME,
    codes=("WL301",),
    kind="try",
    does="freezing the embedding",
    page=__doc__ or "",
    code="Embedding(…, trainable=False)",
    change=_change,
)
