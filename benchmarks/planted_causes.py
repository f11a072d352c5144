"""Comparisons whose causes are known: are they found, and is nobody else blamed?

    python benchmarks/planted_causes.py                 # 63 designs, two minutes
    python benchmarks/planted_causes.py --seeds-only    # what a t interval over seeds does

A text's ease is drawn once; a run answers the text right when ease + what each fault does
to it + luck is above zero. A fault shifts the mean and, text by text, more or less than
that; a decoy is a difference that changes which texts are hard and nothing on average; a
third of the planted faults can be undone by no remedy. So the true effect of each suspect
is known exactly. Suspects are screened on 6 pairs, at most three confirmed on 12 fresh
ones, on the same texts, by the functions that `whylow run` calls.
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import factorial, sqrt
from unittest import mock

import numpy as np
from scipy.special import ndtr
from scipy.stats import binom

from whylow import causes, verdict
from whylow.causes import Screened
from whylow.causes import _effects as effects
from whylow.lanes import HeldOut
from whylow.remedies import Remedy

SUSPECTS, TEXTS, SCREEN, FRESH = 8, 1000, 6, 12
MEAN, EASE, NOISE = 2.2, 1.8, 0.8
FAULT, DECOY = 0.3, 0.8  # how much what each does differs from text to text
SIZES = {"small": 0.25, "middle": 0.5, "large": 0.9}  # 1.6, 3.4 and 6.8 points alone


@dataclass(frozen=True)
class Design:
    """One made comparison.

    Args:
        name: What is planted.
        faults: Shift of each fault that a remedy undoes.
        hidden: Shift of a fault that no remedy undoes.
        together: What the first two faults do together beyond their sum.
        luck: Standard deviation of a run's shift.
    """

    name: str
    faults: tuple[float, ...] = ()
    hidden: float = 0.0
    together: float = 0.0
    luck: float = 0.02


def designs() -> list[Design]:
    """Return 63 designs: one, two or three faults, interacting ones, hidden ones, none."""
    made = []
    for luck in (0.02, 0.06, 0.10):
        for name, size in SIZES.items():
            made.append(Design(f"one, {name}", (size,), luck=luck))
            made.append(Design(f"hidden, {name}", hidden=size, luck=luck))
        for one, two in (("large", "middle"), ("large", "small"), ("middle", "middle")):
            both = (SIZES[one], SIZES[two])
            made.append(Design(f"two, {one} and {two}", both, luck=luck))
            for beyond in (0.3, -0.3):
                kind = "worse" if beyond > 0 else "milder"
                name = f"two, {one} and {two}, {kind} together"
                made.append(Design(name, both, together=beyond, luck=luck))
            made.append(Design(f"hidden beside {two}", (SIZES[two],), 0.7, luck=luck))
        made.append(Design("three", (0.9, 0.6, 0.4), luck=luck))
        made.append(Design("none", luck=luck))
        made.append(Design("hidden, twice", hidden=1.2, luck=luck))
    return made


@dataclass
class Found:
    """What came of many comparisons.

    Args:
        comparisons: How many.
        first: Whether the largest planted fault was ranked first.
        blamed: Whether any decoy was named a cause.
        covered: Whether the 95 % interval of a planted fault held its true effect.
        picked: The same for decoys, of which the screen picks those that look strong.
        shown: The same for all, at the level at which a report shows them.
        remainder: Whether the remainder stood clear of zero where a fault was hidden.
        acquitted: Whether a decoy was acquitted.
    """

    comparisons: int = 0
    first: list[bool] = field(default_factory=list)
    blamed: list[bool] = field(default_factory=list)
    covered: list[bool] = field(default_factory=list)
    shown: list[bool] = field(default_factory=list)
    picked: list[bool] = field(default_factory=list)
    remainder: list[bool] = field(default_factory=list)
    acquitted: list[bool] = field(default_factory=list)

    def add(self, other: Found) -> None:
        """Take in what others found."""
        self.comparisons += other.comparisons
        for name in vars(self).keys() - {"comparisons"}:
            getattr(self, name).extend(getattr(other, name))


def names(design: Design) -> list[str]:
    """Return the suspects: faults that can be undone, then decoys."""
    faults = [f"fault-{number}" for number in range(len(design.faults))]
    return faults + [f"decoy-{number}" for number in range(SUSPECTS - len(faults))]


def chance(design: Design, undone: frozenset[str]) -> float:
    """Return the true accuracy with a set of suspects undone, on all texts there are."""
    present = [name for name in names(design)[: len(design.faults)] if name not in undone]
    shift = sum(design.faults[int(name[-1])] for name in present) + design.hidden
    if {"fault-0", "fault-1"} <= set(present):
        shift += design.together
    # A fault's effect differs from text to text; a decoy has one either way.
    by_text = (len(present) + bool(design.hidden)) * FAULT**2
    by_text += (SUSPECTS - len(design.faults)) * DECOY**2
    spread = sqrt(EASE**2 + by_text + design.luck**2 + NOISE**2)
    return float(ndtr((MEAN - shift) / spread))


def true_effect(design: Design, name: str, factors: Sequence[str]) -> float:
    """Return the Shapley value of undoing a suspect among others, from the true chances."""
    others = [other for other in factors if other != name]
    value = 0.0
    for size in range(len(others) + 1):
        weight = factorial(size) * factorial(len(others) - size) / factorial(len(factors))
        for before in itertools.combinations(others, size):
            undone = frozenset(before)
            gained = chance(design, undone | {name}) - chance(design, undone)
            value += weight * gained
    return value


class World:
    """The texts of one comparison, and runs on them."""

    def __init__(self, design: Design, random: np.random.Generator) -> None:
        self._design, self._random = design, random
        self._ease = random.normal(MEAN, EASE, TEXTS)
        self._present = {
            name: random.normal(0, DECOY if name.startswith("decoy") else FAULT, TEXTS)
            for name in names(design)
        }
        self._decoy = {name: random.normal(0, DECOY, TEXTS) for name in names(design)}
        self._hidden = random.normal(0, FAULT, TEXTS)
        self.held_out = HeldOut(
            labels=np.arange(TEXTS) % 2, class_names=("0", "1"), groups=np.arange(TEXTS)
        )

    def runs(self, undone: frozenset[str], pairs: int) -> np.ndarray:
        """Return which texts the variant gets right with some suspects undone."""
        design = self._design
        score = self._ease.copy()
        present = []
        for name in names(design):
            if name.startswith("decoy"):
                score += (self._decoy if name in undone else self._present)[name]
            elif name not in undone:
                present.append(name)
                score += self._present[name] - design.faults[int(name[-1])]
        if {"fault-0", "fault-1"} <= set(present):
            score -= design.together
        if design.hidden:
            score += self._hidden - design.hidden
        return self._luck(score, pairs)

    def baseline(self, pairs: int) -> np.ndarray:
        """Return which texts the fit before the change gets right."""
        score = self._ease + sum(
            self._decoy[name] for name in names(self._design) if name.startswith("decoy")
        )
        return self._luck(score, pairs)

    def _luck(self, score: np.ndarray, pairs: int) -> np.ndarray:
        run = self._random.normal(0, self._design.luck, (pairs, 1))
        noise = self._random.normal(0, NOISE, (pairs, TEXTS))
        return (score + run + noise > 0).astype(float)


def examine(design: Design, random: np.random.Generator) -> Found:
    """Make one comparison and take it apart as a study does."""
    world = World(design, random)
    plan = verdict.Plan(metric="accuracy")
    nothing: frozenset[str] = frozenset()
    before = world.runs(nothing, SCREEN)
    screened = [
        Screened(
            remedy=_remedy(name),
            code=None,
            gain=world.runs(frozenset([name]), SCREEN) - before,
        )
        for name in names(design)
    ]
    factors = causes.strongest(screened, world.held_out, plan)[:3]
    cells = {
        undone: world.runs(undone, FRESH) - baseline
        for baseline in [world.baseline(FRESH)]
        for undone in _subsets(factors)
    }
    attributed = causes.attribute(
        screened,
        cells if factors else {},
        factors,
        held_out=world.held_out,
        plan=plan,
        fit="variant",
        worse=True,
    )
    named = [cause.remedy for cause in attributed.causes if cause.role == "cause"]
    found = Found(comparisons=1, blamed=[any(one.startswith("decoy") for one in named)])
    if design.faults:
        largest = max(design.faults)
        top = int(named[0][-1]) if named and named[0].startswith("fault") else None
        found.first.append(top is not None and design.faults[top] == largest)
    contrasts = effects.shapley(cells, factors) if factors else {}
    for name, values in contrasts.items():
        true = true_effect(design, name, factors)
        one = effects.effect(values, world.held_out, plan)
        planted = name.startswith("fault")
        (found.covered if planted else found.picked).append(one.low <= true <= one.high)
        one = effects.effect(values, world.held_out, plan, sharing=SUSPECTS)
        found.shown.append(one.low <= true <= one.high)
    if design.hidden and attributed.remainder is not None:
        found.remainder.append((attributed.remainder.high or 0.0) < 0)
    found.acquitted += [
        cause.role == "acquitted"
        for cause in attributed.causes
        if cause.remedy.startswith("decoy")
    ]
    return found


def _subsets(factors: Sequence[str]) -> Iterator[frozenset[str]]:
    for size in range(len(factors) + 1):
        yield from map(frozenset, itertools.combinations(factors, size))


def _remedy(name: str) -> Remedy:
    return Remedy(name=name, does=name, page=name, code=name, change=lambda live: live)


def seeds_only(values: np.ndarray, held_out: HeldOut, metric: str) -> verdict.Crossed:
    """Return the variance of a mean from its rows alone, as a t interval has it."""
    rows = values.mean(1)
    pairs = len(rows)
    variance = float(rows.var(ddof=1) / pairs)
    return verdict.Crossed(
        mean=float(rows.mean()),
        pairs=pairs,
        seeds=variance,
        texts=0.0,
        both=0.0,
        variance=variance,
        degrees=pairs - 1,
    )


def study(replicates: int, *, seed: int = 0, crossed: bool = True) -> dict[str, Found]:
    """Examine every design a number of times; the luck of training apart from the kind."""
    found: dict[str, Found] = {}
    how = mock.patch.object(effects, "crossed", effects.crossed if crossed else seeds_only)
    with how:
        for number, design in enumerate(designs()):
            for replicate in range(replicates):
                random = np.random.default_rng([seed, number, replicate])
                kind = found.setdefault(design.name, Found())
                kind.add(examine(design, random))
    return found


def whole(found: dict[str, Found]) -> Found:
    """Return all designs together."""
    together = Found()
    for one in found.values():
        together.add(one)
    return together


def covers(covered: Sequence[bool], share: float = 0.95) -> bool:
    """Whether so many covered intervals are consistent with a share (two-sided, 1 %)."""
    number, hits = len(covered), sum(covered)
    low, high = binom.ppf([0.005, 0.995], number, share)
    return bool(low <= hits <= high)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--replicates", type=int, default=20, help="of each design")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seeds-only", action="store_true", help="a t interval over seeds")
    options = parser.parse_args()
    found = study(options.replicates, seed=options.seed, crossed=not options.seeds_only)
    print(f"{len(designs())} designs, {options.replicates} comparisons each\n")
    print(
        "| planted | comparisons | ranked first | decoy blamed | intervals cover | rest |"
    )
    print("|---|---:|---:|---:|---:|---:|")
    for name, one in [*found.items(), ("**all**", whole(found))]:
        cells = [one.first, one.blamed, one.covered, one.remainder]
        said = [f"{100 * np.mean(cell):.1f} %" if cell else "" for cell in cells]
        said[2] += f" of {len(one.covered)}" if one.covered else ""
        print(f"| {name} | {one.comparisons} | {' | '.join(said)} |")
    together = whole(found)
    for said, cell in (
        ("planted faults, 95 %", together.covered),
        ("decoys that the screen picked, 95 %", together.picked),
        (f"all as shown, {100 * (1 - 0.05 / SUSPECTS):.1f} %", together.shown),
    ):
        print(f"\nintervals of {said}: {100 * np.mean(cell):.1f} % of {len(cell)} cover")
    print(f"\nconsistent with 95 %: {covers(together.covered)}")
    print(f"decoys acquitted: {100 * np.mean(together.acquitted):.0f} %")


if __name__ == "__main__":
    main()
