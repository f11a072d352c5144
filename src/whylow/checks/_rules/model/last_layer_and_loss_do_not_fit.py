"""WL203."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Confidence, CouldNotRun, Detected, Status
from whylow.checks._fitting import misfit
from whylow.checks._head import Head, Labels, head_of, labels_of
from whylow.checks._misfits import MISFITS
from whylow.checks._probed import falls_short, learnt_nothing
from whylow.checks._reading import (
    DISTANCE_LOSSES,
    KNOWN_LOSSES,
    absent,
    compile_of,
    loss_name,
    model_of,
)
from whylow.records import Fault, Fit, Severity


@dataclass(frozen=True, kw_only=True)
class LastLayerAndLossDoNotFit(Detected):
    """Last activation, number of units, loss and labels do not fit each other.

    ## What it does
    Reads the end of the model, the loss and how the labels are written, and looks for
    combinations that cannot work:

    - `softmax-on-one-unit`: the output is 1 whatever goes in.
    - `one-unit-for-many-classes`, `fewer-units-than-classes`: some classes have no unit.
    - `labels-beyond-units`: class numbers that do not run from 0 to units - 1.
    - `categorical-loss-on-one-unit`, `sparse-loss-on-one-unit`: a loss over classes, which
      one unit leaves constant.
    - `class-numbers-for-categorical-loss`, `one-hot-for-sparse-loss`,
      `single-labels-for-several-units`, `label-width-differs`,
      `several-labels-under-softmax`: labels written otherwise than the loss reads them.
    - `softmax-over-several`, `categorical-loss-over-several`: several labels may be 1 in
      one row, and one of activation and loss expects exactly one.
    - `labels-not-zero-and-one`, `numbers-for-binary-loss`: numbers that binary
      cross-entropy cannot take.
    - `raw-output-for-classes`: classes under a loss of distance and an output without
      bounds; only where too little was learnt, for least squares can work.
    - `output-stuck-at-zero`: a last `relu` that gives 0 for every row.
    - `labels-out-of-reach`: numbers that the last activation never gives.
    - `squashed-twice`: probabilities, and a loss that takes them for logits
      (`from_logits=True`); `bounded-logits`: logits that an activation has cut.
    - `raw-output-with-binary-loss`, `activation-with-binary-loss`,
      `raw-output-with-categorical-loss`, `activation-with-categorical-loss`,
      `sigmoid-with-categorical-loss`: a loss that takes outputs for probabilities where
      they are none.
    - `activation-with-hinge-loss`: outputs that cannot reach both -1 and 1.

    ## Why is this bad?
    Most of these train without an error: Keras clips, divides by the sum or broadcasts, the
    loss falls a little or stays constant, and accuracy stands near that of guessing.

    ## Evidence
    - `combination`: which of those above.
    - `layer`: the layer that sets the range of the output.
    - `activation`: its activation, null where it cannot be told.
    - `units`: the length of the output's last axis.
    - `loss`: the loss under Keras' full name; null where it has none.
    - `from_logits`: whether the loss expects logits.
    - `labels`: how the labels are written: `class-numbers`, `one-hot`, `vectors`, `numbers`
      or `unknown`.
    - `label_width`: numbers in the label of one output, 0 where they do not go together.
    - `classes`: how many classes occur, 0 where labels are no classes.
    - `lowest_label`, `highest_label`: the lowest and highest class number; null likewise.
    - `lowest`, `highest`: the lowest and highest number in the labels; null where that is
      not known.

    ## Example
    ```python
    model = keras.Sequential([
        keras.Input((4,)),
        keras.layers.Dense(1, activation="softmax"),
    ])
    model.compile(loss="binary_crossentropy")
    ```
    Use instead:
    ```python
    model = keras.Sequential([
        keras.Input((4,)),
        keras.layers.Dense(1, activation="sigmoid"),
    ])
    model.compile(loss="binary_crossentropy")
    ```

    ## When to ignore
    Never known to be right; tell us if yours is.
    """

    severity: ClassVar[Severity] = "error"
    status: ClassVar[Status] = "stable"
    since: ClassVar[str] = "0.1.0"
    confidence: ClassVar[Confidence] = 2

    combination: str
    layer: str
    activation: str | None
    units: int
    loss: str | None
    from_logits: bool
    labels: str
    label_width: int
    classes: int
    lowest_label: int | None
    highest_label: int | None
    lowest: float | None
    highest: float | None

    @property
    def message(self) -> str:
        """What meets what."""
        return MISFITS[self.combination].message.format_map(self._words())

    @property
    def fix(self) -> str:
        """What would fit."""
        return MISFITS[self.combination].fix.format_map(self._words())

    @property
    def faults(self) -> tuple[Fault, ...]:
        """As the combination has it."""
        return MISFITS[self.combination].faults

    def _words(self) -> dict[str, object]:
        """Return the evidence, worded for a sentence."""
        return {
            **self.evidence(),
            "loss": self.loss or "the loss",
            "lowest": 0.0 if self.lowest is None else self.lowest,
            "highest": 0.0 if self.highest is None else self.highest,
            "last_unit": self.units - 1,
            "unit": "1 unit" if self.units == 1 else f"{self.units} units",
        }


def last_layer_and_loss_do_not_fit(fit: Fit) -> Iterator[LastLayerAndLossDoNotFit]:
    """WL203."""
    head = head_of(model_of(fit))
    compiled = compile_of(fit)
    loss = loss_name(compiled)
    labels = Labels("unknown", 0, (), False)
    if fit.training is not None:
        labels = labels_of(fit.training, head)
    combination = misfit(head, loss, compiled.from_logits, labels)
    if combination is None and _unbounded_for_classes(fit, head, loss, labels):
        combination = "raw-output-for-classes"
    if combination is None and _stuck_at_zero(fit, head):
        combination = "output-stuck-at-zero"
    if combination is not None:
        yield LastLayerAndLossDoNotFit(
            combination=combination,
            layer=head.layer,
            activation=head.activation,
            units=head.units,
            loss=loss,
            from_logits=compiled.from_logits,
            labels=labels.kind,
            label_width=labels.width,
            classes=len(labels.values),
            lowest_label=labels.values[0] if labels.values else None,
            highest_label=labels.values[-1] if labels.values else None,
            lowest=_first(labels.low, *labels.values[:1]),
            highest=_first(labels.high, *labels.values[-1:]),
        )
    elif loss is None or loss not in KNOWN_LOSSES:
        raise CouldNotRun(
            "the loss has no name of Keras'"
            if loss is None
            else f"it has no rule for {loss}"
        )
    elif head.activation is None:
        raise CouldNotRun(f"what `{head.layer}` does to the output last is not known")
    elif fit.training is None:
        raise absent(fit, "the training labels")


def _first(*values: float | None) -> float | None:
    return next((float(value) for value in values if value is not None), None)


def _unbounded_for_classes(fit: Fit, head: Head, loss: str | None, labels: Labels) -> bool:
    unbounded = head.activation in ("linear", "relu", "elu", "leaky_relu", "selu")
    if loss not in DISTANCE_LOSSES or not unbounded or not falls_short(fit):
        return False
    accuracy = any("acc" in name for name in (fit.compile.metrics if fit.compile else ()))
    two = labels.kind == "class-numbers" and labels.values == (0, 1) and accuracy
    return labels.kind == "one-hot" or two


def _stuck_at_zero(fit: Fit, head: Head) -> bool:
    answers = fit.probes.training if fit.probes else None
    zero = answers is not None and answers.finite and answers.low == answers.high == 0
    return head.activation == "relu" and zero and learnt_nothing(fit)
