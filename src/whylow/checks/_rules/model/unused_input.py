"""WL218."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import CouldNotRun, Detected
from whylow.checks._probed import probes_of
from whylow.records import Fault, Fit, Severity


@dataclass(frozen=True, kw_only=True)
class UnusedInput(Detected):
    """The answers do not depend on one of the inputs.

    ## What it does
    Shuffles one input after the other among rows, and compares the answers of the
    trained model.

    ## Why is this bad?
    What stays the same to the last digit is not connected to the output: a branch that
    was forgotten, or an input that was passed twice.

    ## Evidence
    - `inputs`: names of the inputs.

    ## Example
    ```python
    words, tags = keras.Input((4,), name="words"), keras.Input((3,), name="tags")
    hidden = keras.layers.Dense(4, activation="relu")(words)
    keras.layers.concatenate([hidden, tags])  # the result goes nowhere
    model = keras.Model([words, tags], keras.layers.Dense(1, activation="sigmoid")(hidden))
    model.compile(loss="binary_crossentropy")
    x = [random.normal(size=(64, 4)), random.normal(size=(64, 3))]
    model.fit(x, np.arange(64) % 2)
    ```
    Use instead: what joins the two.
    ```python
    words, tags = keras.Input((4,), name="words"), keras.Input((3,), name="tags")
    hidden = keras.layers.Dense(4, activation="relu")(words)
    joined = keras.layers.concatenate([hidden, tags])
    model = keras.Model([words, tags], keras.layers.Dense(1, activation="sigmoid")(joined))
    model.compile(loss="binary_crossentropy")
    x = [random.normal(size=(64, 4)), random.normal(size=(64, 3))]
    model.fit(x, np.arange(64) % 2)
    ```

    ## When to ignore
    When the input is there for an interface only.
    """

    severity: ClassVar[Severity] = "warning"
    since: ClassVar[str] = "0.1.0"

    inputs: tuple[str, ...]

    @property
    def message(self) -> str:
        """The fact and its numbers."""
        names = ", ".join(f"`{name}`" for name in self.inputs)
        return f"The answers stay the same when {names} is shuffled among rows."

    @property
    def fix(self) -> str:
        """What to do about it."""
        return "Connect it to the output, or take it out."

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The kind of fault."""
        return ("layer",)


def unused_input(fit: Fit) -> Iterator[UnusedInput]:
    """WL218."""
    probes = probes_of(fit)
    if "unused_inputs" in probes.failed:
        raise CouldNotRun(f"it was not measured: {probes.failed['unused_inputs']}")
    if probes.unused_inputs:
        yield UnusedInput(inputs=probes.unused_inputs)
