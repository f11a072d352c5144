"""WL407."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Detected
from whylow.checks._reading import absent
from whylow.records import Comparison, Fault, Fit, Severity


@dataclass(frozen=True, kw_only=True)
class UnequalTraining(Detected):
    """The two models were not trained alike.

    ## What it does
    Compares the number of epochs, the steps an epoch takes and the batch size, as far as
    they are known. Different numbers of epochs are not reported where a fit stops early by
    a callback.

    ## Why is this bad?
    A difference between the models may then be one of training time, batch size or training
    rows.

    ## Evidence
    - `baseline`, `variant`: the two fits.
    - `what`: `epochs`, `steps per epoch` or `batch size`, whichever differs first.
    - `of_baseline`, `of_variant`: the two numbers.

    ## Example
    ```text
    without attention
    Epoch 1/2
    100/100 - 46s - loss: 0.20 - accuracy: 0.9410 - val_loss: 0.172 - val_accuracy: 0.9403
    Epoch 2/2
    100/100 - 46s - loss: 0.06 - accuracy: 0.9822 - val_loss: 0.241 - val_accuracy: 0.9227
    with attention
    Epoch 1/3
    100/100 - 64s - loss: 0.22 - accuracy: 0.9390 - val_loss: 0.210 - val_accuracy: 0.9398
    Epoch 2/3
    100/100 - 64s - loss: 0.09 - accuracy: 0.9745 - val_loss: 0.165 - val_accuracy: 0.9430
    Epoch 3/3
    100/100 - 64s - loss: 0.05 - accuracy: 0.9845 - val_loss: 0.185 - val_accuracy: 0.9410
    ```
    Use instead: the same settings of `fit` for both, and the best epoch of each.
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
    When the setting is the change that you ask about.
    """

    severity: ClassVar[Severity] = "warning"
    since: ClassVar[str] = "0.1.0"

    baseline: str
    variant: str
    what: str
    of_baseline: int
    of_variant: int

    @property
    def message(self) -> str:
        """What differs."""
        return (
            f"{self.baseline} had {self.of_baseline:,} {self.what}, {self.variant}"
            f" {self.of_variant:,}."
        )

    @property
    def fix(self) -> str:
        """Train alike."""
        return f"Give both as many {self.what}."

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Unequal budgets."""
        return ("budget",)


def unequal_training(
    comparison: Comparison, baseline: Fit, variant: Fit
) -> Iterator[UnequalTraining]:
    """WL407."""
    stops = any(
        fit.settings and "EarlyStopping" in fit.settings.callbacks
        for fit in (baseline, variant)
    )
    known = [_epochs(fit) for fit in (baseline, variant)]
    if not all(known):
        raise absent(baseline, "the epochs of both")
    rows = [("steps per epoch", _steps(baseline), _steps(variant))]
    rows.append(("rows a batch", _batch_size(baseline), _batch_size(variant)))
    if not stops:
        rows.insert(0, ("epochs", known[0], known[1]))
    for what, one, other in rows:
        if one and other and one != other:
            yield UnequalTraining(
                baseline=baseline.name,
                variant=variant.name,
                what=what,
                of_baseline=one,
                of_variant=other,
            )
            return


def _epochs(fit: Fit) -> int:
    return max(map(len, fit.history.values()), default=0)


def _steps(fit: Fit) -> int | None:
    return fit.log.steps_per_epoch if fit.log else None


def _batch_size(fit: Fit) -> int | None:
    return fit.settings.batch_size if fit.settings else None
