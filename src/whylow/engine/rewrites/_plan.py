"""Which rewrites a fit takes, and why not the others."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from whylow import keras2
from whylow.engine.rewrites._batch_rows import BatchRows
from whylow.engine.rewrites._catch_up import catch_up_of
from whylow.engine.rewrites._lengths import Lengths, any_length, lengths_of
from whylow.engine.rewrites._recurrent import (
    feeds_a_loop,
    loops_of,
    pairs_of,
    recurrent_rewritten,
)
from whylow.engine.rewrites._scores import additive_layers_of, scorer, scores_of
from whylow.engine.rewrites._shadow import shadowed
from whylow.engine.rewrites._tables import Group, resized, tables_of
from whylow.live import LiveFit

# Name → what it does, as docs/engine.md explains it.
REWRITES = {
    "occurring-rows": "embedding tables hold the rows that some text has",
    "batch-rows": "a step reads and updates the rows of its batch",
    "lean-loop": "input projections and weight gradients leave the time loop",
    "word-projection": "the words of a batch are projected once each",
    "one-loop": "both directions of a Bidirectional share a loop",
    "paired-scores": "additive attention takes an exponential a position, no tanh a pair",
    "short-batches": "batches are cut to their longest text where padding is masked",
}


@dataclass(frozen=True)
class Plan:
    """How the lanes of a fit are trained.

    Args:
        model: The live model.
        reasons: Name of each rewrite → why it does not fire, `None` where it does.
        groups: Embedding tables that leave rows out.
        batch_rows: Steps on the rows of a batch, or `None`.
        lengths: What batches are cut to, or `None`.
    """

    model: Any
    reasons: dict[str, str | None] = field(default_factory=dict)
    groups: tuple[Group, ...] = ()
    batch_rows: BatchRows | None = None
    lengths: Lengths | None = None

    @property
    def fired(self) -> tuple[str, ...]:
        """Names of the rewrites that fire."""
        return tuple(name for name, why in self.reasons.items() if why is None)

    @contextmanager
    def tracing(self, rows: Sequence[int]) -> Iterator[None]:
        """Trace a step or a prediction of the live model, rewritten.

        Args:
            rows: How many rows the tables of each group have in this step.
        """
        with ExitStack() as stack:
            stack.enter_context(keras2.emulated(self.model))
            stack.enter_context(resized(self.groups, rows))
            stack.enter_context(
                recurrent_rewritten(
                    self.model,
                    loops="lean-loop" in self.fired,
                    pairs="one-loop" in self.fired,
                    per_word="word-projection" in self.fired,
                )
            )
            if "paired-scores" in self.fired:
                layers = additive_layers_of(self.model)
                stack.enter_context(shadowed((layer, *scorer(layer)) for layer in layers))
            if self.lengths is not None:
                stack.enter_context(any_length(self.model))
            yield


def plan_for(live: LiveFit, without: Collection[str] = ()) -> Plan:
    """Choose the rewrites that fit.

    Args:
        live: A fit that can be fused.
        without: Names of rewrites to leave out, as tests and benchmarks do.
    """
    reasons: dict[str, str | None] = {}

    def fires(name: str, why_not: str | None) -> bool:
        reasons[name] = "it was left out" if name in without else why_not
        return reasons[name] is None

    def found(name: str, part: Any) -> Any:
        """Return what a rewrite works with, `None` where there is a reason instead."""
        return part if fires(name, part if isinstance(part, str) else None) else None

    groups = found("occurring-rows", tables_of(live)) or ()
    batch_rows = found("batch-rows", _batch_rows(live, groups))
    fires("lean-loop", loops_of(live))
    fires("word-projection", reasons["lean-loop"] or feeds_a_loop(live))
    fires("one-loop", reasons["lean-loop"] or pairs_of(live))
    fires("paired-scores", scores_of(live))
    lengths = found("short-batches", lengths_of(live, groups))
    return Plan(live.model, reasons, tuple(groups), batch_rows, lengths)


def _batch_rows(live: LiveFit, groups: tuple[Group, ...]) -> BatchRows | str:
    if not groups:
        return "no table can leave rows out"
    catch_up = catch_up_of(live.optimizer)
    if isinstance(catch_up, str):
        return catch_up
    return BatchRows(live.optimizer, groups, catch_up)
