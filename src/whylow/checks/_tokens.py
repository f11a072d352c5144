"""Token ids: what checks ask of an input and of the embedding that reads it."""

from __future__ import annotations

from whylow.checks._base import CouldNotRun
from whylow.checks._reading import model_of
from whylow.checks._rows import single_input
from whylow.records import Fit, Layer, Model, TokenFacts

# Padding stands at one end of a text. Elsewhere 0 is an id like any other.
MOST_ELSEWHERE = 0.01


def embedding_of_input(model: Model) -> Layer | None:
    """Return the embedding that reads the one input; None where it cannot be told."""
    for layer in model.layers:
        if layer.class_name == "Embedding":
            return layer
        if layer.class_name != "InputLayer":
            return None
    return None


def texts_of(fit: Fit) -> TokenFacts:
    """Return the facts of the token ids that an embedding reads.

    Raises:
        CouldNotRun: The input is not one array of ids that an embedding reads, or 0 is
            an id like any other.
    """
    tokens = single_input(fit).tokens
    if tokens is None or embedding_of_input(model_of(fit)) is None:
        raise CouldNotRun("the inputs are no token ids that an embedding reads first")
    if tokens.inside + min(tokens.leading, tokens.trailing) > MOST_ELSEWHERE:
        raise CouldNotRun("0 stands for more than padding")
    return tokens
