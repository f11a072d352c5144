"""WL209."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Confidence, Detected
from whylow.checks._head import activation_of, in_order
from whylow.checks._reading import model_of
from whylow.records import Fault, Fit, Severity

_KEEPING = frozenset("Dropout Identity Reshape Flatten".split())


@dataclass(frozen=True, kw_only=True)
class SquashedTwice(Detected):
    """The output goes through a softmax or a sigmoid twice.

    ## What it does
    Looks whether the last two things that happen to the output are both a softmax or a
    sigmoid.

    ## Why is this bad?
    A second softmax over numbers between 0 and 1 cannot give a class more than e times
    the chance of another: with ten classes never more than 23 %. A second sigmoid gives
    0.5 to 0.73. The loss has a floor far above zero.

    ## Evidence
    - `first`: the first layer.
    - `second`: the second.
    - `activations`: what they do.

    ## Example
    ```python
    model = keras.Sequential([
        keras.Input((4,)),
        keras.layers.Dense(1, activation="sigmoid"),
        keras.layers.Activation("sigmoid"),
    ])
    model.compile(loss="binary_crossentropy")
    ```
    Use instead:
    ```python
    model = keras.Sequential([
        keras.Input((4,)),
        keras.layers.Dense(1),
        keras.layers.Activation("sigmoid"),
    ])
    model.compile(loss="binary_crossentropy")
    ```

    ## When to ignore
    Never known to be right; tell us if yours is.
    """

    severity: ClassVar[Severity] = "error"
    since: ClassVar[str] = "0.1.0"
    confidence: ClassVar[Confidence] = 2

    first: str
    second: str
    activations: tuple[str, str]

    @property
    def message(self) -> str:
        """The fact and its numbers."""
        return (
            f"`{self.first}` ends in {self.activations[0]} and `{self.second}` applies"
            f" {self.activations[1]} to that again."
        )

    @property
    def fix(self) -> str:
        """What to do about it."""
        return f"Leave the activation of `{self.first}` or `{self.second}` out."

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The kind of fault."""
        return ("last_activation",)


def squashed_twice(fit: Fit) -> Iterator[SquashedTwice]:
    """WL209."""
    model = model_of(fit)
    in_order(model)
    last = [layer for layer in model.layers if layer.class_name not in _KEEPING][-2:]
    names = [activation_of(layer) for layer in last]
    squashing = all(name in ("softmax", "sigmoid") for name in names)
    # A layer with weights in between makes numbers of its own.
    if len(last) == 2 and squashing and not last[1].parameters:
        yield SquashedTwice(
            first=last[0].name,
            second=last[1].name,
            activations=(str(names[0]), str(names[1])),
        )
