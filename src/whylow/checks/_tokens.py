"""Token ids: what checks ask of an input and of the embedding that reads it."""

from __future__ import annotations

from whylow.checks._base import CouldNotRun
from whylow.checks._reading import model_of
from whylow.checks._rows import single_input
from whylow.records import Fit, Layer, Model, TokenFacts


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
        CouldNotRun: The input is not one array of ids that an embedding reads.
    """
    tokens = single_input(fit).tokens
    if tokens is None or embedding_of_input(model_of(fit)) is None:
        raise CouldNotRun("the inputs are no token ids that an embedding reads first")
    return tokens
