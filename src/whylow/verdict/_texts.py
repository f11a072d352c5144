"""What the held-out texts are: which are scored, of how many classes, which one is rare."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from whylow.exceptions import InputError
from whylow.lanes import HeldOut

RARE = 0.10  # below this share of the texts a class counts as rare
FEWEST = 15  # texts of the rarer of two classes below which there is no verdict
FEW = 30  # below which a warning is given


def class_counts(held_out: HeldOut) -> np.ndarray:
    """Return how many held-out texts each class has, shape `(K,)`."""
    return np.bincount(
        held_out.labels.astype(np.int64), minlength=len(held_out.class_names)
    )


def positive_class(held_out: HeldOut) -> int:
    """Return the class that average precision ranks: class 1, or a rare class 0."""
    counts = class_counts(held_out)
    return 0 if counts[0] < RARE * counts.sum() else 1


def scored_part(held_out: HeldOut) -> HeldOut:
    """Return the texts that are scored: all of them, or the fixed test part.

    What comes back of a fixed part is marked as chosen elsewhere: its `chosen_on` is all
    False.
    """
    if held_out.chosen_on is None:
        return held_out
    kept = ~held_out.chosen_on
    return replace(
        held_out,
        labels=held_out.labels[kept],
        groups=held_out.groups[kept],
        chosen_on=np.zeros(int(kept.sum()), dtype=bool),
    )


def questions(held_out: HeldOut) -> list[tuple[int, HeldOut]]:
    """Return each label of a set as a question of two classes, with its number.

    Labels that fewer than 15 scored texts have, or lack, are left out: nothing can be told
    of them.
    """
    labels = scored_part(held_out).labels > 0
    enough = np.minimum(labels.sum(0), (~labels).sum(0)) >= FEWEST
    return [
        (
            int(number),
            replace(
                held_out,
                kind="classes",
                labels=(held_out.labels[:, number] > 0).astype(np.int64),
                class_names=("without", held_out.class_names[number]),
            ),
        )
        for number in np.flatnonzero(enough)
    ]


def carrying(held_out: HeldOut) -> float:
    """Return on how many texts the variance of labels that are numbers rests.

    (Sum of squares)² / sum of fourth powers, about the mean: N / 3 of normal labels, and 1
    where a single label is all of it. R² divides by that variance; resting on a handful of
    texts it has an interval that covers too rarely (`benchmarks/calibration.py --only
    far-out`: 83 to 90 %).
    """
    squares = (held_out.labels.astype(float) - float(np.mean(held_out.labels))) ** 2
    return float(squares.sum() ** 2 / np.maximum((squares**2).sum(), 1e-300))


def refuse_constant(held_out: HeldOut) -> None:
    """Refuse labels that are all the same.

    Raises:
        InputError: They are.
    """
    if held_out.kind == "numbers":
        if len(held_out.labels) < 2 or np.ptp(held_out.labels) == 0:
            raise InputError(
                "The held-out labels must differ from one another, or nothing can be told "
                f"apart. Received: {len(held_out.labels)} equal numbers."
            )
        return
    if held_out.kind == "sets":
        if not ((held_out.labels > 0).any(0) & (held_out.labels == 0).any(0)).any():
            raise InputError(
                "At least one label must be given to some of the held-out texts and not "
                "to others, or nothing can be told apart. Received: none such."
            )
        return
    counts = class_counts(held_out)
    if (counts > 0).sum() < 2:
        only = held_out.class_names[int(counts.argmax())] if counts.sum() else "none"
        raise InputError(
            f"The held-out labels must hold at least two classes, or nothing can be told "
            f"apart. Received: {counts.sum()} labels, all of class {only!r}."
        )
