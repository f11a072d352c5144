"""What capture hands to the engine: the live half of a fit, beside its plain record.

The live model is kept rather than rebuilt from its configuration: configurations of
Lambda layers, custom losses and subclassed models serialise and cannot be built again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from whylow.exceptions import ReplayError
from whylow.records import Fit, Settings


@dataclass(frozen=True, kw_only=True)
class Rows:
    """The rows that a fit was trained or validated on, as NumPy arrays.

    Args:
        x: Array, or nested lists and dicts of arrays, each `(N, …)`.
        y: Labels in the same form.
        sample_weight: `(N,)` weights, class weights already turned into such; or `None`.
        batch_size: Rows a batch; the last one may be smaller.
        whole_batches: Only the order of batches varies between epochs, because the data
            came in batches (`PyDataset`, generator).
    """

    x: Any
    y: Any
    sample_weight: Any = None
    batch_size: int = 32
    whole_batches: bool = False


def first_rows(rows: Rows, count: int) -> Rows:
    """Return the first so many rows."""

    def cut(nest: Any) -> Any:
        if isinstance(nest, dict):
            return {key: cut(part) for key, part in nest.items()}
        if isinstance(nest, (list, tuple)):
            return [cut(part) for part in nest]
        return None if nest is None else nest[:count]

    return replace(
        rows, x=cut(rows.x), y=cut(rows.y), sample_weight=cut(rows.sample_weight)
    )


def count_rows(rows: Rows) -> int:
    """Return how many rows there are."""
    first = rows.x
    while isinstance(first, (dict, list, tuple)):
        first = next(iter(first.values())) if isinstance(first, dict) else first[0]
    return len(first)


@dataclass(frozen=True)
class Kept:
    """A variable starts every replay with this value."""

    value: Any


@dataclass(frozen=True)
class Drawn:
    """A variable is drawn anew for every replay.

    Args:
        initializer: The callable that drew it when it was created.
        shape: Its shape.
        dtype: Its dtype.
        key: What tells which draw it is: variables of two models with the same key and
            shape start equal within a pair.
    """

    initializer: Callable[..., Any]
    shape: tuple[int, ...]
    dtype: str
    key: str


@dataclass(frozen=True, kw_only=True)
class LiveFit:
    """A recorded fit with what it takes to train it again.

    Args:
        fit: The plain record.
        model: The live `keras.Model`.
        optimizer: The optimizer that it was trained with.
        start: Id of each model and optimizer variable → where it starts.
        training, validation: The rows; `None` where they could not be held.
        tested: How many of the last validation rows are a test part that came from
            elsewhere: predicted as the others are, and never seen by a callback.
        callbacks: The script's own callbacks.
        configuration: Digest of model, compile and fit configuration, names left out.
    """

    fit: Fit
    model: Any
    optimizer: Any
    start: dict[int, Kept | Drawn] = field(default_factory=dict)
    training: Rows | None = None
    validation: Rows | None = None
    tested: int = 0
    callbacks: Sequence[Any] = ()
    configuration: str = ""

    def to_replay(self) -> tuple[Rows, Rows, Settings]:
        """Return training rows, validation rows and settings.

        Raises:
            ReplayError: One of them could not be held.
        """
        if self.fit.validation is None:
            raise ReplayError(
                f"`{self.fit.name}` has no held-out texts to compare on; give `fit` "
                "validation_data=(X, y) or validation_split=0.2"
            )
        if self.training is None or self.validation is None or self.fit.settings is None:
            raise ReplayError(
                f"`{self.fit.name}` cannot be trained again: {self.fit.replay_note}"
            )
        return self.training, self.validation, self.fit.settings
