"""The inside of a model: what checks of hidden layers ask of it."""

from __future__ import annotations

from collections.abc import Sequence

from whylow.checks._base import CouldNotRun
from whylow.checks._head import activation_of, in_order
from whylow.checks._probed import probes_of
from whylow.records import AttentionProbe, Fit, Layer, Model

# Layers that mix features by weights, and have an activation of their own to choose.
_WEIGHING = frozenset(
    "Dense EinsumDense Conv1D Conv2D Conv3D SeparableConv1D SeparableConv2D".split()
)
# Layers that leave a linear function linear; all others bend it.
_LINEAR = frozenset(
    "AlphaDropout AveragePooling1D AveragePooling2D BatchNormalization Cropping1D"
    " Cropping2D Dropout Embedding Flatten GaussianDropout GaussianNoise"
    " GlobalAveragePooling1D GlobalAveragePooling2D Identity InputLayer Masking Permute"
    " RepeatVector Rescaling Normalization Reshape SpatialDropout1D SpatialDropout2D"
    " UpSampling1D UpSampling2D ZeroPadding1D ZeroPadding2D".split()
)


def hidden_layers(model: Model) -> list[tuple[str, str]]:
    """Return name and activation of the weighing layers before the last one.

    The activation of a layer may stand behind it as a layer of its own; one that cannot be
    told is called `unknown`.

    Raises:
        CouldNotRun: A subclassed model, which may apply activations in its `call`.
    """
    in_order(model)
    found: list[tuple[str, str]] = []
    for layer in model.layers:
        if layer.class_name in _WEIGHING:
            found.append((layer.name, activation_of(layer) or "unknown"))
        elif found and found[-1][1] == "linear" and nonlinear(layer):
            found[-1] = (found[-1][0], activation_of(layer) or "unknown")
    return found[:-1]


def linear_layers(model: Model) -> list[str]:
    """Return the hidden layers that the next weighing layer reads without an activation."""
    weighing = [layer.name for layer in model.layers if layer.class_name in _WEIGHING]
    hidden = [name for name, activation in hidden_layers(model) if activation == "linear"]
    return [name for name in hidden if name in weighing[:-1]]


def nonlinear(layer: Layer) -> bool:
    """Whether the layer bends what goes through it."""
    if layer.class_name in _LINEAR:
        return False
    return activation_of(layer) != "linear"


def first_embedding(layers: Sequence[Layer]) -> Layer | None:
    """Return the embedding that reads the inputs themselves, if the first layer is one."""
    rest = [layer for layer in layers if layer.class_name != "InputLayer"]
    return rest[0] if rest and rest[0].class_name == "Embedding" else None


def gradient_ratio(fit: Fit) -> float | None:
    """Return the gradient of the first layer with weights over that of the last one."""
    layers = fit.probes.layers if fit.probes else ()
    sizes = [one.gradient_start for one in layers if one.gradient_start is not None]
    return sizes[0] / sizes[-1] if len(sizes) > 1 and sizes[-1] > 0 else None


def attention_of(fit: Fit) -> tuple[AttentionProbe, ...]:
    """Return what was measured of attention layers; none for a model without any."""
    probes = probes_of(fit)
    if "attention" in probes.failed:
        raise CouldNotRun(f"attention was not measured: {probes.failed['attention']}")
    return probes.attention
