"""Which fits belong together: refits of one configuration, baseline, variants.

Fits on the same held-out data form a comparison: the first is the baseline, each later
one with another configuration a variant. Refits of one configuration (k-fold loops,
seeds, `fit` called again to go on) are one fit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from whylow.exceptions import InputError
from whylow.live import LiveFit

_MOST_VARIANTS = 8


@dataclass(frozen=True)
class Groups:
    """The fits of a study.

    Args:
        fits: One for each configuration, in the order of the script, roles and unique
            names set.
        baseline: The fit before the change; `None` without a fit to compare with.
        variants: The fits after it.
        notes: What was folded together or left out.
    """

    fits: tuple[LiveFit, ...]
    baseline: LiveFit | None
    variants: tuple[LiveFit, ...]
    notes: tuple[str, ...]


def group(
    recorded: Sequence[LiveFit],
    *,
    baseline: str | None = None,
    variants: Sequence[str] = (),
) -> Groups:
    """Fold refits together and choose baseline and variants.

    Args:
        recorded: Fits in the order in which the script made them.
        baseline: Name of the fit to compare with, instead of the first.
        variants: Names of the fits to compare, instead of all that follow.

    Raises:
        InputError: A name is not that of a recorded fit.
    """
    fits, notes = _fold(recorded)
    fits = _uniquely_named(fits)
    first = _named(fits, baseline) if baseline else _first(fits)
    if first is None:
        return Groups(tuple(fits), None, (), tuple(notes))
    if variants:
        chosen = [_named(fits, name) for name in variants]
    else:
        chosen = [one for one in fits if one is not first and _same_held_out(first, one)]
        for one in fits:
            if one is not first and one not in chosen:
                notes.append(
                    f"`{one.fit.name}` was validated on other data than `{first.fit.name}`"
                    " and is not compared with it."
                )
    if len(chosen) > _MOST_VARIANTS:
        notes.append(
            f"{len(chosen)} variants; the first {_MOST_VARIANTS} are compared. "
            "Name others with --variant."
        )
        chosen = chosen[:_MOST_VARIANTS]
    roles = {id(first): "baseline"} | {id(one): "variant" for one in chosen}
    dressed = {
        id(one): replace(
            one, fit=one.fit.model_copy(update={"role": roles.get(id(one), "other")})
        )
        for one in fits
    }
    return Groups(
        fits=tuple(dressed.values()),
        baseline=dressed[id(first)],
        variants=tuple(dressed[id(one)] for one in chosen),
        notes=tuple(notes),
    )


def _first(fits: Sequence[LiveFit]) -> LiveFit | None:
    """Pick the first fit that a later one can be compared with, else the first."""
    for number, one in enumerate(fits):
        if any(_same_held_out(one, other) for other in fits[number + 1 :]):
            return one
    return fits[0] if fits else None


def _same_held_out(one: LiveFit, other: LiveFit) -> bool:
    mine, theirs = one.fit.validation, other.fit.validation
    if mine is None or theirs is None:
        return mine is theirs
    return mine.digest == theirs.digest


def _fold(recorded: Sequence[LiveFit]) -> tuple[list[LiveFit], list[str]]:
    folded: list[LiveFit] = []
    notes: list[str] = []
    for one in recorded:
        stage = next((n for n, first in enumerate(folded) if _is_stage(first, one)), None)
        if stage is not None:
            folded[stage] = _unreplayable(
                folded[stage], "its model was compiled again later"
            )
            one = _unreplayable(one, f"it goes on from `{folded[stage].fit.name}`")
        place = next((n for n, first in enumerate(folded) if _is_refit(first, one)), None)
        if place is None:
            folded.append(one)
            continue
        first = folded[place]
        if _goes_on(first, one):
            folded[place] = _continued(first, one)
        else:
            members = (*first.fit.members, one.fit.name)
            folded[place] = replace(
                first, fit=first.fit.model_copy(update={"members": members})
            )
    for one in folded:
        if one.fit.members:
            notes.append(
                f"`{one.fit.name}` was trained {len(one.fit.members) + 1} times in one "
                "configuration; the first stands for them."
            )
    return folded, notes


def _is_refit(first: LiveFit, other: LiveFit) -> bool:
    if _goes_on(first, other):
        return True
    if first.configuration != other.configuration:
        return False
    # The same configuration on other training rows but the same held-out texts is a
    # change of the data, and so a variant; a fold of k-fold changes both.
    return _same_rows(first, other) or not _same_held_out(first, other)


def _is_stage(first: LiveFit, later: LiveFit) -> bool:
    """Whether one model is trained in stages (frozen, then compiled again and unfrozen)."""
    return first.model is later.model and first.optimizer is not later.optimizer


def _unreplayable(one: LiveFit, why: str) -> LiveFit:
    note = "; ".join(filter(None, (one.fit.replay_note, why)))
    fit = one.fit.model_copy(update={"replayable": False, "replay_note": note})
    return replace(one, fit=fit)


def _goes_on(first: LiveFit, later: LiveFit) -> bool:
    """Whether `later` is `fit` called again on the same compiled model and data."""
    same = first.model is later.model and first.optimizer is later.optimizer
    return same and _same_rows(first, later)


def _same_rows(one: LiveFit, other: LiveFit) -> bool:
    mine, theirs = one.fit.training, other.fit.training
    return mine is not None and theirs is not None and mine.digest == theirs.digest


def _continued(first: LiveFit, later: LiveFit) -> LiveFit:
    """Join a fit and its continuation (`fit` called again on the same model and data)."""
    history = {
        key: values + later.fit.history.get(key, ())
        for key, values in first.fit.history.items()
    }
    epochs = first.fit.epochs + later.fit.epochs
    settings = first.fit.settings
    joined = first.fit.model_copy(
        update={
            "history": history,
            "epochs": epochs,
            "failed": later.fit.failed,
            "settings": settings and settings.model_copy(update={"epochs": epochs}),
        }
    )
    return replace(first, fit=joined)


def _uniquely_named(fits: Sequence[LiveFit]) -> list[LiveFit]:
    taken: set[str] = set()
    named = []
    for one in fits:
        name, number = one.fit.name, 2
        while name in taken:
            name, number = f"{one.fit.name} ({number})", number + 1
        taken.add(name)
        named.append(replace(one, fit=one.fit.model_copy(update={"name": name})))
    return named


def _named(fits: Sequence[LiveFit], name: str) -> LiveFit:
    for one in fits:
        if one.fit.name == name:
            return one
    known = ", ".join(f"`{one.fit.name}`" for one in fits)
    raise InputError(f"No recorded fit is called `{name}`. The script trained {known}.")
