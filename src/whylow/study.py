"""The path of a study: script → fits → replay → verdict → findings → report.

The one place that knows all stages. It neither prints nor exits.
"""

from __future__ import annotations

import importlib.metadata
import os
import platform
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from whylow import records
from whylow.exceptions import InputError, ReplayError, ScriptError

if TYPE_CHECKING:
    from whylow.capture._groups import Groups
    from whylow.engine import Clock, Replayed
    from whylow.lanes import HeldOut, Lane
    from whylow.live import LiveFit
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
        replay: Whether to train again at all.
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


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a study is.

    Args:
        lanes: Lanes trained, of `lanes_planned`.
        pairs: Whole pairs, of `pairs_planned`.
        differences: Name of each variant → headline difference so far.
        seconds_left: Until the last planned pair or the end of the budget, at this pace.
    """

    lanes: int
    lanes_planned: int
    pairs: int
    pairs_planned: int
    metric: str
    differences: dict[str, float]
    seconds_left: float | None


Watcher = Callable[[Progress], None]


def run(
    script: str | os.PathLike[str],
    args: Sequence[str] = (),
    *,
    options: Options | None = None,
    watcher: Watcher = lambda _: None,
    stdout_to_stderr: bool = False,
    command: str = "run",
) -> records.Report:
    """Run a training script unchanged, train what it trained again in pairs, and report.

    Args:
        script: A `.py` file or a notebook.
        args: Its arguments.
        options: How the study is done.
        watcher: Told after each lane how far it is.
        stdout_to_stderr: Send what the script prints to standard error.
        command: The command that the report names.

    Returns:
        The report.

    Raises:
        InputError: There is no such script, a name or metric is unknown, or the data of a
            fit cannot be judged (one class, NaN).
        ScriptError: The script ended before it trained anything.
    """
    from whylow import keras2
    from whylow.capture._groups import group
    from whylow.capture._recorder import Recorder
    from whylow.capture._script import run_script

    options = options or Options()
    with keras2.stand_ins() as stood_in, Recorder() as recorder:
        outcome = run_script(script, args, stdout_to_stderr=stdout_to_stderr)
    if not recorder.fits:
        raise _no_fit(os.fspath(script), list(args), outcome.error, outcome.exit_status)
    groups = group(recorder.fits, baseline=options.baseline, variants=options.variants)
    for live in groups.fits:
        _refuse_unusable(live.fit)
    comparisons, protocol, notes = _compare(groups, options, watcher)
    return _report(
        command,
        records.Script(path=os.fspath(script), exit_status=outcome.exit_status),
        groups,
        comparisons,
        protocol,
        (*outcome.notes, *stood_in, *groups.notes, *notes),
    )


def _no_fit(
    script: str, args: list[str], error: BaseException | None, exit_status: int
) -> ScriptError:
    from whylow.capture._packages import missing_package

    missing = missing_package(error, script, args)
    if missing is not None:
        return missing
    if isinstance(error, KeyboardInterrupt):
        return ScriptError(f"{script} was interrupted before it trained a model.")
    ours = [arg for arg in args if arg.partition("=")[0] in _OWN_OPTIONS]
    if exit_status and ours:
        return ScriptError(
            f"{script} ended with exit status {exit_status} before it trained a model. "
            f"{ours[0]} stands behind the script's name and went to the script; "
            f"options of whylow stand before it: whylow run {ours[0]} … {script} …"
        )
    if exit_status:
        why = f" ({type(error).__name__})" if error is not None else ""
        return ScriptError(
            f"{script} ended with exit status {exit_status}{why} before it trained a "
            "model; what it printed above says why."
        )
    return ScriptError(
        f"{script} ran to its end and never called `fit` of a Keras model. whylow records "
        "calls of `keras.Model.fit`; it cannot see own training loops or other processes."
    )


_OWN_OPTIONS = frozenset(
    "--budget --max-pairs --metric --smallest-difference --claim --baseline --variant "
    "--format --report --checks-only --no-replay --exit-zero".split()
)


def _refuse_unusable(fit: records.Fit) -> None:
    """Refuse data on which nothing can be told.

    Raises:
        InputError: A value is NaN or infinite, or all labels are of one class.
    """
    for part, split in (("training", fit.training), ("validation", fit.validation)):
        if split is None:
            continue
        if split.nan_count:
            raise InputError(
                f"The {part} data of `{fit.name}` hold {split.nan_count} NaN or infinite "
                "values. Expected finite numbers: fill or drop them before `fit`."
            )
        if split.class_counts is not None and len(split.class_counts) < 2:
            raise InputError(
                f"The {part} labels of `{fit.name}` are all of class "
                f"{next(iter(split.class_counts))}. Expected at least two classes: check "
                "how the labels were read and split."
            )


def _compare(
    groups: Groups, options: Options, watcher: Watcher
) -> tuple[list[records.Comparison], dict[str, Any], list[str]]:
    from whylow import engine, verdict

    if groups.baseline is None or not groups.variants:
        return [], {}, []
    baseline, notes = groups.baseline, []
    held_out, why = _held_out(groups)
    if held_out is None:
        plan = verdict.Plan(
            metric=options.metric or "accuracy", max_pairs=options.max_pairs
        )
    else:
        plan = verdict.declare(
            held_out,
            metric=options.metric,
            smallest=options.smallest_difference,
            max_pairs=options.max_pairs,
            seed=options.seed,
        )
    claims = [
        verdict.claim(baseline.fit, one.fit, options.claim) for one in groups.variants
    ]
    clock = engine.Clock(options.budget)
    replayed = engine.Replayed({}, "pairs", ())
    if held_out is not None and options.replay:
        replayed, unreplayable = _replay(groups, held_out, plan, clock, watcher)
        why = why or unreplayable.get(baseline.fit.name)
        notes += replayed.notes
        notes += [
            f"`{name}` was not trained again: {note}."
            for name, note in unreplayable.items()
        ]
    controls = _controls(baseline, held_out)
    comparisons = []
    for one, claim in zip(groups.variants, claims, strict=True):
        lanes = [replayed.lanes.get(live.fit.name, []) for live in (baseline, one)]
        comparison = verdict.compare(
            baseline.fit,
            one.fit,
            *lanes,
            held_out=held_out,
            plan=plan,
            claim=claim,
            controls=controls,
        )
        reason = why or (one.fit.replay_note if not one.fit.replayable else None)
        if not comparison.pairs:
            step = _what_is_missing(reason, replayed, groups, options)
            comparison = comparison.model_copy(update={"next_step": step})
        comparisons.append(comparison)
    return comparisons, _protocol(plan, options, replayed, clock, held_out), notes


def _held_out(groups: Groups) -> tuple[HeldOut | None, str | None]:
    from whylow import engine

    assert groups.baseline is not None  # noqa: S101  _compare has asked
    try:
        return engine.held_out_of(groups.baseline), None
    except ReplayError as error:
        return None, str(error)


def _replay(
    groups: Groups, held_out: HeldOut, plan: Plan, clock: Clock, watcher: Watcher
) -> tuple[Replayed, dict[str, str]]:
    """Replay what can be; a baseline that cannot leaves nothing to compare with."""
    from whylow import engine

    assert groups.baseline is not None  # noqa: S101  _compare has asked
    fits = [live for live in (groups.baseline, *groups.variants) if live.fit.replayable]
    unreplayable = {
        live.fit.name: live.fit.replay_note or "it could not be held"
        for live in (groups.baseline, *groups.variants)
        if not live.fit.replayable
    }
    if groups.baseline.fit.name in unreplayable or len(fits) < 2:
        return engine.Replayed({}, "pairs", ()), unreplayable
    told = _Told(groups, held_out, plan, clock, watcher, [live.fit.name for live in fits])
    replayed = engine.replay(
        fits,
        classes=len(held_out.class_names),
        pairs=plan.max_pairs,
        seed=plan.seed,
        clock=clock,
        progress=told,
    )
    return replayed, unreplayable


class _Told:
    """Turns finished lanes into `Progress`."""

    def __init__(
        self,
        groups: Groups,
        held_out: HeldOut,
        plan: Plan,
        clock: Clock,
        watcher: Watcher,
        names: list[str],
    ) -> None:
        self._baseline, *self._variants = names
        self._held_out, self._plan, self._clock, self._watcher = (
            held_out,
            plan,
            clock,
            watcher,
        )
        self._differences: dict[str, float] = {}
        self._names = names

    def __call__(self, lanes: dict[str, list[Lane]]) -> None:
        from whylow import verdict

        pairs = min(len(lanes[name]) for name in self._names)
        done = sum(len(some) for some in lanes.values())
        planned = self._plan.max_pairs * len(self._names)
        if pairs and done == pairs * len(self._names):
            for name in self._variants:
                difference = verdict.running_difference(
                    lanes[self._baseline],
                    lanes[name],
                    held_out=self._held_out,
                    plan=self._plan,
                )
                if difference is not None:
                    self._differences[name] = difference
        left = self._clock.spent / done * (planned - done) if pairs else None
        self._watcher(
            Progress(
                lanes=done,
                lanes_planned=planned,
                pairs=pairs,
                pairs_planned=self._plan.max_pairs,
                metric=self._plan.metric,
                differences=dict(self._differences),
                seconds_left=left
                if left is None
                else min(left, max(self._clock.left, 0.0)),
            )
        )


def _controls(baseline: LiveFit, held_out: HeldOut | None) -> tuple[records.Control, ...]:
    from whylow import causes

    training, validation = baseline.training, baseline.validation
    if held_out is None or training is None or validation is None:
        return ()
    linear = causes.linear_control(training.x, training.y, validation.x, held_out)
    return (causes.majority_class(held_out), *([linear] if linear is not None else []))


def _what_is_missing(
    reason: str | None, replayed: Replayed, groups: Groups, options: Options
) -> str:
    if reason is not None:
        return f"No verdict: {reason}."
    if not options.replay:
        return "No verdict: nothing was trained again, as asked."
    if replayed.ended == "interrupt":
        return "No verdict: interrupted before the first pair was done."
    if replayed.ended == "budget":
        seconds = _pair_seconds(groups)
        return (
            f"No verdict: the budget of {options.budget:.0f} s ended before the first pair "
            f"was done. The script took about {seconds:.0f} s for what a pair trains; "
            f"6 pairs need --budget {max(6 * seconds, 60) / 60:.0f}m or so."
        )
    return "No verdict: no pair could be trained; the notes say why."


def _pair_seconds(groups: Groups) -> float:
    """What one training of each fit took the script itself."""
    fits = [live.fit for live in (groups.baseline, *groups.variants) if live is not None]
    return sum((fit.seconds_per_epoch or 0.0) * fit.epochs for fit in fits)


def _protocol(
    plan: Plan, options: Options, replayed: Replayed, clock: Clock, held_out: HeldOut | None
) -> dict[str, Any]:
    ended = {
        "pairs": "all planned pairs are done",
        "budget": "the budget",
        "interrupt": "the person (Ctrl-C)",
    }
    return {
        "metric": plan.metric,
        "smallest_meaningful_difference": plan.smallest_meaningful_difference,
        "looks": list(plan.looks),
        "level": plan.level,
        "pairs_planned": plan.max_pairs if options.replay else 0,
        "seed": plan.seed,
        "budget_seconds": options.budget,
        "seconds_spent": round(clock.spent, 1),
        "ended_by": ended[replayed.ended] if replayed.lanes else None,
        "held_out_texts": None if held_out is None else len(held_out.labels),
        "pairing": "within a pair both fits share the order of the rows and the start of "
        "every weight they have in common; across pairs both vary",
        "training_data": "whole, as the script gave them",
        "epoch_and_threshold": "chosen on one half of the held-out texts and scored on the "
        "other, both ways; halves drawn anew for each pair",
    }


def _report(
    command: str,
    script: records.Script,
    groups: Groups,
    comparisons: Sequence[records.Comparison],
    protocol: dict[str, Any],
    notes: Sequence[str],
) -> records.Report:
    from whylow.checks import run_checks

    fits = tuple(live.fit for live in groups.fits)
    findings, not_run = run_checks(fits, comparisons)
    compared = {comparison.variant for comparison in comparisons}
    suspects = [
        f"{finding.name} ({finding.fit})"
        for finding in findings
        if finding.fit in compared and finding.code.startswith(("WL2", "WL3"))
    ]
    return records.Report(
        command=command,
        script=script,
        fits=fits,
        findings=findings,
        checks_not_run=not_run,
        comparisons=tuple(comparisons),
        causes_not_examined=tuple(suspects),
        notes=tuple(dict.fromkeys(notes)),
        protocol=protocol,
        versions=_versions(),
    )


def _versions() -> dict[str, str]:
    versions = {"python": platform.python_version(), "platform": platform.platform()}
    for package in ("whylow", "keras", "jax", "numpy", "scipy", "scikit-learn"):
        versions[package] = importlib.metadata.version(package)
    if "keras" in sys.modules:
        import keras

        versions["backend"] = keras.backend.backend()
    return versions
