"""WL418."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import CouldNotRun, Detected
from whylow.checks._metrics import metrics_of
from whylow.checks._reading import model_of, percent
from whylow.checks._rows import class_share, training_of
from whylow.records import Fault, Fit, Severity

MOST_SHARE = 0.10
_AT_HALF = frozenset(
    {"F1Score", "FBetaScore", "Precision", "Recall", "precision", "recall", "f1_score"}
)


@dataclass(frozen=True, kw_only=True)
class FixedThresholdOnRareClass(Detected):
    """A rare class is judged at a threshold of 0.5.

    ## What it does
    Looks for precision, recall or F1 of one output unit where the positive class holds
    10 % of the training rows or less, and neither class weights nor balanced rows.

    ## Why is this bad?
    Probabilities of a rare class rarely reach 0.5. Precision, recall and F1 at 0.5 then
    tell how sure the model is and not how well it ranks: a better model may score lower.

    ## Evidence
    - `metric`: the metric as `compile` has it.
    - `positive_share`: share of class 1 in the training rows. Reported up to 0.10.

    ## Example
    ```python
    x, y = random.normal(size=(400, 3)), np.arange(400) % 20 == 0
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, "sigmoid")])
    model.compile(loss="binary_crossentropy", metrics=[keras.metrics.Recall()])
    model.fit(x, y)
    ```
    Use instead:
    ```python
    x, y = random.normal(size=(400, 3)), np.arange(400) % 20 == 0
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, "sigmoid")])
    model.compile(loss="binary_crossentropy", metrics=[keras.metrics.AUC(curve="PR")])
    model.fit(x, y)
    ```

    ## When to ignore
    When 0.5 is the threshold in use, or a better one is chosen afterwards.
    """

    severity: ClassVar[Severity] = "info"
    since: ClassVar[str] = "0.1.0"

    metric: str
    positive_share: float

    @property
    def message(self) -> str:
        """The share."""
        return (
            f"`{self.metric}` is taken at a threshold of 0.5, and"
            f" {percent(self.positive_share)} of the training rows are positive."
        )

    @property
    def fix(self) -> str:
        """Tune the threshold."""
        return (
            "Choose the threshold on one half of the held-out rows and score the other, or"
            ' compare by `AUC(curve="PR")`, which needs none.'
        )

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The metric, of unequal classes."""
        return ("metric", "imbalance")


def fixed_threshold_on_rare_class(fit: Fit) -> Iterator[FixedThresholdOnRareClass]:
    """WL418."""
    shares = class_share(training_of(fit).class_counts)
    shape = model_of(fit).output_shape
    if not shares:
        raise CouldNotRun("the labels are no classes")
    weighted = fit.settings is not None and (
        fit.settings.class_weight or fit.settings.sample_weight
    )
    if not shape or shape[-1] != 1 or weighted or set(shares) != {"0", "1"}:
        return
    at_half = [name for name, kind in metrics_of(fit) if kind in _AT_HALF]
    if at_half and shares["1"] <= MOST_SHARE:
        yield FixedThresholdOnRareClass(metric=at_half[0], positive_share=shares["1"])
