"""What is declared before training: the metric, what matters, and when to look."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

import numpy as np

from whylow.exceptions import InputError
from whylow.lanes import HeldOut
from whylow.records import Record
from whylow.verdict._levels import ANYTIME, level_for, looks_up_to
from whylow.verdict._texts import (
    FEW,
    RARE,
    carrying,
    class_counts,
    refuse_constant,
    scored_part,
)

UNEVEN = 0.60  # above this share of the majority, accuracy says little


@dataclass(frozen=True, kw_only=True)
class Metric:
    """How a metric is named, scaled and pooled.

    Args:
        label: Its name in a sentence.
        points: Whether differences are told in points (hundredths).
        lower_is_better: Whether a smaller value is the better one.
        per_half: Whether it is computed on each half and averaged, because scores of
            two epochs cannot be ranked together.
        two_classes: Whether it is defined for two classes only.
        kinds: Kinds of `HeldOut` that it is defined for.
    """

    label: str
    points: bool = True
    lower_is_better: bool = False
    per_half: bool = False
    two_classes: bool = False
    kinds: tuple[str, ...] = ("classes",)


_SETS_TOO = ("classes", "sets")
METRICS: dict[str, Metric] = {
    "accuracy": Metric(label="accuracy", kinds=_SETS_TOO),
    "average_precision": Metric(
        label="average precision", per_half=True, two_classes=True, kinds=_SETS_TOO
    ),
    "balanced_accuracy": Metric(label="balanced accuracy"),
    "f1": Metric(label="F1 of the positive class", two_classes=True),
    "log_loss": Metric(label="calibrated log loss", points=False, lower_is_better=True),
    "macro_f1": Metric(label="macro-F1", kinds=_SETS_TOO),
    "mae": Metric(
        label="mean absolute error", points=False, lower_is_better=True, kinds=("numbers",)
    ),
    "mcc": Metric(label="Matthews correlation"),
    "r2": Metric(label="R²", points=False, kinds=("numbers",)),
    "rmse": Metric(
        label="root mean squared error",
        points=False,
        lower_is_better=True,
        kinds=("numbers",),
    ),
    "roc_auc": Metric(label="ROC-AUC", per_half=True, kinds=_SETS_TOO),
}


class Plan(Record):
    """The rules of a comparison, fixed before the first pair is trained.

    Args:
        metric: Headline metric, a key of `METRICS`.
        smallest_meaningful_difference: In the metric's own unit; 0.01 is one point.
        looks: Numbers of pairs at which a verdict may be given.
        level: Level of the interval at each look; of more variants than one, each has its
            part of the error.
        max_pairs: Pairs to train at most.
        seed: Draws the halves on which epochs and thresholds are chosen.
        variants: Number of variants that share the error.
        keep_going: Whether the interval holds at any number of pairs, so that training may
            go on past 24.
        budget_seconds: What training may take; None for no end.
        texts: Digest of the held-out labels and of which texts are equal.
        replayed: Whether whylow trains the pairs itself, and can train more.
    """

    metric: str
    smallest_meaningful_difference: float = 0.01
    looks: tuple[int, ...] = (6,)
    level: float = 0.95
    max_pairs: int = 6
    seed: int = 0
    variants: int = 1
    keep_going: bool = False
    budget_seconds: float | None = None
    texts: str = ""
    replayed: bool = True

    def digest(self) -> str:
        """Return a fingerprint of the rules; a plan changed afterwards has another one."""
        rules = json.dumps(self.model_dump(mode="json"), sort_keys=True)
        return hashlib.sha256(rules.encode()).hexdigest()[:12]


def headline(held_out: HeldOut) -> str:
    """Return the metric that fits the shares of the classes.

    Average precision where the rarer of two classes holds under 10 %, macro-F1 where the
    majority exceeds 60 %, else accuracy. For numbers R², or mean absolute error where few
    texts hold most of their variance; for sets of labels average precision where most
    labels are that rare, else macro-F1.
    """
    if held_out.kind == "numbers":
        return "mae" if carrying(held_out) < FEW <= len(held_out.labels) else "r2"
    if held_out.kind == "sets":
        rare = float(np.median(held_out.labels.mean(0))) < RARE
        return "average_precision" if rare else "macro_f1"
    shares = class_counts(held_out) / len(held_out.labels)
    if len(shares) == 2 and shares.min() < RARE:
        return "average_precision"
    return "macro_f1" if shares.max() > UNEVEN else "accuracy"


def known_metric(metric: str) -> str:
    """Return the key of a metric as a person may write it, `"Macro-F1"` for instance.

    Raises:
        InputError: There is no such metric.
    """
    name = metric.strip().lower().replace("-", "_")
    if name not in METRICS:
        raise InputError(
            f"`metric` must be one of {', '.join(sorted(METRICS))}. Received: {metric!r}."
        )
    return name


def declare(
    held_out: HeldOut,
    *,
    metric: str | None = None,
    smallest: float | None = None,
    max_pairs: int = 6,
    seed: int = 0,
    variants: int = 1,
    keep_going: bool = False,
    budget: float | None = None,
) -> Plan:
    """Return the plan of a comparison on these held-out texts.

    Nothing of it depends on a result of training.

    Args:
        held_out: The texts that every lane predicts.
        metric: A key of `METRICS`; by default the one that fits the classes.
        smallest: Smallest difference that matters, in the metric's own unit; by default
            0.01, that is one point, and for errors of numbers one hundredth of the standard
            deviation of the labels.
        max_pairs: Pairs to train at most.
        seed: Seed of the halves.
        variants: Number of variants that the baseline is compared with. The chance that
            any of them is called different by luck alone is kept at 5 % (see
            `compare_all`).
        keep_going: Allow more than 24 pairs, with an interval that holds at any number.
        budget: Seconds that training may take; None for no end.

    Raises:
        InputError: The metric is unknown or does not suit the classes, the held-out
            labels are of one class, or `smallest`, `max_pairs` or `variants` is not
            positive.
    """
    held_out = scored_part(held_out)
    refuse_constant(held_out)
    name = headline(held_out) if metric is None else known_metric(metric)
    suits = suiting(held_out)
    if name not in suits:
        what = {
            "classes": f"{len(held_out.class_names)} classes",
            "numbers": "labels that are numbers",
            "sets": "sets of labels",
        }[held_out.kind]
        raise InputError(
            f"`metric` {name!r} is not defined for {what}; use one of {', '.join(suits)}."
        )
    if smallest is not None and not smallest > 0:
        raise InputError(
            "The smallest meaningful difference must be above 0, in the metric's unit "
            f"(0.01 is one point). Received: {smallest!r}."
        )
    if smallest is not None and METRICS[name].points and smallest >= 1:
        raise InputError(
            f"The smallest meaningful difference of {METRICS[name].label} must be below 1: "
            f"0.01 is one point. Received: {smallest!r}."
        )
    if max_pairs < 1:
        raise InputError(f"`max_pairs` must be at least 1. Received: {max_pairs!r}.")
    if variants < 1:
        raise InputError(f"`variants` must be at least 1. Received: {variants!r}.")
    looks = looks_up_to(max_pairs, keep_going=keep_going)
    level = 1 - ANYTIME / variants if keep_going else level_for(len(looks), variants)
    return Plan(
        metric=name,
        smallest_meaningful_difference=_smallest(name, held_out, smallest),
        looks=looks,
        level=level,
        max_pairs=max_pairs,
        seed=seed,
        variants=variants,
        keep_going=keep_going,
        budget_seconds=budget,
        texts=_digest_of(held_out),
    )


def suiting(held_out: HeldOut) -> tuple[str, ...]:
    """Return the metrics that these labels allow, in alphabetical order."""
    many = held_out.kind == "classes" and len(held_out.class_names) > 2
    return tuple(
        name
        for name, metric in sorted(METRICS.items())
        if held_out.kind in metric.kinds and not (many and metric.two_classes)
    )


def _smallest(metric: str, held_out: HeldOut, given: float | None) -> float:
    if given is not None:
        return float(given)
    if metric in ("mae", "rmse"):
        # One digit, as it is a rule of thumb and has to be read.
        return float(f"{0.01 * float(np.std(held_out.labels)):.1g}")
    return 0.01


def _digest_of(held_out: HeldOut) -> str:
    """Return a fingerprint of the labels and of which texts are equal."""
    _, group = np.unique(held_out.groups, return_inverse=True)
    parts = (np.ascontiguousarray(held_out.labels, float), group.astype(np.int64))
    return hashlib.sha256(b"".join(part.tobytes() for part in parts)).hexdigest()[:12]
