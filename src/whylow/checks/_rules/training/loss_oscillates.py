"""WL305."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Detected
from whylow.checks._curves import curve, long_enough
from whylow.records import Fault, Fit, Severity

LEAST_SHARE = 1 / 3


@dataclass(frozen=True, kw_only=True)
class LossOscillates(Detected):
    """The training loss jumps up and down from epoch to epoch.

    ## What it does
    Counts the epochs in which the training loss rises by 5 % or more.

    ## Why is this bad?
    The mean loss over thousands of training rows should fall smoothly. Where it jumps, the
    steps are too long for the surface they walk on, and which epoch happens to be the last
    decides what you see.

    ## Evidence
    - `epochs`: how many epochs there are, at least six.
    - `rises`: how many of them have a training loss at least 5 % above that of the
      epoch before. Reported when a third of all have.
    - `largest_rise`: the largest rise, as a share of the loss before it.

    ## Example
    ```text
    Epoch 1/6
    100/100 - 4s - loss: 0.61
    Epoch 2/6
    100/100 - 4s - loss: 0.48
    Epoch 3/6
    100/100 - 4s - loss: 0.63
    Epoch 4/6
    100/100 - 4s - loss: 0.45
    Epoch 5/6
    100/100 - 4s - loss: 0.59
    Epoch 6/6
    100/100 - 4s - loss: 0.50
    ```
    Use instead: a smaller learning rate, a larger batch, or rows that are shuffled.
    ```text
    Epoch 1/6
    100/100 - 4s - loss: 0.61
    Epoch 2/6
    100/100 - 4s - loss: 0.54
    Epoch 3/6
    100/100 - 4s - loss: 0.50
    Epoch 4/6
    100/100 - 4s - loss: 0.47
    Epoch 5/6
    100/100 - 4s - loss: 0.45
    Epoch 6/6
    100/100 - 4s - loss: 0.44
    ```

    ## When to ignore
    When each epoch trains on other rows on purpose.
    """

    severity: ClassVar[Severity] = "warning"
    since: ClassVar[str] = "0.1.0"

    epochs: int
    rises: int
    largest_rise: float

    @property
    def message(self) -> str:
        """How often and how far."""
        return (
            f"The training loss rises in {self.rises} of {self.epochs} epochs, by up to"
            f" {100 * self.largest_rise:.0f} %."
        )

    @property
    def fix(self) -> str:
        """Shorter steps."""
        return (
            "Lower the learning rate or use larger batches; see that the rows are shuffled."
        )

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The steps are too long."""
        return ("learning_rate", "batch_size")


def loss_oscillates(fit: Fit) -> Iterator[LossOscillates]:
    """WL305."""
    values = [value for _, value in curve(fit, "loss", "the training loss")]
    long_enough(list(enumerate(values)), 6)
    pairs = itertools.pairwise(values)
    rises = [after / before - 1 for before, after in pairs if 0 < before <= after / 1.05]
    if len(rises) >= len(values) * LEAST_SHARE:
        yield LossOscillates(epochs=len(values), rises=len(rises), largest_rise=max(rises))
