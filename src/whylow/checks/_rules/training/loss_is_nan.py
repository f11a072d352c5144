"""WL303."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Confidence, Detected, Status
from whylow.checks._curves import finite, nan_epochs
from whylow.checks._reading import absent, series
from whylow.records import Fault, Fit, Severity


@dataclass(frozen=True, kw_only=True)
class LossIsNan(Detected):
    """The loss became nan or infinite.

    ## What it does
    Looks for epochs whose training or validation loss is no finite number.

    ## Why is this bad?
    From the first such step on every weight that it reaches is nan too, and nothing more is
    learnt. What the metrics show afterwards is the answer of a broken model.

    ## Evidence
    - `metric`: `loss` or `val_loss`, whichever came first.
    - `epoch`: the first epoch without a finite value, counted from 1.
    - `nan_epochs`: how many epochs have none.
    - `last_finite`: the last finite value before; null where there was none.

    ## Example
    ```text
    Epoch 1/3
    100/100 - 4s - loss: 0.61
    Epoch 2/3
    100/100 - 4s - loss: 4.2
    Epoch 3/3
    100/100 - 4s - loss: nan
    ```
    Use instead: a smaller learning rate, gradients that are clipped (`Adam(clipnorm=1.0)`),
    inputs without nan and of ordinary size, and a loss that takes no logarithm of 0
    (`from_logits=True`).
    ```text
    Epoch 1/3
    100/100 - 4s - loss: 0.61
    Epoch 2/3
    100/100 - 4s - loss: 0.52
    Epoch 3/3
    100/100 - 4s - loss: 0.45
    ```

    ## When to ignore
    Never.
    """

    severity: ClassVar[Severity] = "error"
    status: ClassVar[Status] = "stable"
    since: ClassVar[str] = "0.1.0"
    confidence: ClassVar[Confidence] = 0

    metric: str
    epoch: int
    nan_epochs: int
    last_finite: float | None

    @property
    def message(self) -> str:
        """Where it began."""
        before = "" if self.last_finite is None else f" (before: {self.last_finite:.4g})"
        return (
            f"{self.metric} is nan or infinite from epoch {self.epoch} on{before}:"
            f" nothing is"
            " learnt after that."
        )

    @property
    def fix(self) -> str:
        """The usual reasons, the likeliest first."""
        return "Look for nan in the inputs, lower the learning rate, clip the gradients."

    @property
    def faults(self) -> tuple[Fault, ...]:
        """It exploded."""
        return ("exploding", "learning_rate")


def loss_is_nan(fit: Fit) -> Iterator[LossIsNan]:
    """WL303."""
    if not any(series(fit, name) for name in ("loss", "val_loss")):
        raise absent(fit, "the loss")
    found = [
        (epochs[0], name, len(epochs))
        for name in ("loss", "val_loss")
        if (epochs := nan_epochs(fit, name))
    ]
    if not found:
        return
    epoch, metric, count = min(found)
    before = finite(series(fit, metric)[: epoch - 1])
    yield LossIsNan(
        metric=metric,
        epoch=epoch,
        nan_epochs=count,
        last_finite=before[-1][1] if before else None,
    )
