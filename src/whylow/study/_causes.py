"""Causes: which variant is taken apart, by which suspects, and what was in the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from whylow import causes, engine, records
from whylow.capture._groups import Groups
from whylow.live import LiveFit
from whylow.study._examination import Caused, Examination
from whylow.study._interrupts import finishing
from whylow.study._options import Options, Watcher
from whylow.study._pairs import Compared
from whylow.study._screening import SCREEN_PAIRS


def find_causes(
    groups: Groups,
    compared: Compared,
    findings: Sequence[records.Finding],
    options: Options,
    watcher: Watcher,
    clock: engine.Clock,
) -> Caused:
    """Measure what carries the difference of one variant.

    Args:
        groups: Baseline and variants.
        compared: Their comparison, with its lanes.
        findings: What the checks found; their remedies are suspects.
        options: How the study is done.
        watcher: Told after each lane how far it is.
        clock: The budget of the whole study.
    """
    if groups.baseline is None or not groups.variants:
        return Caused()
    variant = _taken_apart(groups, compared)
    with finishing():
        found, refused = causes.suspects(
            groups.baseline, variant, findings, options.remedies
        )
    names = [suspect.remedy.name for suspect in found]
    others = tuple(
        f"`{other.fit.name}`: the difference of one variant is taken apart, "
        f"`{variant.fit.name}` here; name this one with --variant {other.fit.name}"
        for other in groups.variants
        if other is not variant
    )
    why = _why_not(groups.baseline, variant, compared, options)
    if why is not None or compared.plan is None or compared.held_out is None:
        reason = why or "nothing was compared"
        return Caused(
            not_examined=(*(f"{name}: {reason}" for name in names), *refused, *others)
        )
    examination = Examination(
        groups.baseline, variant, compared, compared.plan, compared.held_out, clock
    )
    examination.run(found, watcher, options.workers)
    with finishing():
        caused = examination.caused()
    return replace(caused, not_examined=(*caused.not_examined, *refused, *others))


def _taken_apart(groups: Groups, compared: Compared) -> LiveFit:
    """Return the variant to take apart: the first that is worse, else better, else first.

    One, as each takes as long as the comparison of several variants: the time goes into
    one answer that holds rather than into several that do not.
    """
    verdicts = {one.variant: one.verdict for one in compared.comparisons}
    wanted = ("worse", "better", "cannot-tell-yet", "no-meaningful-difference", None)
    return min(groups.variants, key=lambda live: wanted.index(verdicts.get(live.fit.name)))


def _why_not(
    baseline: LiveFit, variant: LiveFit, compared: Compared, options: Options
) -> str | None:
    lanes = compared.lanes
    if not options.replay:
        return "nothing was trained again"
    if compared.interrupted:
        return "the study was interrupted"
    done = min(len(lanes.get(live.fit.name, ())) for live in (baseline, variant))
    if done < SCREEN_PAIRS:
        return f"it takes {SCREEN_PAIRS} pairs, of which there are {done}"
    return None
