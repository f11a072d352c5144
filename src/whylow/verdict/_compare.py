"""Baseline against variant: from matched lanes to the record that the report shows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from whylow.lanes import HeldOut, Lane
from whylow.records import (
    Claim,
    Comparison,
    Control,
    Fit,
    Run,
)
from whylow.verdict import _words
from whylow.verdict._crossfit import CrossFitted, crossfit
from whylow.verdict._halves import halves
from whylow.verdict._influence import influence
from whylow.verdict._judge import judge
from whylow.verdict._ladder import held_out_history, ladder_of_histories, ladder_of_pairs
from whylow.verdict._plan import Plan
from whylow.verdict._rerun import chance_worse, outliers
from whylow.verdict._scores import needs_calibration, reported_metrics, score
from whylow.verdict._self_test import against_itself
from whylow.verdict._texts import scored_part

_Pair = tuple[Lane, Lane]


def matched(baseline: Sequence[Lane], variant: Sequence[Lane]) -> list[_Pair]:
    """Return the lanes whose pair number both sides have, in order of that number."""
    by_number = {lane.pair: lane for lane in variant}
    both = [(lane, by_number[lane.pair]) for lane in baseline if lane.pair in by_number]
    return sorted(both, key=lambda pair: pair[0].pair)


def compare(
    baseline: Fit,
    variant: Fit,
    baseline_lanes: Sequence[Lane],
    variant_lanes: Sequence[Lane],
    *,
    held_out: HeldOut | None,
    plan: Plan,
    claim: Claim | None,
    controls: Sequence[Control] = (),
) -> Comparison:
    """Return the comparison of two fits from the pairs that both were trained in.

    Epoch and threshold of each lane are chosen on one half of the held-out texts and scored
    on the other, both ways; or on the texts that `held_out` sets aside for it. A lane that
    failed counts as always answering the majority class.

    Args:
        baseline: The fit before the change.
        variant: The fit after it.
        baseline_lanes: Replays of the baseline.
        variant_lanes: Replays of the variant; equal `pair` numbers belong together.
        held_out: The texts that all lanes predict; None where there are none.
        plan: What was declared before training.
        claim: What the person saw.
        controls: Reference levels on the same texts.
    """
    lanes = matched(baseline_lanes, variant_lanes) if held_out is not None else []
    claimed = claim.metric if claim is not None else "accuracy"
    common = {
        "baseline": baseline.name,
        "variant": variant.name,
        "metric": plan.metric,
        "smallest_meaningful_difference": plan.smallest_meaningful_difference,
        "pairs": len(lanes),
        "looks": plan.looks,
        "claim": claim,
        "controls": tuple(controls),
    }
    if held_out is None or not lanes:
        step = _words.next_step(
            None, plan=plan, baseline=baseline.name, variant=variant.name, pairs=0
        )
        views = ladder_of_histories(claimed, baseline, variant)
        return Comparison(**common, ladder=views, next_step=step)

    fitted = [_fit_pair(pair, held_out, plan) for pair in lanes]
    # What is scored is looked at once, at the chosen epoch; curves show the rest.
    watched = [[held_out_history(lane, held_out) for lane in pair] for pair in lanes]
    if held_out.chosen_on is not None:
        lanes = [(_scored(a, held_out), _scored(b, held_out)) for a, b in lanes]
        held_out = scored_part(held_out)
    names = dict.fromkeys((*reported_metrics(held_out), plan.metric))
    scores = {
        name: np.array([[score(name, f, held_out) for f in pair] for pair in fitted])
        for name in names
    }
    headline = scores[plan.metric]
    sides = np.stack(
        [[influence(plan.metric, side, held_out) for side in pair] for pair in fitted]
    )
    values = sides[:, 1] - sides[:, 0]
    judged = judge(values, headline, held_out=held_out, plan=plan, variant=variant.name)
    itself = against_itself(sides[:, 0], held_out, plan.metric)
    runs = tuple(
        _run(fit, lane, cross, float(headline[number, side]), watched[number][side])
        for number, (pair, crosses) in enumerate(zip(lanes, fitted, strict=True))
        for side, (fit, lane, cross) in enumerate(
            zip((baseline, variant), pair, crosses, strict=True)
        )
    )
    step = _words.next_step(
        judged.verdict,
        plan=plan,
        baseline=baseline.name,
        variant=variant.name,
        pairs=len(lanes),
        settled_by=judged.settled_by,
        texts=len(held_out.labels),
    )
    standing_out = {(run.fit, run.pair) for run in outliers(runs)}
    runs = tuple(
        run.model_copy(update={"stands_out": (run.fit, run.pair) in standing_out})
        for run in runs
    )
    remarks = [
        *judged.warnings,
        _words.standing_out(runs),
        _words.small_claim(claim, plan=plan),
    ]
    if itself is not None and not itself["passed"]:
        remarks.insert(0, _words.not_itself(baseline.name, itself["estimate"], plan))
    made = Comparison(
        **common,
        ladder=ladder_of_pairs(claimed, lanes, fitted, held_out, plan.level),
        difference=judged.difference,
        difference_these_texts=judged.these_texts,
        metrics={
            fit.name: {name: _mean(both[:, side]) for name, both in scores.items()}
            for side, fit in enumerate((baseline, variant))
        },
        noise=judged.noise,
        self_test={} if itself is None else {"baseline_against_itself": itself},
        verdict=judged.verdict,
        provisional=judged.difference.scope != "new texts",
        sentence=judged.sentence,
        next_step=step,
        remarks=tuple(remark for remark in remarks if remark),
        runs=runs,
    )
    return made.model_copy(update={"chance_worse": chance_worse(made)})


def running_difference(
    baseline_lanes: Sequence[Lane],
    variant_lanes: Sequence[Lane],
    *,
    held_out: HeldOut,
    plan: Plan,
) -> float | None:
    """Return the headline difference over the pairs so far, for a progress bar.

    Computes nothing but the headline; None before the first pair.
    """
    differences = []
    scored = scored_part(held_out)
    for pair in matched(baseline_lanes, variant_lanes):
        a, b = _fit_pair(pair, held_out, plan, needs_calibration(plan.metric, held_out))
        differences.append(score(plan.metric, b, scored) - score(plan.metric, a, scored))
    return float(np.mean(differences)) if differences else None


def _fit_pair(
    pair: _Pair, held_out: HeldOut, plan: Plan, calibrate: bool = True
) -> tuple[CrossFitted, CrossFitted]:
    half = halves(held_out, seed=plan.seed, pair=pair[0].pair)
    a, b = (crossfit(lane, held_out, half, calibrate=calibrate) for lane in pair)
    return a, b


def _scored(lane: Lane, held_out: HeldOut) -> Lane:
    """Return a lane's predictions of the fixed test part alone."""
    assert held_out.chosen_on is not None  # noqa: S101  asked for only then
    kept, steps = ~held_out.chosen_on, lane.steps_positive
    outputs = np.asarray(lane.probabilities)
    return replace(
        lane,
        probabilities=outputs[:, kept] if len(outputs) else outputs,
        steps_positive=None if steps is None else steps[:, kept],
    )


def _run(
    fit: Fit,
    lane: Lane,
    cross: CrossFitted,
    headline: float,
    watched: Mapping[str, Sequence[float]],
) -> Run:
    logs = {**lane.history, **watched}
    return Run(
        fit=fit.name,
        pair=lane.pair,
        seed=lane.seed,
        score=headline if math.isfinite(headline) else None,
        epochs_chosen=() if cross.failed else tuple(epoch + 1 for epoch in cross.epochs),
        history={
            key: tuple(
                float(v) if v is not None and math.isfinite(v) else None for v in values
            )
            for key, values in logs.items()
        },
        failed=cross.failed,
    )


def _mean(values: np.ndarray) -> float | None:
    mean = float(values.mean())
    return mean if math.isfinite(mean) else None
