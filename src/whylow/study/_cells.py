"""Which cells to train: how many suspects the budget bears, and the full factorial."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from whylow import causes
from whylow.causes import Suspect
from whylow.live import LiveFit
from whylow.remedies import NotApplicable

MOST_FACTORS = 3
# Fewer fresh pairs than this confirm little; fewer suspects are taken instead.
FEWEST_FRESH = 6
_FEWEST_AT_ALL = 4
# Cells of one suspect: both fits, and the suspect undone where each has it.
_ONE_SUSPECT = 4


@dataclass(frozen=True)
class Factorial:
    """All sets of a few suspects, undone in the variant and where shared in the baseline.

    Args:
        names: The suspects.
        variant: Set undone → changed variant.
        baseline: Set of shared suspects undone → changed baseline.
        shared: The suspects that the baseline has too.
        pairs: Fresh pairs to train.
        apart: Suspects of which only one can be undone at a time with a stronger one
            (two layers for one place): a cell of each alone, and in no set.
    """

    names: list[str]
    variant: dict[frozenset[str], LiveFit]
    baseline: dict[frozenset[str], LiveFit]
    shared: frozenset[str]
    pairs: int
    apart: tuple[str, ...] = ()

    def fits(self) -> list[LiveFit]:
        """Return all cells."""
        return [*self.baseline.values(), *self.variant.values()]

    def gaps(self, values: Mapping[str, np.ndarray]) -> dict[frozenset[str], np.ndarray]:
        """Return the difference with each set undone, from the values of each fit."""
        return causes.gap_cells(
            {undone: values[live.fit.name] for undone, live in self.variant.items()},
            {undone: values[live.fit.name] for undone, live in self.baseline.items()},
            self.shared,
        )

    def time_ratio(self, name: str, seconds: Mapping[str, float]) -> float | None:
        """Return the seconds of a lane with a suspect undone over those without."""
        if name not in (*self.names, *self.apart):
            return None
        cells = (self.variant[frozenset([name])], self.variant[frozenset()])
        undone, before = (seconds.get(live.fit.name) for live in cells)
        return undone / before if undone and before else None


def affordable(
    suspects: Sequence[Suspect], per_lane: float, pairs: int, left: float
) -> tuple[list[Suspect], list[tuple[Suspect, float]]]:
    """Return the suspects that can be screened in the time that is left, and the others.

    To undo suspects comes first. What time that leaves goes to planting differences into
    the baseline, the likeliest first; suspects lose `planted` where there is none.

    Args:
        suspects: The likeliest first.
        per_lane: Seconds that one lane takes.
        pairs: Pairs to train of each.
        left: Seconds.

    Returns:
        Those to screen, and the others with the seconds that all up to each would take.
    """

    def seconds(*fits: LiveFit | None) -> float:
        return pairs * sum(per_lane * _epochs(live) for live in fits if live is not None)

    chosen: list[Suspect] = []
    too_many: list[tuple[Suspect, float]] = []
    needed, left_over = 0.0, left
    for one in suspects:
        needed += seconds(one.variant, one.baseline)
        if needed > left:
            too_many.append((one, needed))
        else:
            chosen.append(one)
            left_over = left - needed
    for place, one in enumerate(chosen):
        left_over -= seconds(one.planted)
        if left_over < 0:
            chosen[place:] = [replace(each, planted=None) for each in chosen[place:]]
            break
    return chosen, too_many


def _epochs(live: LiveFit) -> float:
    """Return how many times as long a fit trains as it was recorded, by its epochs."""
    settings = live.fit.settings
    planned = settings.epochs if settings is not None else 1
    return max(planned / max(live.fit.epochs, 1), 0.5)


def factorial(
    baseline: LiveFit,
    variant: LiveFit,
    suspects: Sequence[Suspect],
    *,
    pairs: int,
    per_lane: float,
    left: float,
) -> Factorial | None:
    """Return the factorial of as many of the strongest suspects as the budget bears.

    Those that cannot be undone together with a stronger one get a cell of their own.

    Args:
        baseline: The fit before the change.
        variant: The fit after it.
        suspects: Those worth confirming, the strongest first.
        pairs: Fresh pairs wanted.
        per_lane: Seconds that one lane takes.
        left: Seconds.
    """
    for most in range(MOST_FACTORS, 0, -1):
        found = _cells(baseline, variant, suspects, most)
        if found is None:
            return None
        bearable = left / (per_lane * len(found.fits())) if per_lane else pairs
        fewest = FEWEST_FRESH if len(found.fits()) > _ONE_SUSPECT else _FEWEST_AT_ALL
        if bearable >= fewest:
            return replace(found, pairs=int(min(pairs, bearable)))
    return None


def _cells(
    baseline: LiveFit, variant: LiveFit, suspects: Sequence[Suspect], most: int
) -> Factorial | None:
    together: list[Suspect] = []
    apart: list[Suspect] = []
    in_variant = {frozenset[str](): variant}
    in_baseline = {frozenset[str](): baseline}
    for one in suspects:
        if len(together) + len(apart) == most:
            break
        if any(_alternatives(one, other) for other in together):
            apart.append(one)
            continue
        try:
            more = _extended(in_variant, one)
            more_baseline = _extended(in_baseline, one) if one.baseline else {}
        except NotApplicable:
            apart.append(one)
            continue
        in_variant |= more
        in_baseline |= more_baseline
        together.append(one)
    if not together:
        return None
    for one in apart:
        in_variant[frozenset([one.remedy.name])] = one.variant
        if one.baseline is not None:
            in_baseline[frozenset([one.remedy.name])] = one.baseline
    return Factorial(
        names=[one.remedy.name for one in together],
        variant=in_variant,
        baseline=in_baseline,
        shared=frozenset(
            one.remedy.name for one in (*together, *apart) if one.baseline is not None
        ),
        pairs=0,
        apart=tuple(one.remedy.name for one in apart),
    )


def _alternatives(one: Suspect, other: Suspect) -> bool:
    """Whether undoing both, in either order, is undoing one of them.

    The effect of either would then be counted as nothing half of the time.
    """
    alone = [causes.as_trained(each.variant) for each in (one, other)]
    try:
        both = [one.remedy.apply(other.variant), other.remedy.apply(one.variant)]
    except NotApplicable:
        return True
    return any(causes.as_trained(each) in alone for each in both)


def _extended(
    cells: Mapping[frozenset[str], LiveFit], one: Suspect
) -> dict[frozenset[str], LiveFit]:
    """Return each cell with one suspect more undone.

    Raises:
        NotApplicable: In one of them it cannot be.
    """
    return {
        undone | {one.remedy.name}: one.remedy.apply(live) for undone, live in cells.items()
    }
