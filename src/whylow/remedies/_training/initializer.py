"""Start the layers as Keras does by default.

Layers whose kernels start from zeros, ones, a constant or a normal of fixed width get
`glorot_uniform` (Glorot and Bengio 2010); a recurrent layer also its orthogonal kernel.

## When it does not fit
No layer starts that way.
"""

from __future__ import annotations

from typing import Any

from whylow.live import LiveFit
from whylow.remedies._changed import with_layers
from whylow.remedies._find import layers_of
from whylow.remedies._rebuild import Change, copied
from whylow.remedies._remedy import NotApplicable, Remedy

NAME = "initializer"


def _change(live: LiveFit) -> LiveFit:
    changes: dict[str, Change] = {}
    for layer in layers_of(live):
        arguments = {
            key: default
            for key, default in _DEFAULTS.items()
            if _name(layer.config.get(key)) in _PLAIN
        }
        if arguments and layer.class_name != "Embedding":
            changes[layer.name] = _made_with(arguments)
    if not changes:
        raise NotApplicable("every layer starts from draws that suit its width")
    return with_layers(live, NAME, changes)


def _made_with(arguments: dict[str, str]) -> Change:
    return lambda layer: [copied(layer, **arguments)]


def _name(initializer: Any) -> str:
    if isinstance(initializer, dict):
        return str(initializer.get("class_name"))
    return str(initializer)


_DEFAULTS = {
    "kernel_initializer": "glorot_uniform",
    "recurrent_initializer": "orthogonal",
}
_PLAIN = frozenset(
    {"Constant", "Ones", "RandomNormal", "RandomUniform", "TruncatedNormal", "Zeros"}
)


REMEDY = Remedy(
    name=NAME,
    faults=("init",),
    does="starting the layers from Keras' own initializers",
    page=__doc__ or "",
    code='kernel_initializer="glorot_uniform"',
    change=_change,
)
