"""Suspects in pasted code: seen, not measured.

They carry the code of the check that will look at the recorded fit once it is run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from whylow.records import Finding, Fit, Layer

SEEN = "seen in the code, not measured"

_OVER_TIME = re.compile(
    r"\bNER\b|\btagg(?:ing|er)\b|named.entit|seq2seq|sequence.label|forecast|time.?series"
    r"|translation",
    re.IGNORECASE,
)
_PADDED = re.compile(r"pad_sequences|pad_to|maxlen|max_len|output_sequence_length", re.I)
_RECURRENT = {"LSTM", "GRU", "SimpleRNN", "Bidirectional", "CuDNNLSTM", "CuDNNGRU"}


def keeps_time(fit: Fit) -> bool:
    """Whether the model, as the code writes it, gives an output for each time step."""
    shape = fit.model.output_shape if fit.model else None
    return shape is not None and len(shape) == 3 and shape[1] != 1


def suspects(fit: Fit, text: str, refuted: tuple[int, ...]) -> Iterator[Finding]:
    """Yield what the code gives reason to suspect.

    Args:
        fit: A fit with the model that its code builds.
        text: The prose and code around the log.
        refuted: Likely numbers of validation rows that its accuracies are no fractions of.
    """
    if fit.model is None:
        return
    layers = fit.model.layers
    # A model that shall answer for each word says so.
    for_words = any(layer.class_name == "TimeDistributed" for layer in layers)
    if keeps_time(fit) and not for_words and not _OVER_TIME.search(text):
        yield _time_kept(fit, layers, refuted)
    embedding = next((layer for layer in layers if layer.class_name == "Embedding"), None)
    reader = next((layer for layer in layers if _reads_sequence(layer)), None)
    if embedding is None or reader is None or embedding.config.get("mask_zero"):
        return
    padded = _PADDED.search(text) or (embedding.input_shape or (None, None))[1:] != (None,)
    if padded and not any(layer.class_name == "Masking" for layer in layers):
        yield _padding_read(fit, embedding, reader)


def _time_kept(fit: Fit, layers: tuple[Layer, ...], refuted: tuple[int, ...]) -> Finding:
    carrying = [
        layer
        for layer in layers[:-1]
        if layer.output_shape is not None and len(layer.output_shape) == 3
    ]
    last = carrying[-1] if carrying else layers[-1]
    sizes = " or ".join(f"{size:,}" for size in sorted(refuted))
    digits = f" Its accuracies are no fractions of {sizes} texts." if refuted else ""
    return Finding(
        code="WL201",
        name="label-broadcast-over-time",
        severity="warning",
        fit=fit.name,
        faults=("per_timestep_output", "output_shape"),
        message=(
            f"Nothing after {last.class_name} takes the time axis away: one output for each"
            f" word, one label for each text ({SEEN}).{digits}"
        ),
        evidence={
            "seen_in_code": True,
            "measured": False,
            "layer": last.class_name,
            "output_shape": fit.model.output_shape if fit.model else None,
            "loss": fit.compile.loss if fit.compile else None,
            "accuracies_are_no_fractions_of": list(refuted),
        },
        fix=f"Put a pooling over time (`GlobalMaxPooling1D()`) after {last.class_name}.",
    )


def _padding_read(fit: Fit, embedding: Layer, reader: Layer) -> Finding:
    return Finding(
        code="WL202",
        name="padding-not-masked",
        severity="info",
        fit=fit.name,
        faults=("mask",),
        message=(
            f"{embedding.class_name} has no `mask_zero=True`, so {_inner(reader)} reads the"
            f" padding too ({SEEN})."
        ),
        evidence={
            "seen_in_code": True,
            "measured": False,
            "embedding": embedding.name,
            "reader": reader.name,
        },
        fix="Set `mask_zero=True` on the embedding, with 0 for padding alone.",
    )


def _reads_sequence(layer: Layer) -> bool:
    return layer.class_name in _RECURRENT or "attention" in layer.class_name.lower()


def _inner(layer: Layer) -> str:
    wrapped = layer.config.get("layer")
    return str(wrapped["class_name"]) if isinstance(wrapped, dict) else layer.class_name
