"""WL413."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Detected
from whylow.checks._reading import compile_of, model_of, training_of
from whylow.records import Fault, Fit, Severity


@dataclass(frozen=True, kw_only=True)
class MetricComparesAcrossRows(Detected):
    """A metric of your own compares every row with every other.

    ## What it does
    Calls each metric function of the script with labels `(n,)` and `(n, 1)` against answers
    `(n, 1)`. Reported where the two differ and the labels are `(n,)`.

    ## Why is this bad?
    Keras hands labels to a metric as they were given. Between `(n,)` and `(n, 1)` NumPy's
    rules make a table `(n, n)`: every label against every answer. The value looks
    plausible and says nothing.

    ## Evidence
    - `metric`: the function.
    - `label_shape`: the shape of the labels.
    - `output_shape`: the shape of the answers.

    ## Example
    ```python
    def within(labels, answers):
        return keras.ops.mean(keras.ops.abs(labels - answers) < 0.5)

    x = random.normal(size=(100, 3))
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile(loss="mse", metrics=[within])
    model.fit(x, x[:, 0])
    ```
    Use instead:
    ```python
    def within(labels, answers):
        return keras.ops.mean(keras.ops.abs(labels - answers) < 0.5)

    x = random.normal(size=(100, 3))
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile(loss="mse", metrics=[within])
    model.fit(x, x[:, :1])
    ```

    ## When to ignore
    When the function is meant to compare all pairs.
    """

    severity: ClassVar[Severity] = "error"
    since: ClassVar[str] = "0.1.0"

    metric: str
    label_shape: tuple[int | None, ...]
    output_shape: tuple[int | None, ...]

    @property
    def message(self) -> str:
        """The two shapes."""
        return (
            f"`{self.metric}` is given labels {_shape(self.label_shape)} and answers"
            f" {_shape(self.output_shape)}, and compares every label with every answer."
        )

    @property
    def fix(self) -> str:
        """One shape for both."""
        return (
            "Give `fit` labels of shape (n, 1), or begin the function with"
            " `labels = keras.ops.reshape(labels, keras.ops.shape(answers))`."
        )

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The metric."""
        return ("metric",)


def _shape(shape: tuple[int | None, ...]) -> str:
    axes = ", ".join(["n", *(str(axis) for axis in shape[1:])])
    return f"({axes},)" if len(shape) == 1 else f"({axes})"


def metric_compares_across_rows(fit: Fit) -> Iterator[MetricComparesAcrossRows]:
    """WL413."""
    labels, output = training_of(fit).label_shape, model_of(fit).output_shape
    unequal = compile_of(fit).unequal_metrics
    if unequal and len(labels) == 1 and output is not None and output[1:] == (1,):
        yield MetricComparesAcrossRows(
            metric=unequal[0], label_shape=labels, output_shape=output
        )
