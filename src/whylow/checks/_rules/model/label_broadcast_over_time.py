"""WL201."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

from whylow.checks._base import Confidence, CouldNotRun, Detected, Status
from whylow.checks._reading import (
    BROADCASTING_LOSSES,
    CATEGORICAL_LOSSES,
    KNOWN_LOSSES,
    PER_STEP,
    SPARSE_LOSSES,
    carries_time,
    class_values,
    compile_of,
    is_recurrent,
    loss_name,
    model_of,
    training_of,
)
from whylow.records import Fault, Fit, Layer, Model, Severity

How = Literal["repeated", "across-rows", "time-as-class", "refused"]


@dataclass(frozen=True, kw_only=True)
class LabelBroadcastOverTime(Detected):
    """The output has one value for each time step, but each row has one label.

    ## What it does
    Looks for an output of shape `(batch, time, units)` that is trained on labels without
    a time axis, `(batch,)` or `(batch, 1)`.

    ## Why is this bad?
    Nothing reduces the sequence to one answer. What the loss makes of it depends on its
    kind, and only part of them complain:

    - *repeated*: every time step is asked for the label of the whole row, and "accuracy" is
      the share of right time steps. So do Keras 2 with every loss, and Keras 3 with
      `mean_squared_error` and its like when labels are `(batch, 1)`.
    - *across-rows*: with labels `(batch,)` the same losses of Keras 3 compare the output of
      a row with the labels of all rows in its batch.
    - *time-as-class*: `sparse_categorical_crossentropy` with labels `(batch, 1)`, and
      `categorical_crossentropy` where there are as many classes as time steps, read the
      time steps as classes.
    - *refused*: Keras 3 stops with an error about shapes or ranks.

    ## Evidence
    - `how`: which of the four.
    - `loss`: the loss, null where it is not known.
    - `output_shape`, `label_shape`: the shapes that met.
    - `layer`: the last layer that makes or keeps the time axis. Layers behind it, `Dense`
      for instance, work on each step by itself; the reduction belongs here.
    - `return_sequences`: whether that layer is a recurrent one that can drop time itself.
    - `emulated`: whether Keras 3 refused and the fit was trained the way Keras 2 did.

    ## Example
    ```python
    model = keras.Sequential([
        keras.Input((100,), dtype="int32"),
        keras.layers.Embedding(20_000, 100, mask_zero=True),
        keras.layers.Bidirectional(keras.layers.LSTM(64, return_sequences=True)),
        keras.layers.Dense(1, activation="sigmoid"),
    ])
    model.compile(loss="mean_squared_error")
    ```
    Use instead:
    ```python
    model = keras.Sequential([
        keras.Input((100,), dtype="int32"),
        keras.layers.Embedding(20_000, 100, mask_zero=True),
        keras.layers.Bidirectional(keras.layers.LSTM(64)),
        keras.layers.Dense(1, activation="sigmoid"),
    ])
    model.compile(loss="binary_crossentropy")
    ```

    ## When to ignore
    When every time step shall learn the label of its row on purpose. Then give the labels
    a time axis, so that it can be seen.
    """

    severity: ClassVar[Severity] = "error"
    status: ClassVar[Status] = "stable"
    since: ClassVar[str] = "0.1.0"
    confidence: ClassVar[Confidence] = 2

    how: How
    loss: str | None
    output_shape: tuple[int | None, ...]
    label_shape: tuple[int | None, ...]
    layer: str
    return_sequences: bool
    emulated: bool

    @property
    def message(self) -> str:
        """The shapes, and what the loss makes of them."""
        steps = self.output_shape[1]
        count = "every time step" if steps is None else f"each of {steps} time steps"
        loss = self.loss or "the loss"
        consequence = {
            "repeated": f"{loss} asks every time step for the label of the whole row",
            "across-rows": f"{loss} compares each row with the labels of its whole batch",
            "time-as-class": f"{loss} reads the time steps as classes",
            "refused": "Keras 3 refuses the shapes",
        }[self.how]
        if self.emulated:
            consequence += " (Keras 2 did so in silence; Keras 3 refuses)"
        return (
            f"The output {_written(self.output_shape)} has a value for {count},"
            f" the labels {_written(self.label_shape)} one for each row: {consequence}."
            f" The last layer that makes or keeps time is `{self.layer}`."
        )

    @property
    def fix(self) -> str:
        """Where to reduce over time."""
        layer = f"`{self.layer}`"
        pooling = f"a pooling over time (`GlobalAveragePooling1D()`) behind {layer}"
        if self.return_sequences:
            return f"Set `return_sequences=False` on {layer}, or put {pooling}."
        return f"Put {pooling}, before the output layer."

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The output keeps its time steps."""
        return ("per_timestep_output", "output_shape")


def label_broadcast_over_time(fit: Fit) -> Iterator[LabelBroadcastOverTime]:
    """WL201."""
    loss = None if fit.compile is None else loss_name(fit.compile)
    met = fit.broadcast
    if met is not None:
        layers = () if fit.model is None else fit.model.layers
        layer = next((one for one in layers if one.name == met.layer), None)
        # Emulation repeats the label as Keras 2 did, whatever the loss would do today.
        today = loss in KNOWN_LOSSES and not met.emulated
        how = _how(fit, loss, met.output_shape, met.label_shape) if today else None
        yield LabelBroadcastOverTime(
            how=how or "repeated",
            loss=loss,
            output_shape=met.output_shape,
            label_shape=met.label_shape,
            layer=met.layer,
            return_sequences=layer is not None and is_recurrent(layer),
            emulated=met.emulated,
        )
        return
    model, loss = model_of(fit), loss_name(compile_of(fit))
    if model.output_shape is None:
        raise CouldNotRun("the shape of the output is not known")
    label_shape = training_of(fit).label_shape
    how = _how(fit, loss, model.output_shape, label_shape)
    if how is not None:
        layer = _time_layer(model)
        yield LabelBroadcastOverTime(
            how=how,
            loss=loss,
            output_shape=model.output_shape,
            label_shape=label_shape,
            layer=layer.name,
            return_sequences=is_recurrent(layer),
            emulated=False,
        )


def _how(
    fit: Fit,
    loss: str | None,
    output: tuple[int | None, ...],
    labels: tuple[int | None, ...],
) -> How | None:
    """Tell what the loss makes of the shapes; None where they fit or nobody can know."""
    if len(output) != 3 or output[1] == 1:
        return None
    steps, units = output[1:]
    label = labels[1:]
    # One-hot classes in the place of time steps, which T == K lets pass.
    if units == 1 and loss in CATEGORICAL_LOSSES and len(label) == 1 and label[0] == steps:
        return "time-as-class" if fit.training and class_values(fit.training) else None
    one_hot = label == (units,) and steps != units and loss not in SPARSE_LOSSES
    if label not in ((), (1,)) and not one_hot:
        return None
    if fit.source == "log":
        return "repeated"
    if units == 1 and loss in BROADCASTING_LOSSES:
        return "across-rows" if label == () else "repeated"
    if units == 1 and loss in SPARSE_LOSSES and label == (1,):
        return "time-as-class"
    if loss not in KNOWN_LOSSES:
        raise CouldNotRun("the loss is the script's own: it may reduce over time itself")
    # Keras 3 raises for all that is left. A fit that went through all the same tells of
    # something that the record does not hold.
    return "refused" if fit.failed or not fit.history else None


def _time_layer(model: Model) -> Layer:
    sequences = [layer for layer in model.layers if carries_time(layer)]
    makers = [layer for layer in sequences if layer.class_name not in PER_STEP]
    return (makers or sequences or model.layers)[-1]


def _written(shape: tuple[int | None, ...]) -> str:
    """Write a shape with the batch axis left open, as Keras does."""
    axes = ["None", *(str(axis) for axis in shape[1:])]
    return f"({axes[0]},)" if len(axes) == 1 else f"({', '.join(axes)})"
