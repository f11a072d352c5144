"""Where a model looks: a heat map over the words of texts."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from whylow.layers._weights import attention_weights

# Background of the word with the most weight of its text; the others lie between it and
# white. Black on either reads well.
WARMEST = (255, 150, 50)
# That colour takes so many times an equal share, so that even weights look pale.
FULL_WARMTH = 3


@dataclass(frozen=True, kw_only=True)
class HeatMap:
    """Words and the weight that each receives; one pair of tuples a text.

    In a notebook it shows itself; elsewhere `print` it, or write `html()` to a file.
    """

    words: tuple[tuple[str, ...], ...]
    weights: tuple[tuple[float, ...], ...]

    def html(self) -> str:
        """Return a paragraph for each text, the weight of a word in its tooltip."""
        return "\n".join(f"<p>{' '.join(map(_span, *text))}</p>" for text in self._texts())

    def text(self) -> str:
        """Return a line for each text, coloured for a terminal."""
        return "\n".join(" ".join(map(_coloured, *text)) for text in self._texts())

    __str__ = text
    _repr_html_ = html

    def _texts(self) -> list[tuple[Any, Any, Any]]:
        """Return words, weights and warmth, from zero to one, of each text."""
        pairs = zip(self.words, self.weights, strict=True)
        return [(words, weights, _warmth(weights)) for words, weights in pairs]


def show(
    model: keras.Model,
    texts: Sequence[str],
    *,
    encode: Callable[[list[str]], Any] | None = None,
    words: Sequence[Sequence[str]] | None = None,
    layer: str | None = None,
) -> HeatMap:
    """Return which words of texts a model's attention falls on.

    A word's weight is what its position receives, mean over heads and over the positions
    that attend. Large weights do not show what a decision rests on (Jain and Wallace 2019,
    arXiv 1902.10186); they show where the layer looked.

    Args:
        model: A model with an attention layer.
        texts: Texts as they are.
        encode: Makes of texts what the model takes. May be left out where the model takes
            strings.
        words: The words that `encode` makes of each text, one for each position that is
            no padding; by default what lies between white space.
        layer: Name of the attention layer; by default the last one.

    Returns:
        The heat map.

    Raises:
        ValueError: The model has no such layer, or a text has more or fewer words than
            positions.

    """
    found = attention_weights(
        model, encode(list(texts)) if encode else np.array(list(texts), dtype=object)
    )
    if layer is not None and layer not in found:
        raise ValueError(
            f"`layer` must be one of {sorted(found)}, the attention layers of the model. "
            f"Received: layer={layer!r}."
        )
    weights = found[layer or list(found)[-1]]
    received, real = weights.by_position(), weights.real
    lines = words or [text.split() for text in texts]
    kept = [row if real is None else row[real[index]] for index, row in enumerate(received)]
    for index, (line, row) in enumerate(zip(lines, kept, strict=True)):
        if len(line) != len(row):
            raise ValueError(
                "`words` must hold a word for each position that is no padding. "
                f"Received: {len(line)} words for {len(row)} positions in text {index}. "
                "Give the words as `encode` keeps them."
            )
    return HeatMap(
        words=tuple(tuple(line) for line in lines),
        weights=tuple(tuple(map(float, row)) for row in kept),
    )


def _warmth(weights: Sequence[float]) -> list[float]:
    """Return from zero to one how warm each word is."""
    if not weights:
        return []
    full = max(*weights, min(1.0, FULL_WARMTH * sum(weights) / len(weights)))
    return [weight / (full or 1.0) for weight in weights]


def _colour(warmth: float) -> tuple[int, ...]:
    return tuple(round(255 - warmth * (255 - end)) for end in WARMEST)


def _span(word: str, weight: float, warmth: float) -> str:
    red, green, blue = _colour(warmth)
    return (
        f'<span style="color:#000;background:rgb({red},{green},{blue})" '
        f'title="{weight:.3f}">{html.escape(word)}</span>'
    )


def _coloured(word: str, weight: float, warmth: float) -> str:
    red, green, blue = _colour(warmth)
    return f"\x1b[30;48;2;{red};{green};{blue}m{word}\x1b[0m"
