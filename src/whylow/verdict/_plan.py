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

RARE = 0.10  # below this share of the texts a class counts as rare
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
    """

    label: str
    points: bool = True
    lower_is_better: bool = False
    per_half: bool = False
    two_classes: bool = False


METRICS: dict[str, Metric] = {
    "accuracy": Metric(label="accuracy"),
    "average_precision": Metric(label="average precision", per_half=True, two_classes=True),
    "balanced_accuracy": Metric(label="balanced accuracy"),
    "f1": Metric(label="F1 of the positive class", two_classes=True),
    "log_loss": Metric(label="calibrated log loss", points=False, lower_is_better=True),
    "macro_f1": Metric(label="macro-F1"),
    "mcc": Metric(label="Matthews correlation"),
    "roc_auc": Metric(label="ROC-AUC", per_half=True),
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

    def digest(self) -> str:
        """Return a fingerprint of the rules; a plan changed afterwards has another one."""
        rules = json.dumps(self.model_dump(mode="json"), sort_keys=True)
        return hashlib.sha256(rules.encode()).hexdigest()[:12]


def class_counts(held_out: HeldOut) -> np.ndarray:
    """Return how many held-out texts each class has, shape `(K,)`."""
    return np.bincount(
        held_out.labels.astype(np.int64), minlength=len(held_out.class_names)
    )


def positive_class(held_out: HeldOut) -> int:
    """Return the class that average precision ranks: class 1, or a rare class 0."""
    counts = class_counts(held_out)
    return 0 if counts[0] < RARE * counts.sum() else 1


def headline(held_out: HeldOut) -> str:
    """Return the metric that fits the shares of the classes.

    Average precision where the rarer of two classes holds under 10 %, macro-F1 where the
    majority exceeds 60 %, else accuracy.
    """
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
            0.01, that is one point.
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
    counts = class_counts(held_out)
    if (counts > 0).sum() < 2:
        only = held_out.class_names[int(counts.argmax())] if counts.sum() else "none"
        raise InputError(
            f"The held-out labels must hold at least two classes, or nothing can be told "
            f"apart. Received: {counts.sum()} labels, all of class {only!r}."
        )
    name = headline(held_out) if metric is None else known_metric(metric)
    if METRICS[name].two_classes and len(counts) > 2:
        raise InputError(
            f"`metric` {name!r} is for two classes; with {len(counts)} classes use one of "
            f"{', '.join(sorted(k for k, m in METRICS.items() if not m.two_classes))}."
        )
    if smallest is not None and not smallest > 0:
        raise InputError(
            "The smallest meaningful difference must be above 0, in the metric's unit "
            f"(0.01 is one point). Received: {smallest!r}."
        )
    if max_pairs < 1:
        raise InputError(f"`max_pairs` must be at least 1. Received: {max_pairs!r}.")
    if variants < 1:
        raise InputError(f"`variants` must be at least 1. Received: {variants!r}.")
    looks = looks_up_to(max_pairs, keep_going=keep_going)
    level = 1 - ANYTIME / variants if keep_going else level_for(len(looks), variants)
    return Plan(
        metric=name,
        smallest_meaningful_difference=0.01 if smallest is None else float(smallest),
        looks=looks,
        level=level,
        max_pairs=max_pairs,
        seed=seed,
        variants=variants,
        keep_going=keep_going,
        budget_seconds=budget,
        texts=_digest_of(held_out),
    )


def _digest_of(held_out: HeldOut) -> str:
    """Return a fingerprint of the labels and of which texts are equal."""
    _, group = np.unique(held_out.groups, return_inverse=True)
    parts = (np.ascontiguousarray(held_out.labels, float), group.astype(np.int64))
    return hashlib.sha256(b"".join(part.tobytes() for part in parts)).hexdigest()[:12]
