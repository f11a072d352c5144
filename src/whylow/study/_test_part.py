"""A test part from a file: more labelled texts, which every lane predicts.

Epoch and threshold are then chosen on the whole validation part of the script, and what is
scored had no say in it. Callbacks of the script see its validation part alone.
"""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType
from typing import Any

import numpy as np

from whylow.capture import _data, _facts
from whylow.capture._groups import Groups
from whylow.exceptions import InputError
from whylow.live import LiveFit, Rows
from whylow.study._test_file import Given, prepared
from whylow.study._test_rows import rows_for


def with_test_part(
    groups: Groups,
    given: Given | None,
    prepare: str | None = None,
    script: ModuleType | None = None,
) -> Groups:
    """Return the fits that are compared with the rows of a file behind their own.

    Rows that the models see in training or validation too are left out, and a note says how
    many: a text that was learnt by heart tests nothing.

    Args:
        groups: Baseline and variants.
        given: What the file holds; None for no file.
        prepare: Name of the function that makes of a table's texts what the models take.
        script: The script, which has that function.

    Raises:
        InputError: The rows are not what the models of the script take, or nothing new.
    """
    if given is None:
        return groups
    compared = [one for one in (groups.baseline, *groups.variants) if one is not None]
    held = [one for one in compared if one.training and one.validation]
    if not groups.variants or len(held) < len(compared):
        why = "nothing to compare" if not groups.variants else "no validation data"
        note = f"{given.path} was not used: the script has {why}."
        return replace(groups, notes=(*groups.notes, note))
    x = prepared(given, prepare, script)
    rows = {id(one): rows_for(given, x, one) for one in compared}
    known = [_known(one, rows[id(one)]) for one in compared]
    learnt, chosen = (np.any(part, axis=0) for part in zip(*known, strict=True))
    fresh = ~learnt & ~chosen
    if not fresh.any():
        raise InputError(
            f"All {len(fresh)} texts of {given.path} are among the training or validation "
            "texts of the script. Expected texts that it does not train or choose on."
        )
    changed = {id(one): _joined(one, rows[id(one)], fresh) for one in compared}
    return replace(
        groups,
        fits=tuple(changed.get(id(one), one) for one in groups.fits),
        baseline=changed[id(groups.baseline)],
        variants=tuple(changed[id(one)] for one in groups.variants),
        notes=(*groups.notes, _note(given, compared[0], learnt, chosen & ~learnt)),
    )


def _note(given: Given, live: LiveFit, learnt: np.ndarray, chosen: np.ndarray) -> str:
    scored = len(learnt) - int(learnt.sum()) - int(chosen.sum())
    said = (
        f"Scored on {scored:,} texts of {given.path}; epoch and threshold are chosen on "
        f"the {_count(live.validation):,} validation texts of the script."
    )
    if scored == len(learnt):
        return said
    parts = [
        f"{int(part.sum()):,} among its {name} texts"
        for part, name in ((learnt, "training"), (chosen, "validation"))
        if part.any()
    ]
    left_out = f"{len(learnt) - scored:,} of {len(learnt):,} are left out"
    return f"{said} {left_out}, as the models see them: {' and '.join(parts)}."


def _count(rows: Rows | None) -> int:
    return 0 if rows is None else len(_data._leaves(rows.x)[0])


def _known(live: LiveFit, rows: Rows) -> tuple[np.ndarray, np.ndarray]:
    """Return which rows equal a training row, and which a validation row."""
    known = []
    for part in (live.training, live.validation):
        own = _data._leaves(None if part is None else part.x)
        asked = _data._leaves(rows.x)
        types = [np.result_type(a, b) for a, b in zip(asked, own, strict=True)]
        new, old = (
            _facts.hashes(leaves, np.arange(len(leaves[0])), types)
            for leaves in (asked, own)
        )
        known.append(np.isin(new, old))
    return known[0], known[1]


def _joined(live: LiveFit, rows: Rows, fresh: np.ndarray) -> LiveFit:
    """Return the fit with the fresh rows behind its validation rows."""
    validation = live.validation
    assert validation is not None  # noqa: S101  whoever calls has looked
    weight = validation.sample_weight
    if weight is not None:
        # Never read: weights are for the rows that training sees.
        weight = np.concatenate([weight, np.ones(int(fresh.sum()), weight.dtype)])

    def both(own: Any, more: Any) -> Any:
        if isinstance(own, dict):
            return {key: both(own[key], more[key]) for key in own}
        if isinstance(own, (list, tuple)):
            return [both(a, b) for a, b in zip(own, more, strict=True)]
        return np.concatenate([own, more[fresh]])

    joined = replace(
        validation,
        x=both(validation.x, rows.x),
        y=both(validation.y, rows.y),
        sample_weight=weight,
    )
    return replace(live, validation=joined, tested=int(fresh.sum()))
