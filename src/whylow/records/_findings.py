"""What the checks found, and what they could not look at."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from whylow.records._base import Record

Severity = Literal["error", "warning", "info"]
Confirmed = Literal["confirmed", "refuted", "not-tried"]
Fault = Literal[
    "last_activation", "hidden_activation", "loss", "learning_rate", "optimizer", "epochs",
    "batch_size", "init", "regularization", "layer", "output_units", "output_shape",
    "per_timestep_output", "mask", "input_scaling", "input_encoding", "target_scaling",
    "label_encoding", "label_misalignment", "label_noise", "label_leak", "constant_label",
    "data_leak", "data_quality", "train_val_mismatch", "imbalance", "metric", "overfitting",
    "dead_units", "vanishing_gradient", "exploding",
    "single_run", "split_compared", "budget", "capacity", "chance",
]  # fmt: skip


class Finding(Record):
    """What a check found, with the numbers that it found."""

    code: str
    name: str
    severity: Severity
    fit: str | None = None
    confirmed: Confirmed = "not-tried"
    faults: tuple[Fault, ...] = Field(default=(), max_length=2)
    message: str
    evidence: dict[str, Any] = Field(default={})
    fix: str
    allowed: str | None = Field(
        default=None, description="Why the person allows it; it then counts for nothing."
    )


class CheckNotRun(Record):
    """A check that could not run, and why."""

    code: str
    why: str
