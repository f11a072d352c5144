"""WL414."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Detected
from whylow.checks._metrics import metrics_of
from whylow.records import Fault, Fit, Severity

# Metrics that are no mean over rows; as functions they are computed batch by batch.
_NO_MEANS = (
    "auc",
    "average_precision",
    "f1",
    "fbeta",
    "kappa",
    "matthews",
    "mcc",
    "precision",
    "r2",
    "r_square",
    "recall",
    "rmse",
    "root_mean_squared_error",
    "sensitivity",
    "specificity",
)


@dataclass(frozen=True, kw_only=True)
class MetricAveragedOverBatches(Detected):
    """A metric that is no mean over rows is averaged over batches.

    ## What it does
    Looks for functions of the script's own whose name is that of a metric that cannot be
    averaged: precision, recall, F1, AUC, R², RMSE.

    ## Why is this bad?
    Keras calls a function on each batch and averages. The mean of the batches' F1 is not
    the F1 of all rows; with a rare class many batches have no positive row, and count 0.

    ## Evidence
    - `metric`: the function.
    - `batch_size`: rows a batch; null where not known.

    ## Example
    ```python
    def f1(labels, answers):
        labels = keras.ops.reshape(labels, keras.ops.shape(answers))
        right = keras.ops.sum(labels * keras.ops.round(answers))
        return 2 * right / (keras.ops.sum(labels) + keras.ops.sum(answers) + 1e-7)

    x, y = random.normal(size=(100, 3)), np.arange(100) % 2.0
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, "sigmoid")])
    model.compile(loss="binary_crossentropy", metrics=[f1])
    model.fit(x, y)
    ```
    Use instead:
    ```python
    x, y = random.normal(size=(100, 3)), np.arange(100) % 2.0
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, "sigmoid")])
    f1 = keras.metrics.F1Score(threshold=0.5)
    model.compile(loss="binary_crossentropy", metrics=[f1])
    model.fit(x, y[:, None])
    ```

    ## When to ignore
    When one batch holds all rows.
    """

    severity: ClassVar[Severity] = "warning"
    since: ClassVar[str] = "0.1.0"

    metric: str
    batch_size: int | None

    @property
    def message(self) -> str:
        """What is averaged."""
        rows = f" of {self.batch_size} rows" if self.batch_size else ""
        return (
            f"`{self.metric}` is computed on each batch{rows} and averaged, which is not"
            f" `{self.metric}` of all rows."
        )

    @property
    def fix(self) -> str:
        """An object that collects."""
        return (
            "Use the class of `keras.metrics` (`F1Score`, `Precision`, `AUC`, `R2Score`),"
            " or compute it once from predictions."
        )

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The metric."""
        return ("metric",)


def metric_averaged_over_batches(fit: Fit) -> Iterator[MetricAveragedOverBatches]:
    """WL414."""
    rows = fit.training.rows if fit.training else None
    batch = fit.settings.batch_size if fit.settings else None
    for name, kind in metrics_of(fit):
        if kind != "function" or not name.lower().startswith(_NO_MEANS):
            continue
        if rows is None or batch is None or batch < rows:
            yield MetricAveragedOverBatches(metric=name, batch_size=batch)
            return
