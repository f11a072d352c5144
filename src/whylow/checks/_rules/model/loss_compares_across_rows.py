"""WL226."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Confidence, CouldNotRun, Detected
from whylow.checks._probed import probes_of
from whylow.checks._reading import model_of, training_of
from whylow.records import Fault, Fit, Severity


@dataclass(frozen=True, kw_only=True)
class LossComparesAcrossRows(Detected):
    """A loss of your own compares every row with every other.

    ## What it does
    Calls a loss that the script wrote itself on a few made numbers: with labels in the
    shape that the script gives them, with labels that stand at their own row, and row by
    row. Reported where the first differs from both others.

    ## Why is this bad?
    Labels `(batch,)` against outputs `(batch, 1)` or `(batch, time, 1)` are lined up with
    the *last* axis: each answer is held against the labels of all rows, and the best that
    the model can do is to answer their mean for every row. Losses of Keras bring both to
    one shape, a class of your own does not, and a function of your own only where the
    shapes differ by one axis.

    ## Evidence
    - `loss`: the loss.
    - `output_shape`: shape of the output.
    - `label_shape`: shape of the labels.

    ## Example
    ```python
    class Distance(keras.losses.Loss):
        def call(self, known, given):
            return keras.ops.square(known - given)

    x = random.normal(size=(64, 4))
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    model.compile(loss=Distance())
    model.fit(x, x[:, 0])
    ```
    Use instead: labels of the output's shape, one number a row for an output `(batch, 1)`;
    where the output has an axis of time, a reduction over time before the last layer.
    ```python
    class Distance(keras.losses.Loss):
        def call(self, known, given):
            return keras.ops.square(known - given)

    x = random.normal(size=(64, 4))
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    model.compile(loss=Distance())
    model.fit(x, x[:, :1])
    ```

    ## When to ignore
    When rows shall be compared with one another, as in a ranking or contrastive loss.
    """

    severity: ClassVar[Severity] = "error"
    since: ClassVar[str] = "0.1.0"
    confidence: ClassVar[Confidence] = 2

    loss: str
    output_shape: tuple[int | None, ...]
    label_shape: tuple[int | None, ...]

    @property
    def message(self) -> str:
        """The shapes, and what becomes of them."""
        return (
            f"`{self.loss}` holds each output of {self.output_shape} against the labels of"
            f" all rows, {self.label_shape}: it gives another number when the same labels"
            " stand at their own rows."
        )

    @property
    def fix(self) -> str:
        """One shape for both."""
        if len(self.output_shape) > 2:
            return (
                "Reduce the sequence to one answer before the last layer"
                " (`return_sequences=False`, or a pooling over time)."
            )
        return "Give labels and outputs one shape: `y.reshape(-1, 1)`."

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What to change: the output over time, or the loss."""
        over_time = len(self.output_shape) > 2
        return ("per_timestep_output", "output_shape") if over_time else ("loss",)


def loss_compares_across_rows(fit: Fit) -> Iterator[LossComparesAcrossRows]:
    """WL226."""
    probes, shape = probes_of(fit), model_of(fit).output_shape
    if "loss_shapes" in probes.failed or "all" in probes.failed:
        raise CouldNotRun("the loss was not tried")
    if probes.loss_across_rows and shape is not None:
        name = fit.compile.loss if fit.compile and fit.compile.loss else "the loss"
        yield LossComparesAcrossRows(
            loss=name, output_shape=shape, label_shape=training_of(fit).label_shape
        )
