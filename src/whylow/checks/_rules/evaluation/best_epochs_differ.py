"""WL406."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import CouldNotRun, Detected
from whylow.checks._curves import curve
from whylow.records import Comparison, Fault, Fit, Severity


@dataclass(frozen=True, kw_only=True)
class BestEpochsDiffer(Detected):
    """The two models are best at different epochs.

    ## What it does
    Compares the epochs of the lowest validation loss.

    ## Why is this bad?
    At any one epoch one of them is compared past its best or short of it. The last epoch
    favours the slower learner, an early one the faster.

    ## Evidence
    - `baseline`, `variant`: the two fits.
    - `baseline_epoch`, `variant_epoch`: the epoch of the lowest validation loss of
      each, counted from 1.
    - `epochs`: the fewest epochs of the two.

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
    Use instead: each model's best epoch, chosen on rows that do not judge it afterwards.
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
    When a fixed number of epochs is part of the question.
    """

    severity: ClassVar[Severity] = "info"
    since: ClassVar[str] = "0.1.0"

    baseline: str
    variant: str
    baseline_epoch: int
    variant_epoch: int
    epochs: int

    @property
    def message(self) -> str:
        """Both epochs."""
        return (
            f"The validation loss is lowest after epoch {self.baseline_epoch} for"
            f" {self.baseline} and after epoch {self.variant_epoch} for {self.variant}."
        )

    @property
    def fix(self) -> str:
        """Compare at the best epochs."""
        return "Compare each model at its own best epoch."

    @property
    def faults(self) -> tuple[Fault, ...]:
        """They did not get the same of what counts."""
        return ("epochs",)


def best_epochs_differ(
    comparison: Comparison, baseline: Fit, variant: Fit
) -> Iterator[BestEpochsDiffer]:
    """WL406."""
    curves = [curve(fit, "val_loss", "the validation loss") for fit in (baseline, variant)]
    if not all(curves):
        raise CouldNotRun("no epoch has a finite validation loss")
    epochs = [min(points, key=lambda point: point[1])[0] for points in curves]
    if epochs[0] != epochs[1]:
        yield BestEpochsDiffer(
            baseline=baseline.name,
            variant=variant.name,
            baseline_epoch=epochs[0],
            variant_epoch=epochs[1],
            epochs=min(baseline.epochs, variant.epochs),
        )
