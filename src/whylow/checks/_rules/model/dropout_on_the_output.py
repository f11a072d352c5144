"""WL205."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Confidence, Detected
from whylow.checks._head import in_order
from whylow.checks._reading import model_of
from whylow.records import Fault, Fit, Layer, Severity

# What may stand between the last weights and the output without mixing them again.
_HARMLESS = frozenset(
    "Activation Softmax ReLU LeakyReLU Reshape Flatten GlobalAveragePooling1D"
    " GlobalAveragePooling2D GlobalMaxPooling1D GlobalMaxPooling2D Identity".split()
)


@dataclass(frozen=True, kw_only=True)
class DropoutOnTheOutput(Detected):
    """Dropout stands behind the last layer with weights and drops answers.

    ## What it does
    Looks for a dropout between the last layer that has weights and the output of the
    model.

    ## Why is this bad?
    In training a share of the outputs is set to zero: of logits before a softmax, whole
    classes are hidden at random. The training loss cannot fall far and training
    accuracy stays below validation accuracy.

    ## Evidence
    - `layer`: the dropout.
    - `rate`: its rate.
    - `behind`: the last layer with weights.

    ## Example
    ```python
    model = keras.Sequential([
        keras.Input((4,)),
        keras.layers.Dense(1),
        keras.layers.Dropout(0.5),
        keras.layers.Activation("sigmoid"),
    ])
    model.compile(loss="binary_crossentropy")
    ```
    Use instead:
    ```python
    model = keras.Sequential([
        keras.Input((4,)),
        keras.layers.Dropout(0.5),
        keras.layers.Dense(1),
        keras.layers.Activation("sigmoid"),
    ])
    model.compile(loss="binary_crossentropy")
    ```

    ## When to ignore
    Never known to be right for an output; tell us if yours is.
    """

    severity: ClassVar[Severity] = "error"
    since: ClassVar[str] = "0.1.0"
    confidence: ClassVar[Confidence] = 2

    layer: str
    rate: float
    behind: str

    @property
    def message(self) -> str:
        """The fact and its numbers."""
        return (
            f"`{self.layer}` drops {100 * self.rate:.0f} % of the outputs of"
            f" `{self.behind}`,"
            " the last layer with weights: answers are set to zero at random in training."
        )

    @property
    def fix(self) -> str:
        """What to do about it."""
        return f"Put `{self.layer}` before `{self.behind}`, or take it out."

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The kind of fault."""
        return ("layer", "regularization")


def dropout_on_the_output(fit: Fit) -> Iterator[DropoutOnTheOutput]:
    """WL205."""
    model = model_of(fit)
    in_order(model)
    dropout = None
    for layer in reversed(model.layers):
        rate = layer.config.get("rate")
        if "Dropout" in layer.class_name and isinstance(rate, (int, float)) and rate > 0:
            dropout = layer
        elif layer.parameters:
            if dropout is not None and _same_width(layer, model.output_shape):
                yield DropoutOnTheOutput(
                    layer=dropout.name,
                    rate=float(dropout.config["rate"]),
                    behind=layer.name,
                )
            return
        elif layer.class_name not in _HARMLESS:
            return


def _same_width(layer: Layer, output: tuple[int | None, ...] | None) -> bool:
    shape = layer.output_shape
    return bool(shape and output and shape[-1] == output[-1])
