"""What attention layers look at, at the end weights."""

from __future__ import annotations

from typing import Any

import numpy as np

from whylow.live import LiveFit, Rows
from whylow.probes._facts import leaves, spaced
from whylow.records import AttentionProbe

_MOST_ROWS = 32
_MOST_CELLS = 4_000_000


def attention(live: LiveFit, rows: Rows) -> tuple[AttentionProbe, ...]:
    """Measure the weights of each attention layer; none gives an empty tuple."""
    import keras

    from whylow.layers import attention_weights

    if not any(_attends(layer) for layer in live.model._flatten_layers()):
        return ()
    inputs = leaves(rows.x)
    longest = max((leaf.shape[1] for leaf in inputs if leaf.ndim > 1), default=1)
    count = max(4, min(_MOST_ROWS, _MOST_CELLS // longest**2))
    picked = spaced(len(inputs[0]), count)
    x: Any = keras.tree.map_structure(lambda leaf: np.asarray(leaf)[picked], rows.x)
    return tuple(
        AttentionProbe(
            layer=name,
            relative_entropy=_rounded(weights.relative_entropy),
            on_padding=_rounded(weights.on_padding),
        )
        for name, weights in attention_weights(live.model, x).items()
    )


def _attends(layer: Any) -> bool:
    from whylow.layers._weights import KERAS_OWN

    return hasattr(layer, "attend") or isinstance(layer, KERAS_OWN)


def _rounded(value: float | None) -> float | None:
    return None if value is None or not np.isfinite(value) else round(value, 6)
