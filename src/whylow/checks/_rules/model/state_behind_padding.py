"""WL210."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import CouldNotRun, Detected
from whylow.checks._hidden import first_embedding
from whylow.checks._probed import probes_of
from whylow.checks._reading import carries_time, is_recurrent, model_of
from whylow.records import Fault, Fit, Layer, Severity

# Below that most texts end where the layer does.
LEAST_SHARE = 0.3


@dataclass(frozen=True, kw_only=True)
class StateBehindPadding(Detected):
    """A recurrent layer gives its last state after reading a run of padding.

    ## What it does
    Looks for a recurrent layer without a mask that returns its last state alone, and
    for inputs that are filled up with zeros on the side where it stops reading. A
    bidirectional layer stops on both sides.

    ## Why is this bad?
    What the layer hands on is its state after the padding, not after the text: it must
    carry the text through all those steps, and short texts are forgotten most.

    ## Evidence
    - `layer`: the recurrent layer.
    - `side`: the side that is filled up.
    - `padding_share`: share of zeros in the inputs, at least 0.3.

    ## Example
    ```python
    lengths = random.integers(2, 10, (64, 1))
    texts = random.integers(1, 50, (64, 10)) * (np.arange(10) < lengths)
    model = keras.Sequential([
        keras.Input((10,)),
        keras.layers.Embedding(50, 4),
        keras.layers.LSTM(4),
        keras.layers.Dense(1, activation="sigmoid"),
    ])
    model.compile(loss="binary_crossentropy")
    model.fit(texts, np.arange(64) % 2)
    ```
    Use instead: `mask_zero=True` in the embedding, or texts filled up in front
    (`padding="pre"`).
    ```python
    lengths = random.integers(2, 10, (64, 1))
    texts = random.integers(1, 50, (64, 10)) * (np.arange(10) < lengths)
    model = keras.Sequential([
        keras.Input((10,)),
        keras.layers.Embedding(50, 4, mask_zero=True),
        keras.layers.LSTM(4),
        keras.layers.Dense(1, activation="sigmoid"),
    ])
    model.compile(loss="binary_crossentropy")
    model.fit(texts, np.arange(64) % 2)
    ```

    ## When to ignore
    When the padding carries meaning, or the texts are nearly all of full length.
    """

    severity: ClassVar[Severity] = "warning"
    since: ClassVar[str] = "0.1.0"

    layer: str
    side: str
    padding_share: float

    @property
    def message(self) -> str:
        """The fact and its numbers."""
        return (
            f"`{self.layer}` stops reading on the {self.side}, where the rows are filled"
            " up with"
            f" zeros ({100 * self.padding_share:.0f} % of the inputs): its last state is"
            " one"
            " after padding."
        )

    @property
    def fix(self) -> str:
        """What to do about it."""
        return (
            "Set `mask_zero=True` in the embedding and keep the mask up to"
            f" `{self.layer}`, or fill the rows up on the other side."
        )

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The kind of fault."""
        return ("mask",)


def state_behind_padding(fit: Fit) -> Iterator[StateBehindPadding]:
    """WL210."""
    layers = model_of(fit).layers
    probes = probes_of(fit)
    if not probes.inputs:
        raise CouldNotRun("the inputs were not measured")
    one = probes.inputs[0]
    if len(probes.inputs) != 1 or one.padded is None or one.padding_share < LEAST_SHARE:
        return
    if first_embedding(layers) is None or any(layer.masked for layer in layers):
        return
    for layer in layers:
        if is_recurrent(layer) and not carries_time(layer) and _stops_at(layer, one.padded):
            yield StateBehindPadding(
                layer=layer.name, side=one.padded, padding_share=one.padding_share
            )
            return


def _stops_at(layer: Layer, side: str) -> bool:
    if layer.class_name == "Bidirectional":
        return True
    backwards = bool(layer.config.get("go_backwards", False))
    return side == ("left" if backwards else "right")
