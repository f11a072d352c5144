"""WL411."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import CouldNotRun, Detected
from whylow.checks._metrics import accuracies_of
from whylow.checks._reading import compile_of, model_of, percent
from whylow.checks._rows import single_input, whole_part
from whylow.records import Fault, Fit, Severity

LEAST_PADDING = 0.10


@dataclass(frozen=True, kw_only=True)
class AccuracyCountsPadding(Detected):
    """Padded positions count as right answers of a tagger.

    ## What it does
    Looks for an accuracy over labels with an axis of time, padded as the texts are, where
    no mask leaves the model and none is given as weights.

    ## Why is this bad?
    Padding is the easiest position there is. With 80 % of it a model that tags every word
    wrongly is right at 80 % of the positions, and shorter texts raise the accuracy.

    ## Evidence
    - `metric`: the accuracy as `compile` has it.
    - `padding`: share of zeros at the ends of the texts. Reported from 0.10 on.

    ## Example
    ```python
    ids = random.integers(1, 300, size=(80, 12)) * (np.arange(12) < 5)
    model = keras.Sequential([
        keras.Input((12,)),
        keras.layers.Embedding(300, 8),
        keras.layers.Dense(4, "softmax"),
    ])
    model.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(ids, ids % 4)
    ```
    Use instead:
    ```python
    ids = random.integers(1, 300, size=(80, 12)) * (np.arange(12) < 5)
    model = keras.Sequential([
        keras.Input((12,)),
        keras.layers.Embedding(300, 8, mask_zero=True),
        keras.layers.Dense(4, "softmax"),
    ])
    model.compile(
        loss="sparse_categorical_crossentropy", weighted_metrics=["accuracy"]
    )
    model.fit(ids, ids % 4, sample_weight=(ids > 0).astype("float32"))
    ```

    ## When to ignore
    When id 0 is a word like any other.
    """

    severity: ClassVar[Severity] = "warning"
    since: ClassVar[str] = "0.1.0"

    metric: str
    padding: float

    @property
    def message(self) -> str:
        """How much of it."""
        return (
            f"`{self.metric}` is an average over all positions, and"
            f" {percent(self.padding)} of them are padding."
        )

    @property
    def fix(self) -> str:
        """Leave padding out."""
        return (
            "Let the mask reach the output (`mask_zero=True`, layers that pass it on), or"
            " give `sample_weight` of 0 for padding and `weighted_metrics`."
        )

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The metric, for want of a mask."""
        return ("metric", "mask")


def accuracy_counts_padding(fit: Fit) -> Iterator[AccuracyCountsPadding]:
    """WL411."""
    split, layers = whole_part(fit), model_of(fit).layers
    compile_of(fit)
    accuracies = accuracies_of(fit)
    tokens = single_input(fit).tokens
    if len(split.label_shape) < 2 or not split.input_shapes or tokens is None:
        return
    steps = split.input_shapes[0][1:2]
    shape = model_of(fit).output_shape or ()
    # Labels for each step, and an output for each step of it.
    over_time = split.label_shape[1:2] == steps and shape[1:2] in (steps, (None,))
    embedded = any(layer.class_name == "Embedding" for layer in layers)
    if not over_time or len(shape) < 3 or not embedded or not accuracies:
        return
    if fit.settings is not None and fit.settings.sample_weight:
        return
    if layers[-1].masked is None:
        raise CouldNotRun("whether a mask leaves the model is not known")
    padding = max(tokens.leading, tokens.trailing)
    if not layers[-1].masked and padding >= LEAST_PADDING and tokens.inside < padding / 10:
        yield AccuracyCountsPadding(metric=accuracies[0][0], padding=padding)
