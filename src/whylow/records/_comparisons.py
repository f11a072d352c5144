"""Baseline and variant, and what can be said of their difference."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from whylow.records._base import Record
from whylow.records._causes import Changed
from whylow.records._intervals import Difference, DifferenceTheseTexts, Interval

Verdict = Literal["worse", "better", "no-meaningful-difference", "cannot-tell-yet"]


class Claim(Record):
    """What the person saw: one metric of one run each."""

    metric: str
    split: Literal["train", "validation"]
    epoch: int = Field(description="Counted from 1.")
    difference: float
    baseline: float | None = None
    variant: float | None = None


class View(Record):
    """A rung of the ladder: both fits looked at in one way, nothing retrained for it."""

    view: str
    metric: str
    baseline: float | None = None
    variant: float | None = None
    difference: Interval
    lower_is_better: bool = False
    runs: int = Field(description="Runs a side behind it; one run has no interval.")


class Control(Record):
    """A reference level on the same held-out texts."""

    name: str
    metrics: dict[str, float | None]


class Noise(Record):
    """Shares of the variance of the difference, and the correlation within pairs."""

    seeds: float | None = None
    texts: float | None = None
    both: float | None = None
    pair_correlation: float | None = None


class Run(Record):
    """One replay: a lane, as it is reported."""

    fit: str
    pair: int = Field(description="Counted from 0; equal numbers share seed and order.")
    seed: int
    score: float | None = Field(default=None, description="Headline metric, cross-fitted.")
    epochs_chosen: tuple[int, ...] = Field(
        default=(), description="The epoch chosen on each half, counted from 1."
    )
    history: dict[str, tuple[float | None, ...]] = Field(default={})
    failed: str | None = None
    stands_out: bool = Field(
        default=False,
        description="Failed, or far from the others of its fit; it counts all the same.",
    )


class Comparison(Record):
    """Baseline and variant, and what can be said of their difference."""

    baseline: str
    variant: str
    metric: str
    smallest_meaningful_difference: float
    pairs: int = 0
    looks: tuple[int, ...] = ()
    claim: Claim | None = None
    ladder: tuple[View, ...] = ()
    difference: Difference | None = None
    difference_these_texts: DifferenceTheseTexts | None = None
    metrics: dict[str, dict[str, float | None]] = Field(
        default={},
        description="Fit name → metric → mean over its lanes, cross-fitted.",
    )
    controls: tuple[Control, ...] = ()
    noise: Noise = Noise()
    chance_worse: Interval | None = Field(
        default=None,
        description="Chance that the variant scores worse if both are trained once more.",
    )
    self_test: dict[str, Any] = Field(
        default={},
        description="`same_seed_twice` and `baseline_against_itself`: whether they passed.",
    )
    verdict: Verdict | None = None
    provisional: bool = Field(
        default=True, description="From one look and a t interval over pairs alone."
    )
    changed: tuple[Changed, ...] = Field(
        default=(), description="All in which the two fits differ."
    )
    sentence: str = ""
    next_step: str = ""
    remarks: tuple[str, ...] = Field(
        default=(), description="What else to know: few texts, runs that stand out, leaks."
    )
    runs: tuple[Run, ...] = ()
