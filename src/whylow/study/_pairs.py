"""Baseline against variants: replay in pairs, look, stop, compare."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from whylow import causes, engine, records, verdict
from whylow.capture._groups import Groups
from whylow.exceptions import ReplayError
from whylow.lanes import HeldOut, Lane
from whylow.live import LiveFit
from whylow.study._interrupts import finishing
from whylow.study._options import Options, Progress, Watcher


@dataclass(frozen=True)
class Compared:
    """What came of a study's comparisons.

    Args:
        comparisons: One a variant.
        protocol: The rules, and how the budget was used.
        notes: What the report has to say about it.
        plan: What was declared; `None` where nothing could be compared.
        held_out: The texts that all lanes predict.
        lanes: Name of each fit → its lanes, in the order of the pairs.
        interrupted: Whether the person ended it, so that nothing is to follow.
    """

    comparisons: tuple[records.Comparison, ...] = ()
    protocol: dict[str, Any] | None = None
    notes: tuple[str, ...] = ()
    plan: verdict.Plan | None = None
    held_out: HeldOut | None = None
    lanes: Mapping[str, Sequence[Lane]] = field(default_factory=dict)
    interrupted: bool = False


def compare_in_pairs(
    groups: Groups, options: Options, watcher: Watcher, clock: engine.Clock
) -> Compared:
    """Compare each variant with the baseline.

    Args:
        groups: Baseline and variants.
        options: How the study is done.
        watcher: Told after each lane how far it is.
        clock: The time that the comparisons may take.

    Raises:
        InputError: The metric or the claim is unknown.
    """
    if groups.baseline is None or not groups.variants:
        return Compared()
    return _Study(groups.baseline, groups.variants, options, watcher, clock).compared()


class _Study:
    """One baseline, its variants and the plan that all comparisons share."""

    def __init__(
        self,
        baseline: LiveFit,
        variants: Sequence[LiveFit],
        options: Options,
        watcher: Watcher,
        clock: engine.Clock,
    ) -> None:
        self._baseline, self._variants = baseline, variants
        self._options, self._watcher = options, watcher
        self._why_no_verdict: str | None = None
        self._held_out = self._hold_out()
        self._plan = self._declare()
        self._claims = [verdict.claim(baseline.fit, v.fit, options.claim) for v in variants]
        self._clock = clock
        self._differences: dict[str, float] = {}
        self._controls: tuple[records.Control, ...] = ()

    def compared(self) -> Compared:
        """Replay, and compare what was replayed."""
        self._controls = _controls(self._baseline, self._held_out)
        self._announce()
        replayed, unreplayable = self._replay()
        with finishing():
            return self._summed_up(replayed, unreplayable)

    def _summed_up(
        self, replayed: engine.Replayed, unreplayable: dict[str, str]
    ) -> Compared:
        comparisons = []
        for live, comparison in zip(
            self._variants, self._comparisons(replayed.lanes), strict=True
        ):
            if not comparison.pairs:
                step = self._what_is_missing(replayed, unreplayable.get(live.fit.name))
                comparison = comparison.model_copy(update={"next_step": step})
            comparisons.append(
                verdict.self_tested(comparison, replayed.lanes, replayed.repeated)
            )
        notes = [
            f"`{name}` was not trained again: {why}." for name, why in unreplayable.items()
        ]
        return Compared(
            comparisons=tuple(comparisons),
            protocol=self._protocol(replayed),
            notes=(*replayed.notes, *notes),
            plan=None if self._held_out is None else self._plan,
            held_out=self._held_out,
            lanes=replayed.lanes,
            interrupted=replayed.ended == "interrupt",
        )

    # Before training ------------------------------------------------------------------

    def _hold_out(self) -> HeldOut | None:
        try:
            return engine.held_out_of(self._baseline)
        except ReplayError as error:
            self._why_no_verdict = str(error)
            return None

    def _declare(self) -> verdict.Plan:
        options = self._options
        if self._held_out is None:
            return verdict.Plan(metric="accuracy", max_pairs=options.max_pairs)
        return verdict.declare(
            self._held_out,
            metric=options.metric,
            smallest=options.smallest_difference,
            max_pairs=options.max_pairs,
            seed=options.seed,
            variants=len(self._variants),
            keep_going=options.keep_going,
            budget=options.budget,
        )

    def _announce(self) -> None:
        """Say what is declared, before anything that could bend it is known."""
        if self._held_out is not None and self._options.replay:
            said = verdict.declaration(
                self._plan, self._held_out, self._baseline.fit, self._claims
            )
            self._watcher(Progress.declaring(said, self._plan))

    # Training -------------------------------------------------------------------------

    def _replay(self) -> tuple[engine.Replayed, dict[str, str]]:
        """Replay what can be; a baseline that cannot leaves nothing to compare with."""
        fits = (self._baseline, *self._variants)
        unreplayable = {
            live.fit.name: live.fit.replay_note or "it could not be held"
            for live in fits
            if not live.fit.replayable
        }
        baseline = self._baseline.fit
        if baseline.name in unreplayable:
            self._why_no_verdict = f"`{baseline.name}` cannot be trained again"
        replayable = [live for live in fits if live.fit.name not in unreplayable]
        nothing = self._held_out is None or baseline.name in unreplayable
        if nothing or len(replayable) < 2 or not self._options.replay:
            return engine.Replayed({}, "planned", ()), unreplayable
        assert self._held_out is not None  # noqa: S101  `nothing` says so
        replayed = engine.replay(
            replayable,
            classes=len(self._held_out.class_names),
            seed=self._plan.seed,
            clock=self._clock,
            pairs_to_reach=self._pairs_to_reach,
            progress=self._tell,
            repeat_first=True,
            workers=self._options.workers,
        )
        return replayed, unreplayable

    def _pairs_to_reach(self, lanes: dict[str, list[Lane]]) -> int | None:
        """Say up to how many pairs to train next, until every question is closed."""
        if self._baseline.fit.name not in lanes or len(lanes) < 2:
            return None
        pairs = _whole_pairs(lanes)
        judged = self._comparisons(lanes) if pairs in self._plan.looks else [None]
        looks = [verdict.next_look(self._plan, pairs, comparison) for comparison in judged]
        return max((look for look in looks if look is not None), default=None)

    def _tell(self, lanes: dict[str, list[Lane]]) -> None:
        pairs, done = _whole_pairs(lanes), sum(map(len, lanes.values()))
        planned = self._plan.max_pairs * len(lanes)
        if self._held_out is not None and done == pairs * len(lanes):
            for live in self._variants:
                difference = verdict.running_difference(
                    lanes[self._baseline.fit.name],
                    lanes.get(live.fit.name, []),
                    held_out=self._held_out,
                    plan=self._plan,
                )
                if difference is not None:
                    self._differences[live.fit.name] = difference
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

    # After training -------------------------------------------------------------------

    def _comparisons(self, lanes: dict[str, list[Lane]]) -> list[records.Comparison]:
        return verdict.compare_all(
            self._baseline.fit,
            [
                (live.fit, claim)
                for live, claim in zip(self._variants, self._claims, strict=True)
            ],
            lanes,
            held_out=self._held_out,
            plan=self._plan,
            controls=self._controls,
        )

    def _what_is_missing(self, replayed: engine.Replayed, why: str | None) -> str:
        reason = self._why_no_verdict or why
        if reason is not None:
            return f"No verdict: {reason}."
        if not self._options.replay:
            return "No verdict: nothing was trained again."
        if replayed.ended == "interrupt":
            return "No verdict: interrupted before the first pair was done."
        if replayed.ended == "budget":
            fits = [live.fit for live in (self._baseline, *self._variants)]
            pair = sum((fit.seconds_per_epoch or 0.0) * fit.epochs for fit in fits)
            return (
                f"No verdict: the budget of {self._options.budget:.0f} s ended before the "
                f"first pair was done. What a pair trains took the script {pair:.0f} s; "
                f"for {self._plan.looks[0]} pairs give --budget "
                f"{max(1, round(self._plan.looks[0] * pair / 60))}m or so."
            )
        return "No verdict: no pair could be trained; the notes say why."

    def _protocol(self, replayed: engine.Replayed) -> dict[str, Any]:
        ended = {
            "planned": "every question answered or beyond these texts, or all pairs done",
            "budget": "the budget",
            "interrupt": "the person (Ctrl-C)",
        }
        return {
            **self._plan.model_dump(mode="json"),
            "plan_digest": self._plan.digest(),
            "seconds_spent": round(self._clock.spent, 1),
            "ended_by": ended[replayed.ended] if replayed.lanes else None,
            **self._texts(),
            "pairing": "within a pair both fits share the order of the rows and the start "
            "of every weight they have in common; across pairs both vary",
            "training_data": "whole, as the script gave them",
        }

    def _texts(self) -> dict[str, Any]:
        """Say what is scored, and what epoch and threshold are chosen on."""
        if self._held_out is None:
            return {"held_out_texts": None}
        texts = len(verdict.scored_part(self._held_out).labels)
        if self._held_out.chosen_on is None:
            chosen = (
                "chosen on one half of the held-out texts and scored on the other, both "
                "ways; halves drawn anew for each pair"
            )
            return {"held_out_texts": texts, "epoch_and_threshold": chosen}
        return {
            "held_out_texts": texts,
            "test_file": os.fspath(self._options.test or ""),
            "validation_texts": int(self._held_out.chosen_on.sum()),
            "epoch_and_threshold": "chosen on the script's validation texts; the texts of "
            "the test file are scored once a lane",
        }


def _whole_pairs(lanes: dict[str, list[Lane]]) -> int:
    return min(map(len, lanes.values()))


def _controls(baseline: LiveFit, held_out: HeldOut | None) -> tuple[records.Control, ...]:
    training, validation = baseline.training, baseline.validation
    if held_out is None or training is None or validation is None:
        return ()
    majority = causes.majority_class(held_out)
    if held_out.kind != "classes":
        return (majority,)
    if isinstance(training.x, (list, dict)):  # several inputs: which holds the words?
        return (majority,)
    linear = causes.linear_control(training.x, training.y, validation.x, held_out)
    return (majority, *([linear] if linear is not None else []))
