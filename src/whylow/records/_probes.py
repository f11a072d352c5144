"""What probes measured of a model and its data, once, after the script."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from whylow.records._base import Record

LabelForm = Literal["classes", "one-hot", "multi-hot", "soft", "numbers"]


class ProbedLabels(Record):
    """How the labels of the training rows are written."""

    form: LabelForm = Field(
        description="Class numbers; vectors with one 1, with several, of probabilities; "
        "anything else."
    )
    low: float
    high: float
    mean: float
    std: float
    distinct: int = Field(description="Different values, counted up to 1001.")
    constant_over_time: bool | None = Field(
        default=None,
        description="Whether each row repeats one label; null without an axis of time.",
    )


class ProbedInput(Record):
    """The numbers of one input of the training rows."""

    rows: int
    shape: tuple[int, ...] = Field(description="Of one row.")
    whole: bool = Field(description="Whether all of them are integers.")
    low: float
    high: float
    mean: float
    std: float
    largest_offset: float = Field(
        description="Largest |mean| of a feature in its standard deviations; constant "
        "features left out."
    )
    largest_std: float = Field(description="Largest standard deviation of a feature.")
    smallest_std: float = Field(description="Smallest one above zero; 0 if all are.")
    padded: Literal["left", "right"] | None = Field(
        default=None, description="Side on which rows are filled up with zeros."
    )
    padding_share: float = 0.0


class LayerProbe(Record):
    """One layer, at the start weights and at the end weights, on a batch of rows."""

    name: str
    class_name: str
    activation_std_start: float | None = None
    activation_std_end: float | None = None
    dead_start: float | None = Field(
        default=None, description="Share of units that are zero for every row."
    )
    dead_end: float | None = None
    saturated_start: float | None = Field(
        default=None, description="Share of outputs at either end of a bounded activation."
    )
    saturated_end: float | None = None
    gradient_start: float | None = Field(
        default=None, description="Root mean square of the loss's gradient by its weights."
    )
    gradient_end: float | None = None
    weight_start: float | None = Field(
        default=None, description="Root mean square of its largest kernel."
    )
    weight_end: float | None = None
    moved: float | None = Field(
        default=None, description="Norm of the way from start to end over the start's."
    )
    trainable: bool = False
    drawn: bool | None = Field(
        default=None, description="Whether its kernels started from a random draw."
    )
    alike_start: bool = Field(
        default=False, description="Whether all units of the kernel are the same."
    )
    alike_end: bool = False
    equal_kernels: tuple[str, ...] = Field(
        default=(), description="Kernels of one layer that start from the same draw."
    )


class AttentionProbe(Record):
    """One attention layer at the end weights."""

    layer: str
    relative_entropy: float | None = Field(
        description="1 is uniform, 0 all weight on one position."
    )
    on_padding: float | None = Field(description="Share of the weight on padding.")


class Predicted(Record):
    """What the model answers at its end weights, dropout off."""

    rows: int
    low: float
    high: float
    spread: float = Field(description="Standard deviation over rows, largest unit.")
    finite: bool
    accuracy: float | None = Field(
        default=None, description="Share of right classes after decoding; null for numbers."
    )
    majority: float | None = Field(default=None, description="Share of the largest class.")
    skill: float | None = Field(
        default=None,
        description="0 for the best constant answer, 1 for all right: the best of gained "
        "accuracy, of explained log-loss and of 2 AUC - 1 for classes; R2 for numbers.",
    )


class SimpleControl(Record):
    """What two simple models see in the same training rows, out of fold."""

    name: str
    rows: int
    accuracy: float | None = None
    majority: float | None = None
    skill: float = Field(description="As of the model's own predictions.")
    noise: float = Field(description="What chance alone reaches, two standard errors.")


class Trial(Record):
    """A short training from the script's own start with one thing changed."""

    change: str
    factor: float | None = Field(
        default=None, description="Of the learning rate, if that was changed."
    )
    steps: int
    skill: float | None = Field(
        description="On a fixed sample of the training rows; null if not finite."
    )


class Probes(Record):
    """What was measured of one fit; what could not be, and why, in `failed`."""

    seconds: float = 0.0
    labels: ProbedLabels | None = None
    inputs: tuple[ProbedInput, ...] = ()
    layers: tuple[LayerProbe, ...] = ()
    attention: tuple[AttentionProbe, ...] = ()
    masked_layers: tuple[str, ...] = Field(
        default=(), description="Layers that a mask leaves."
    )
    unused_inputs: tuple[str, ...] = Field(
        default=(), description="Inputs that the output does not depend on."
    )
    loss_start: float | None = Field(
        default=None, description="At the start weights, penalties and all."
    )
    loss_across_rows: bool = Field(
        default=False,
        description="Whether a loss of the script's own compares each row's output with the"
        " labels of other rows.",
    )
    penalty_start: float | None = Field(
        default=None, description="Regularization's part of the loss at the start weights."
    )
    penalty_end: float | None = Field(
        default=None, description="Regularization's part of the loss at the end weights."
    )
    loss_constant: float | None = Field(
        default=None, description="Of the best constant answer, where it is known."
    )
    loss_training_mode: float | None = Field(
        default=None, description="At the end weights with dropout on, penalties and all."
    )
    training: Predicted | None = None
    validation: Predicted | None = None
    control: SimpleControl | None = None
    single_batch: Trial | None = Field(
        default=None, description="The same training on one batch alone."
    )
    trials: tuple[Trial, ...] = ()
    steps: int | None = Field(default=None, description="Steps that the fit took.")
    failed: dict[str, str] = Field(
        default={}, description="Probe → why it could not measure."
    )
