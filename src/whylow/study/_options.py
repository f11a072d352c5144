"""How a study is done, and how far it is."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from whylow.remedies import Remedy
from whylow.verdict import Plan


@dataclass(frozen=True, kw_only=True)
class Options:
    """How a study is done.

    Args:
        budget: Seconds that retraining may take; `None` for no end.
        max_pairs: Pairs to train at most.
        seed: All randomness of the study comes from it.
        metric: Headline metric; by default the one that fits the classes.
        smallest_difference: The smallest difference that matters, in the metric's unit.
        claim: What was claimed, as `"val_accuracy@2"`; by default the training part of the
            metric that the script reports first, at the last common epoch.
        baseline: Name of the fit to compare with, instead of the first.
        variants: Names of the fits to compare, instead of all that belong to it.
        replay: Whether to train again for a verdict.
        confirm: Whether to train again to confirm error findings.
        allow: Code of a check → why its findings count for nothing
            (`whylow.checks.allowances`).
        remedies: Remedies of the person's own (`whylow.remedies.own`), measured first.
        test: A file of more labelled texts, which then are scored, while epoch and
            threshold are chosen on the script's validation part: `.npz` with the arrays
            `x` and `y` as the models take them, or a table with the columns `text` and
            `label`.
        prepare: Name of the script's function that makes of a list of such texts what
            `fit` takes as `x`.
        keep_going: Whether training may go on past 24 pairs, with an interval that holds
            at any number of them.
        workers: Processes to train lanes in; with 1, the lanes are threads of this one.
    """

    budget: float | None = 1200.0
    max_pairs: int = 6
    seed: int = 0
    metric: str | None = None
    smallest_difference: float | None = None
    claim: str | None = None
    baseline: str | None = None
    variants: Sequence[str] = ()
    replay: bool = True
    confirm: bool = True
    allow: Mapping[str, str] = field(default_factory=dict)
    remedies: Sequence[Remedy] = ()
    test: str | os.PathLike[str] | None = None
    prepare: str | None = None
    keep_going: bool = False
    workers: int = 1


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a study is.

    Args:
        lanes: Lanes trained, of `lanes_planned`.
        pairs: Whole pairs, of `pairs_planned`.
        differences: Name of each variant → headline difference so far.
        seconds_left: Until the last planned pair or the end of the budget, at this pace.
        declared: What was declared before training, in words; said once, at the start.
        stage: What is being trained, in words.
    """

    lanes: int
    lanes_planned: int
    pairs: int
    pairs_planned: int
    metric: str
    differences: dict[str, float]
    seconds_left: float | None
    declared: str = ""
    stage: str = "retraining in pairs"

    @classmethod
    def declaring(cls, said: str, plan: Plan) -> Self:
        """Return the progress before the first lane."""
        return cls(
            lanes=0,
            lanes_planned=0,
            pairs=0,
            pairs_planned=plan.max_pairs,
            metric=plan.metric,
            differences={},
            seconds_left=None,
            declared=said,
        )


Watcher = Callable[[Progress], None]
