"""Error findings put to the test: the same training with the fault undone.

A finding says what is wrong by rule. Where a remedy undoes just that, the fit is trained
twice from one start, in one order, for equally many epochs: as it stands (the placebo) and
with the remedy. Only what the remedy gains over the placebo confirms the finding.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from whylow import engine, remedies
from whylow.capture._groups import Groups
from whylow.exceptions import ReplayError
from whylow.lanes import HeldOut, Lane
from whylow.live import LiveFit
from whylow.probes._skill import RARE, Scored, Target, score
from whylow.records import Finding
from whylow.study._interrupts import finishing
from whylow.study._options import Options

# Skill of the trial with the change, as evidence calls it: found by training with and
# without it already, so that nothing is left to confirm.
_OF_TRIAL = ("skill_lower", "skill_changed", "skill_ordinary", "skill_scaled")
# Skill is 0 for the best constant answer, 1 for all right. Two trainings of one model on
# some hundred held-out rows seldom differ by more than this.
LEAST_GAIN = 0.1
# A model that knows this much, and gains less than this, does well with the fault.
KNOWS, HARMLESS = 0.5, 0.02
_LEAST_SECONDS = 20.0
# Texts of a rare class below which no order of them is told from luck.
_FEWEST_OF_A_CLASS = 15


@dataclass(frozen=True)
class Confirmation:
    """What came of one finding: the finding as it now stands, and the skill gained."""

    finding: Finding
    gain: float = 0.0


def confirmed(
    groups: Groups, findings: Sequence[Finding], options: Options, clock: engine.Clock
) -> tuple[Finding, ...]:
    """Confirm or refute error findings, and order them by what their remedies gain.

    Args:
        groups: The fits of the study.
        findings: As the checks gave them.
        options: How the study is done; `confirm` says whether this is.
        clock: The budget of the study. All confirmations together take no longer than
            the fits themselves took, or 20 s.

    Returns:
        The findings, errors first. Those that were tried stand by what was gained, each
        in a place that one of them had: one that could not be tried keeps its own. A
        refuted one is an info.
    """
    errors = [one for one in findings if one.severity == "error" and one.allowed is None]
    if not options.confirm or not errors:
        return tuple(findings)
    live = {one.fit.name: one for one in groups.fits}
    own = sum((one.fit.seconds_per_epoch or 0.0) * one.fit.epochs for one in groups.fits)
    box = engine.Clock(min(max(_LEAST_SECONDS, own), clock.left))
    outcomes = [
        _one(error, live.get(error.fit or ""), options.seed, box) for error in errors
    ]
    with finishing():
        standing = _by_gain([one for one in outcomes if one.finding.severity == "error"])
        refuted = [one.finding for one in outcomes if one.finding.severity != "error"]
        rest = [one for one in findings if one not in errors]
        return (*(one.finding for one in standing), *rest, *refuted)


def _by_gain(outcomes: list[Confirmation]) -> list[Confirmation]:
    """Sort those with a gain among their own places; an untried rule may be right too."""
    places = [place for place, one in enumerate(outcomes) if one.gain > 0]
    # Sorting is stable: the order of the checks stays among equal gains.
    ordered = sorted((outcomes[place] for place in places), key=lambda one: -one.gain)
    for place, one in zip(places, ordered, strict=True):
        outcomes[place] = one
    return outcomes


def _one(
    finding: Finding, live: LiveFit | None, seed: int, box: engine.Clock
) -> Confirmation:
    tried = _gain_of_trial(finding)
    if tried is not None:
        return Confirmation(finding.model_copy(update={"confirmed": "confirmed"}), tried)
    if live is None or not live.fit.replayable:
        return Confirmation(finding)
    changed = _undone(finding, live)
    if changed is None:
        return Confirmation(finding)
    try:
        held_out = engine.held_out_of(live)
    except ReplayError:
        return Confirmation(finding)
    if _too_few_of_a_class(held_out):
        return Confirmation(finding)
    replayed = engine.replay(
        (live, changed),
        classes=len(held_out.class_names),
        seed=seed,
        clock=box,
        pairs_to_reach=lambda lanes: None if all(lanes.values()) else 1,
    )
    lanes = [replayed.lanes.get(one.fit.name, []) for one in (live, changed)]
    if not all(lanes):
        return Confirmation(finding)
    return judged(finding, *(_scored(one[0], held_out) for one in lanes))


def _too_few_of_a_class(held_out: HeldOut) -> bool:
    """Whether skill would be the order of a handful of texts, and a matter of luck."""
    if held_out.kind in ("numbers", "sets"):
        return False
    counts = np.bincount(held_out.labels.astype(int), minlength=len(held_out.class_names))
    return counts.max() > RARE * counts.sum() and counts.min() < _FEWEST_OF_A_CLASS


def _gain_of_trial(finding: Finding) -> float | None:
    evidence = finding.evidence
    after = next(
        (evidence[key] for key in _OF_TRIAL if evidence.get(key) is not None), None
    )
    return None if after is None else after - max(evidence.get("skill") or 0.0, 0.0)


def _undone(finding: Finding, live: LiveFit) -> LiveFit | None:
    for remedy in remedies.for_code(finding.code):
        if remedy.kind != "fix":
            continue
        try:
            return remedy.apply(live)
        except remedies.NotApplicable:
            continue
    return None


def judged(finding: Finding, as_it_stands: Scored, undone: Scored) -> Confirmation:
    """Return the finding with what two trainings tell of it."""
    before, after = as_it_stands.skill or 0.0, undone.skill or 0.0
    gain = after - before
    if gain >= LEAST_GAIN:
        told = f"{_written(as_it_stands)}, {_written(undone)} with the fault undone"
        message = f"{finding.message} Trained again: {told}."
        update = {"confirmed": "confirmed", "message": message}
        return Confirmation(finding.model_copy(update=update), gain)
    if before >= KNOWS and gain <= HARMLESS:
        told = f"{_written(as_it_stands)} with it, {_written(undone)} without"
        message = f"{finding.message} Present, harmless here: {told}."
        update = {"confirmed": "refuted", "message": message, "severity": "info"}
        return Confirmation(finding.model_copy(update=update), gain)
    return Confirmation(finding)


def _written(scored: Scored) -> str:
    if scored.accuracy is not None:
        return f"accuracy {scored.accuracy:.3f}"
    return f"skill {scored.skill or 0.0:.3f}"


def _scored(lane: Lane, held_out: HeldOut) -> Scored:
    """Score the last epoch; what failed is the best constant answer."""
    if lane.failed is not None or not len(lane.probabilities):
        return Scored(None, None, 0.0)
    output = np.asarray(lane.probabilities[-1], "float64")
    output = output.reshape(len(output), -1)
    labels = held_out.labels
    if held_out.chosen_on is not None:  # the test part is not for this question
        output, labels = output[held_out.chosen_on], labels[held_out.chosen_on]
    if held_out.kind == "numbers":
        return score(Target("numbers", labels.reshape(len(labels), -1)), output)
    if held_out.kind == "sets":
        return score(Target("several", labels.astype("float64")), output)
    return score(Target("classes", labels.astype(int), len(held_out.class_names)), output)
