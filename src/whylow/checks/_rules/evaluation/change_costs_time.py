"""WL408."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Detected
from whylow.checks._reading import absent
from whylow.records import Comparison, Fit, Severity

LEAST_RATIO = 1.2


@dataclass(frozen=True, kw_only=True)
class ChangeCostsTime(Detected):
    """The variant takes notably longer to train.

    ## What it does
    Compares the median time of an epoch.

    ## Why is this bad?
    A gain has to be worth its price, and where time is limited the slower model gets fewer
    epochs.

    ## Evidence
    - `baseline`, `variant`: the two fits.
    - `baseline_seconds`, `variant_seconds`: median seconds per epoch, the first left
      out where it can be.
    - `ratio`: variant over baseline. Reported from 1.2 on.

    ## Example
    ```text
    without attention
    Epoch 1/2
    100/100 - 46s - loss: 0.20 - accuracy: 0.9410 - val_loss: 0.172 - val_accuracy: 0.9403
    Epoch 2/2
    100/100 - 46s - loss: 0.06 - accuracy: 0.9822 - val_loss: 0.241 - val_accuracy: 0.9227
    with attention
    Epoch 1/2
    100/100 - 64s - loss: 0.22 - accuracy: 0.9390 - val_loss: 0.210 - val_accuracy: 0.9398
    Epoch 2/2
    100/100 - 64s - loss: 0.09 - accuracy: 0.9745 - val_loss: 0.165 - val_accuracy: 0.9430
    ```
    Use instead: the gain beside the price: what does the cheaper model reach in the same
    time?
    ```text
    without attention
    Epoch 1/2
    100/100 - 46s - loss: 0.40 - accuracy: 0.8010 - val_loss: 0.39 - val_accuracy: 0.8003
    Epoch 2/2
    100/100 - 46s - loss: 0.36 - accuracy: 0.8222 - val_loss: 0.35 - val_accuracy: 0.8227
    with attention
    Epoch 1/2
    100/100 - 48s - loss: 0.30 - accuracy: 0.8890 - val_loss: 0.29 - val_accuracy: 0.8898
    Epoch 2/2
    100/100 - 48s - loss: 0.26 - accuracy: 0.9045 - val_loss: 0.25 - val_accuracy: 0.9030
    ```

    ## When to ignore
    When time does not matter.
    """

    severity: ClassVar[Severity] = "info"
    since: ClassVar[str] = "0.1.0"

    baseline: str
    variant: str
    baseline_seconds: float
    variant_seconds: float
    ratio: float

    @property
    def message(self) -> str:
        """The price."""
        return (
            f"An epoch takes {self.variant_seconds:.3g} s with {self.variant} and"
            f" {self.baseline_seconds:.3g} s with {self.baseline}:"
            f" {100 * (self.ratio - 1):+.0f} %."
        )

    @property
    def fix(self) -> str:
        """Weigh it."""
        return "See what the cheaper model reaches in the same time."


def change_costs_time(
    comparison: Comparison, baseline: Fit, variant: Fit
) -> Iterator[ChangeCostsTime]:
    """WL408."""
    before, after = baseline.seconds_per_epoch, variant.seconds_per_epoch
    if not before or not after:
        raise absent(baseline, "the seconds per epoch of both")
    if after >= LEAST_RATIO * before:
        yield ChangeCostsTime(
            baseline=baseline.name,
            variant=variant.name,
            baseline_seconds=before,
            variant_seconds=after,
            ratio=after / before,
        )
