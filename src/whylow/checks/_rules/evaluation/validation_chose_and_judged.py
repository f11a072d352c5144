"""WL423."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import CouldNotRun, Detected
from whylow.checks._reading import absent
from whylow.records import Comparison, Fault, Fit, Severity

_CHOOSING = ("EarlyStopping", "ModelCheckpoint")


@dataclass(frozen=True, kw_only=True)
class ValidationChoseAndJudged(Detected):
    """The validation rows chose the epoch and then judged the model.

    ## What it does
    Where the claim is about validation rows, looks for callbacks that stop training or
    keep weights by the score on the same rows.

    ## Why is this bad?
    The best of many epochs is best in part by luck, and the luck stays with those rows. The
    more epochs, the larger the gain that vanishes on new rows.

    ## Evidence
    - `baseline`, `variant`: the two fits.
    - `callbacks`: those that chose, of either fit.
    - `metric`: what was claimed.

    ## Example
    ```python
    # `baseline` and `variant` are compiled models, `x` and `y` 200 rows.
    best = keras.callbacks.EarlyStopping(restore_best_weights=True)
    baseline.fit(x, y, validation_split=0.2, callbacks=[best])
    variant.fit(x, y, validation_split=0.2, callbacks=[best])
    claim = "val_accuracy@1"
    ```
    Use instead: a number of epochs set before, a third part that no callback sees, or an
    epoch chosen on one half of the validation rows and scored on the other, as `whylow run`
    does.
    ```python
    baseline.fit(x, y, validation_split=0.2, epochs=1)
    variant.fit(x, y, validation_split=0.2, epochs=1)
    claim = "val_accuracy@1"
    ```

    ## When to ignore
    When the claimed number comes from rows that no callback saw.
    """

    severity: ClassVar[Severity] = "info"
    since: ClassVar[str] = "0.1.0"

    baseline: str
    variant: str
    callbacks: tuple[str, ...]
    metric: str

    @property
    def message(self) -> str:
        """Who chose."""
        return (
            f"{' and '.join(self.callbacks)} chose by the validation rows, on which"
            f" {self.metric} is compared: the best epoch is best in part by luck."
        )

    @property
    def fix(self) -> str:
        """A part of its own."""
        return "Hold out a test part that no callback sees, and compare on it once."

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The split."""
        return ("split_compared",)


def validation_chose_and_judged(
    comparison: Comparison, baseline: Fit, variant: Fit
) -> Iterator[ValidationChoseAndJudged]:
    """WL423."""
    settings = [fit.settings for fit in (baseline, variant)]
    if any(one is None for one in settings):
        raise absent(baseline, "the callbacks of both")
    claim = comparison.claim
    if claim is None:
        raise CouldNotRun("nothing was claimed")
    used = {name for one in settings if one is not None for name in one.callbacks}
    chosen = tuple(name for name in _CHOOSING if name in used)
    if claim.split == "validation" and chosen:
        yield ValidationChoseAndJudged(
            baseline=baseline.name,
            variant=variant.name,
            callbacks=chosen,
            metric=claim.metric,
        )
