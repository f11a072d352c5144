"""The table of remedies."""

from __future__ import annotations

from whylow.exceptions import InputError
from whylow.records import Finding
from whylow.remedies._data import deduplicate, scale_inputs, trim
from whylow.remedies._remedy import Remedy
from whylow.remedies._text import (
    correct_attention,
    freeze_embedding,
    keep_last_state,
    mask_padding,
    max_instead_of_attention,
    pool_attention,
    pool_max,
    pool_mean,
    remove_attention_sigmoid,
    uniform_attention,
)
from whylow.remedies._training import (
    adam,
    class_weights,
    clip_gradients,
    dropout,
    fewer_epochs,
    higher_learning_rate,
    initializer,
    lower_learning_rate,
    more_epochs,
    right_head,
    shuffle,
    smaller_batches,
    weight_decay,
)

_TABLE: tuple[Remedy, ...] = (
    mask_padding.REMEDY,
    pool_mean.REMEDY,
    pool_max.REMEDY,
    pool_attention.REMEDY,
    correct_attention.REMEDY,
    remove_attention_sigmoid.REMEDY,
    keep_last_state.REMEDY,
    uniform_attention.REMEDY,
    max_instead_of_attention.REMEDY,
    right_head.REMEDY,
    initializer.REMEDY,
    adam.REMEDY,
    shuffle.REMEDY,
    lower_learning_rate.REMEDY,
    higher_learning_rate.REMEDY,
    clip_gradients.REMEDY,
    class_weights.REMEDY,
    smaller_batches.REMEDY,
    more_epochs.REMEDY,
    fewer_epochs.REMEDY,
    dropout.REMEDY,
    weight_decay.REMEDY,
    freeze_embedding.REMEDY,
    deduplicate.REMEDY,
    scale_inputs.REMEDY,
    trim.REMEDY,
)


def table() -> tuple[Remedy, ...]:
    """Return every remedy: text and attention, then training, then data."""
    return _TABLE


def for_code(code: str) -> tuple[Remedy, ...]:
    """Return the remedies that a check proposes, the most telling first.

    Args:
        code: A check's code, `"WL202"`.
    """
    found = [remedy for remedy in _TABLE if code in remedy.codes]
    return tuple(sorted(found, key=lambda remedy: remedy.codes.index(code)))


def for_finding(finding: Finding) -> tuple[Remedy, ...]:
    """Return the remedies of a finding: those of its code, then those of its faults."""
    by_fault = [
        remedy
        for remedy in _TABLE
        if set(remedy.faults) & set(finding.faults) and finding.code not in remedy.unless
    ]
    return tuple(dict.fromkeys((*for_code(finding.code), *by_fault)))


def find(name: str) -> Remedy | None:
    """Return the remedy of a name, in any case, or `None`."""
    wanted = name.strip().lower().replace("_", "-")
    return next((remedy for remedy in _TABLE if remedy.name == wanted), None)


def named(name: str) -> Remedy:
    """Return the remedy of a name, as `"mask-padding"`.

    Raises:
        InputError: There is none.
    """
    found = find(name)
    if found is None:
        known = ", ".join(remedy.name for remedy in _TABLE)
        raise InputError(f"There is no remedy {name!r}. There are: {known}.")
    return found
