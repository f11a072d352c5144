"""WL204."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Confidence, CouldNotRun, Detected, Status
from whylow.checks._probed import probes_of
from whylow.checks._reading import model_of, training_of
from whylow.records import Fault, Fit, Severity

# Two steps are often the same by chance.
FEWEST_STEPS = 3


@dataclass(frozen=True, kw_only=True)
class LabelsRepeatedOverTime(Detected):
    """Each row repeats its one label at every time step.

    ## What it does
    Looks whether the labels have a time axis along which every row holds one and the
    same value, under an output with a value for each time step.

    ## Why is this bad?
    There is one answer a row, and the model is asked for it at each step: the first
    steps cannot know it yet, nothing reduces the sequence to one answer, and "accuracy"
    is the share of right time steps. It is what a silent broadcast of one label over
    time trains, written out by hand.

    ## Evidence
    - `output_shape`: shape of the output.
    - `label_shape`: shape of the labels.
    - `steps`: time steps.

    ## Example
    ```python
    model = keras.Sequential([
        keras.Input((10, 3)),
        keras.layers.LSTM(4, return_sequences=True),
        keras.layers.Dense(1, activation="sigmoid"),
    ])
    model.compile(loss="binary_crossentropy")
    x, y = random.normal(size=(64, 10, 3)), np.arange(64) % 2
    model.fit(x, np.repeat(y[:, None, None], 10, axis=1))
    ```
    Use instead: one label a row, and a reduction over time before the last layer: the last
    state, or a pooling.
    ```python
    model = keras.Sequential([
        keras.Input((10, 3)),
        keras.layers.LSTM(4),
        keras.layers.Dense(1, activation="sigmoid"),
    ])
    model.compile(loss="binary_crossentropy")
    x, y = random.normal(size=(64, 10, 3)), np.arange(64) % 2
    model.fit(x, y)
    ```

    ## When to ignore
    When the early steps shall learn the final answer on purpose (target replication).
    """

    severity: ClassVar[Severity] = "error"
    status: ClassVar[Status] = "stable"
    since: ClassVar[str] = "0.1.0"
    confidence: ClassVar[Confidence] = 2

    output_shape: tuple[int | None, ...]
    label_shape: tuple[int | None, ...]
    steps: int

    @property
    def message(self) -> str:
        """The fact and its numbers."""
        return (
            f"Every row repeats its label at each of {self.steps} time steps: the output"
            f" {self.output_shape} is asked {self.steps} times for one answer."
        )

    @property
    def fix(self) -> str:
        """What to do about it."""
        return (
            "Reduce the sequence to one answer before the last layer"
            " (`return_sequences=False`,"
            " or a pooling over time), and give each row one label."
        )

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The kind of fault."""
        return ("per_timestep_output", "output_shape")


def labels_repeated_over_time(fit: Fit) -> Iterator[LabelsRepeatedOverTime]:
    """WL204."""
    model = model_of(fit)
    labels = probes_of(fit).labels
    shape = training_of(fit).label_shape
    output = model.output_shape
    if labels is None or output is None:
        raise CouldNotRun("the shapes of output and labels are not known")
    if len(output) != 3 or len(shape) < 2 or shape[1] is None or shape[1] < FEWEST_STEPS:
        return
    if output[1] in (None, shape[1]) and labels.constant_over_time and labels.std > 0:
        yield LabelsRepeatedOverTime(output_shape=output, label_shape=shape, steps=shape[1])
