"""WL224."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import CouldNotRun, Detected
from whylow.checks._head import head_of
from whylow.checks._probed import falls_short, probes_of
from whylow.checks._reading import BINARY_LOSSES, compile_of, loss_name, model_of
from whylow.records import Fault, Fit, Severity


@dataclass(frozen=True, kw_only=True)
class SoftmaxUnderBinaryLoss(Detected):
    """A softmax over several classes is trained with a binary loss.

    ## What it does
    Looks for `binary_crossentropy` over a softmax of more than two units with one-hot
    labels.

    ## Why is this bad?
    The loss asks each unit by itself, while the softmax ties them together: errors of
    the many classes that are not meant weigh as much as those of the one that is, and a
    metric that counts units shows 90 % where 1 in 10 rows is right.

    ## Evidence
    - `units`: units of the softmax.
    - `loss`: the loss.
    - `learnt_nothing`: whether the answers on training rows are no better than a
      constant, or far behind a simple model's. Then this is an error, else a warning.

    ## Example
    ```python
    x, labels = random.normal(size=(60, 4)), np.arange(60) % 3
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, "softmax")])
    model.compile(loss="binary_crossentropy")
    model.fit(x, keras.utils.to_categorical(labels))
    ```
    Use instead: `categorical_crossentropy`.
    ```python
    x, labels = random.normal(size=(60, 4)), np.arange(60) % 3
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, "softmax")])
    model.compile(loss="categorical_crossentropy")
    model.fit(x, keras.utils.to_categorical(labels))
    ```

    ## When to ignore
    When several labels may be true at once: then the activation is what does not fit.
    """

    severity: ClassVar[Severity] = "error"
    since: ClassVar[str] = "0.1.0"

    units: int
    loss: str
    learnt_nothing: bool

    @property
    def message(self) -> str:
        """The fact and its numbers."""
        return (
            f"{self.loss} asks each of the {self.units} units of the softmax by itself,"
            " though"
            " exactly one is true."
        )

    @property
    def fix(self) -> str:
        """What to do about it."""
        return "Use `categorical_crossentropy`."

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The kind of fault."""
        return ("loss",)

    def weight(self) -> Severity:
        """An error where too little was learnt."""
        return "error" if self.learnt_nothing else "warning"


def softmax_under_binary_loss(fit: Fit) -> Iterator[SoftmaxUnderBinaryLoss]:
    """WL224."""
    head = head_of(model_of(fit))
    loss = loss_name(compile_of(fit))
    labels = probes_of(fit).labels
    if labels is None:
        raise CouldNotRun("the labels were not measured")
    # Over two units both losses are the same.
    several = head.activation == "softmax" and head.units > 2
    if loss in BINARY_LOSSES and several and labels.form == "one-hot":
        yield SoftmaxUnderBinaryLoss(
            units=head.units, loss=loss, learnt_nothing=falls_short(fit)
        )
