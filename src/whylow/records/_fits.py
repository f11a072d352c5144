"""One training as it happened."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from whylow.records._base import Record
from whylow.records._data import InputData, LabelData, Overlap, RowFacts
from whylow.records._probes import Probes

Role = Literal["baseline", "variant", "other"]


class Layer(Record):
    """One layer of a model, in the order in which the model lists it."""

    name: str
    class_name: str
    config: dict[str, Any] = Field(default={})
    input_shape: tuple[int | None, ...] | None = None
    output_shape: tuple[int | None, ...] | None = None
    parameters: int = 0
    masked: bool | None = Field(
        default=None, description="Whether a mask leaves this layer; null where unknown."
    )


class Model(Record):
    """What was trained."""

    class_name: str
    backend: str
    layers: tuple[Layer, ...] = ()
    ordered: bool = Field(
        default=False,
        description="Whether the layers of a subclassed model stand in the order in which"
        " it calls them; those of other models always do.",
    )
    parameters: int = 0
    output_shape: tuple[int | None, ...] | None = None


class Compile(Record):
    """The arguments of `compile`."""

    optimizer: str | None = None
    optimizer_config: dict[str, Any] = Field(default={})
    loss: str | None = Field(default=None, description="Snake-case name, if it has one.")
    from_logits: bool = False
    metrics: tuple[str, ...] = ()
    metric_kinds: tuple[str, ...] = Field(
        default=(),
        description="What each metric is: the string that was given, the class of an object"
        " (`AUC`), or `function` for one that the script wrote itself.",
    )
    unequal_metrics: tuple[str, ...] = Field(
        default=(),
        description="Own functions that give other values for labels `(n,)` than for"
        " `(n, 1)`.",
    )


class Split(Record):
    """A summary of the rows that a fit was trained or validated on."""

    rows: int
    input_shapes: tuple[tuple[int | None, ...], ...] = ()
    input_dtypes: tuple[str, ...] = ()
    label_shape: tuple[int | None, ...] = ()
    label_dtype: str = ""
    class_counts: dict[str, int] | None = Field(
        default=None, description="Rows of each class; null where labels are no classes."
    )
    zero_share: float | None = Field(
        default=None, description="Share of zeros in integer inputs: padding, as a rule."
    )
    nan_count: int = Field(
        default=0, description="NaN or infinite values, inputs and labels."
    )
    digest: str = ""
    inputs: tuple[InputData, ...] = ()
    labels: LabelData | None = Field(default=None, description="Of one label array.")
    facts: RowFacts | None = None


class Settings(Record):
    """The arguments of `fit`."""

    epochs: int
    batch_size: int | None = None
    shuffle: bool = True
    validation_split: float = 0.0
    class_weight: dict[str, float] | None = None
    sample_weight: bool = False
    callbacks: tuple[str, ...] = ()


class Broadcast(Record):
    """One label a text, broadcast in silence over an output that still has a time axis."""

    output_shape: tuple[int | None, ...]
    label_shape: tuple[int | None, ...]
    layer: str = Field(description="The last layer whose output carries time.")
    emulated: bool = Field(description="Trained the way Keras 2 did, as Keras 3 refuses.")


class LogFacts(Record):
    """What a log tells besides its curves."""

    form: str = Field(description="What it was read from, in words.")
    planned_epochs: int | None = None
    steps_per_epoch: int | None = None
    decimals: dict[str, int] = Field(
        default={}, description="Digits printed after the decimal point, by metric."
    )
    missing: dict[str, int] = Field(
        default={}, description="Nulls of a history that were not printed (and so no nan)."
    )
    training_rows: tuple[int, int] | None = Field(
        default=None, description="Lowest and highest that fit steps times batch size."
    )
    validation_rows: tuple[int, ...] = Field(
        default=(),
        description="Likely numbers that fit the printed accuracies, best first.",
    )


class Fit(Record):
    """One training as it happened: the record that everything starts from."""

    name: str
    role: Role = "other"
    history: dict[str, tuple[float | None, ...]] = Field(
        default={}, description="One value an epoch; null stands for nan and infinity."
    )
    epochs: int = Field(default=0, description="Epochs that were finished.")
    seconds_per_epoch: float | None = Field(
        default=None,
        description="Median, the first epoch (compilation) left out if it can be.",
    )
    failed: str | None = None
    replayable: bool = False
    replay_note: str | None = None
    source: Literal["script", "log"] = "script"
    model: Model | None = None
    compile: Compile | None = None
    settings: Settings | None = None
    training: Split | None = None
    validation: Split | None = None
    broadcast: Broadcast | None = None
    overlap: Overlap | None = None
    members: tuple[str, ...] = Field(
        default=(),
        description="Later fits of the same configuration, folded into this one.",
    )
    log: LogFacts | None = Field(default=None, description="Only of a fit read from a log.")
    probes: Probes | None = Field(
        default=None, description="What was measured after the script; null if nothing was."
    )
