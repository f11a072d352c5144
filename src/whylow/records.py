"""The frozen values that pass between the stages, and the JSON report they add up to.

A stage knows these values and not the stages around it. Everything here is plain data
that survives a round trip through JSON; what needs arrays or a live model travels in
`whylow.lanes` and `whylow.capture`. The keys of `Report` are a contract (`SCHEMA`):
keys may be added under one schema number, never renamed.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

SCHEMA = "whylow.report/1"

Role = Literal["baseline", "variant", "other"]
Severity = Literal["error", "warning", "info"]
Confirmed = Literal["confirmed", "refuted", "not-tried"]
Verdict = Literal["worse", "better", "no-meaningful-difference", "cannot-tell-yet"]
Fault = Literal[
    "last_activation", "hidden_activation", "loss", "learning_rate", "optimizer", "epochs",
    "batch_size", "init", "regularization", "layer", "output_units", "output_shape",
    "per_timestep_output", "mask", "input_scaling", "input_encoding", "target_scaling",
    "label_encoding", "label_misalignment", "label_noise", "label_leak", "constant_label",
    "data_leak", "data_quality", "train_val_mismatch", "imbalance", "metric", "overfitting",
    "dead_units", "vanishing_gradient", "exploding",
    "single_run", "split_compared", "budget", "capacity", "chance",
]  # fmt: skip


class Record(BaseModel):
    """A frozen value; unknown keys are an error, so that a typo is not lost."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Layer(Record):
    """One layer of a model, in the order in which the model lists it."""

    name: str
    class_name: str
    config: dict[str, Any] = {}
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
    parameters: int = 0
    output_shape: tuple[int | None, ...] | None = None


class Compile(Record):
    """The arguments of `compile`."""

    optimizer: str | None = None
    optimizer_config: dict[str, Any] = {}
    loss: str | None = Field(default=None, description="Snake-case name, if it has one.")
    from_logits: bool = False
    metrics: tuple[str, ...] = ()


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
    members: tuple[str, ...] = Field(
        default=(),
        description="Later fits of the same configuration, folded into this one.",
    )
    log: LogFacts | None = Field(default=None, description="Only of a fit read from a log.")


class Finding(Record):
    """What a check found, with the numbers that it found."""

    code: str
    name: str
    severity: Severity
    fit: str | None = None
    confirmed: Confirmed = "not-tried"
    faults: tuple[Fault, ...] = Field(default=(), max_length=2)
    message: str
    evidence: dict[str, Any] = {}
    fix: str


class CheckNotRun(Record):
    """A check that could not run, and why."""

    code: str
    why: str


class Interval(Record):
    """An estimate and, once there are pairs, the interval around it."""

    low: float | None = None
    estimate: float | None = None
    high: float | None = None


class Difference(Interval):
    """Variant minus baseline."""

    level: float | None = None
    scope: Literal["new texts", "these texts"] = "these texts"


class DifferenceTheseTexts(Interval):
    """Variant minus baseline on the held-out texts at hand, averaged over training luck."""

    sign_flip_p: float | None = None


class Claim(Record):
    """What the person saw: one metric of one run each."""

    metric: str
    split: Literal["train", "validation"]
    epoch: int = Field(description="Counted from 1.")
    difference: float
    baseline: float | None = None
    variant: float | None = None


class View(Record):
    """A rung of the ladder: both fits looked at in one way, nothing retrained for it."""

    view: str
    metric: str
    baseline: float | None = None
    variant: float | None = None
    difference: Interval
    lower_is_better: bool = False
    runs: int = Field(description="Runs a side behind it; one run has no interval.")


class Control(Record):
    """A reference level on the same held-out texts."""

    name: str
    metrics: dict[str, float | None]


class Noise(Record):
    """Shares of the variance of the difference, and the correlation within pairs."""

    seeds: float | None = None
    texts: float | None = None
    both: float | None = None
    pair_correlation: float | None = None


class Run(Record):
    """One replay: a lane, as it is reported."""

    fit: str
    pair: int = Field(description="Counted from 0; equal numbers share seed and order.")
    seed: int
    score: float | None = Field(default=None, description="Headline metric, cross-fitted.")
    epochs_chosen: tuple[int, ...] = Field(
        default=(), description="The epoch chosen on each half, counted from 1."
    )
    history: dict[str, tuple[float | None, ...]] = {}
    failed: str | None = None


class Comparison(Record):
    """Baseline and variant, and what can be said of their difference."""

    baseline: str
    variant: str
    metric: str
    smallest_meaningful_difference: float
    pairs: int = 0
    looks: tuple[int, ...] = ()
    claim: Claim | None = None
    ladder: tuple[View, ...] = ()
    difference: Difference | None = None
    difference_these_texts: DifferenceTheseTexts | None = None
    metrics: dict[str, dict[str, float | None]] = Field(
        default={},
        description="Fit name → metric → mean over its lanes, cross-fitted.",
    )
    controls: tuple[Control, ...] = ()
    noise: Noise = Noise()
    self_test: dict[str, Any] = {}
    verdict: Verdict | None = None
    provisional: bool = Field(
        default=True, description="From one look and a t interval over pairs alone."
    )
    sentence: str = ""
    next_step: str = ""
    runs: tuple[Run, ...] = ()


class Cause(Record):
    """A remedy whose share of the difference was measured."""

    remedy: str
    code: str | None = None
    effect: Interval
    role: Literal["cause", "acquitted", "undecided"]
    pairs: int


class Script(Record):
    """The training script and how it ended."""

    path: str
    exit_status: int


class Report(Record):
    """Everything whylow has to say: the JSON report."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    schema_: Literal["whylow.report/1"] = Field(default=SCHEMA, alias="schema")
    command: str
    script: Script | None = None
    fits: tuple[Fit, ...] = ()
    findings: tuple[Finding, ...] = ()
    checks_not_run: tuple[CheckNotRun, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    causes: tuple[Cause, ...] = ()
    remainder: Interval | None = None
    causes_not_examined: tuple[str, ...] = ()
    notes: tuple[str, ...] = Field(
        default=(), description="What was stood in for, left out or assumed."
    )
    protocol: dict[str, Any] = {}
    versions: dict[str, str] = {}

    def to_json(self) -> str:
        """Return the report as one JSON document."""
        return self.model_dump_json(by_alias=True, indent=2)
