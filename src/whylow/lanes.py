"""What the engine hands to the verdict: per-text predictions of replayed fits.

Plain arrays, so that neither side knows the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, kw_only=True)
class HeldOut:
    """The held-out texts that every lane of a comparison predicts.

    Args:
        labels: Integer array of shape `(N,)`, classes counted from 0; of kind `"numbers"`
            floats of shape `(N,)`; of kind `"sets"` 0 and 1 of shape `(N, L)`.
        class_names: The `K` classes, or `L` labels, as the person's labels name them; none
            for numbers.
        groups: Integer array of shape `(N,)`; rows with equal input share a number and
            stay on one side of every split.
        kind: Whether a text has one class, a number (regression) or a set of labels.
        chosen_on: Boolean array of shape `(N,)`: the texts on which epoch and threshold
            are chosen and nothing is scored, while the others are scored and have no say
            in it; `None` where all texts take both parts in turn (cross-fitting).
    """

    labels: np.ndarray
    class_names: tuple[str, ...]
    groups: np.ndarray
    kind: Literal["classes", "numbers", "sets"] = "classes"
    chosen_on: np.ndarray | None = None


@dataclass(frozen=True, kw_only=True)
class Lane:
    """One replay of a fit.

    Args:
        pair: Number of the pair, from 0; lanes of one number share seeds and order.
        seed: The seed all of the lane's randomness comes from.
        history: Logs of training as Keras reports them, one value an epoch.
        probabilities: Float array, `(E, N)` for two classes (probability of class 1),
            `(E, N, K)` for more; `(E, N)` predicted numbers, `(E, N, L)` probabilities of
            each label of a set; a text whose output has a time axis gets the mean over
            time. Epochs that were not reached are left out.
        steps_positive: Share of a text's time steps with a probability above one half,
            `(E, N)`; `None` where the output has no time axis.
        failed: Why the lane ended early (`"loss is nan in epoch 2"`), else `None`.
        seconds: What training it took, other lanes beside it; that of a fit's first lane
            holds what was compiled on the way.
    """

    pair: int
    seed: int
    history: Mapping[str, Sequence[float]]
    probabilities: np.ndarray
    steps_positive: np.ndarray | None = None
    failed: str | None = None
    seconds: float = 0.0
