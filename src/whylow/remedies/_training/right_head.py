"""Give the last layer the activation and the loss that fit the labels.

One unit: `sigmoid` with binary cross-entropy. As many units as classes: `softmax` with
categorical cross-entropy, sparse where the labels are numbers. Several labels a row:
`sigmoid` with binary cross-entropy. Amounts: no activation, and squared errors. An
activation that stands behind the last `Dense` as a layer of its own is made linear.
Metrics stay.

## When it does not fit
Activation and loss fit already, or the number of units goes with no such pair.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from whylow.live import LiveFit
from whylow.remedies._changed import with_layers
from whylow.remedies._find import heads_of, layers_of
from whylow.remedies._rebuild import Change, copied
from whylow.remedies._remedy import NotApplicable, Remedy

NAME = "right-head"


# Layers that are nothing but an activation.
_ACTIVATIONS = frozenset({"Activation", "ELU", "LeakyReLU", "PReLU", "ReLU", "Softmax"})
# Whole numbers of more values than that are amounts.
_MOST_CLASSES = 20


def _change(live: LiveFit) -> LiveFit:
    head, compiled, rows = heads_of(live), live.fit.compile, live.training
    if compiled is None or rows is None:
        raise NotApplicable("how it was compiled was not recorded")
    activation, loss = _fitting(np.asarray(rows.y), int(head.config.get("units", 0)))
    layers = layers_of(live)
    names = [layer.name for layer in layers]
    behind = layers[names.index(head.name) + 1 :]
    for layer in behind:
        if layer.class_name not in _ACTIVATIONS:
            raise NotApplicable(f"`{layer.name}` follows the last `Dense` layer")
    logits = compiled.from_logits and activation != "linear"
    wanted = "linear" if logits else activation
    if not behind and head.config.get("activation") == wanted and compiled.loss == loss:
        raise NotApplicable("activation and loss fit the labels already")
    changes: dict[str, Change] = {layer.name: _linear for layer in behind}
    changes[head.name] = lambda old: [copied(old, activation=activation)]
    return with_layers(live, NAME, changes, loss=loss)


def _linear(old: Any) -> list[Any]:
    import keras

    return [keras.layers.Activation("linear", name=old.name)]


def _fitting(labels: np.ndarray, units: int) -> tuple[str, str]:
    """Return the activation and the loss for labels `(N, …)` and this many units."""
    values = np.unique(labels)
    width = labels.shape[1] if labels.ndim == 2 else 1
    amounts = len(values) > _MOST_CLASSES or bool((values != np.round(values)).any())
    zeros_and_ones = {0, 1}.issuperset(values.tolist()) if len(values) <= 2 else False
    if amounts and width == units:
        return "linear", "mean_squared_error"
    if units == 1 and width == 1 and zeros_and_ones:
        return "sigmoid", "binary_crossentropy"
    if zeros_and_ones and width == units > 1:
        one = bool((labels.sum(axis=1) == 1).all())
        return (
            ("softmax", "categorical_crossentropy")
            if one
            else ("sigmoid", "binary_crossentropy")
        )
    single = labels.size == len(labels) and not amounts
    if single and units > 1 and values[0] >= 0 and values[-1] < units:
        return "softmax", "sparse_categorical_crossentropy"
    raise NotApplicable(f"labels of shape {labels.shape} do not go with {units} units")


REMEDY = Remedy(
    name=NAME,
    codes=("WL203", "WL209", "WL223", "WL224", "WL307"),
    faults=("last_activation", "loss"),
    does="the activation and loss that fit the labels",
    page=__doc__ or "",
    code='Dense(1, activation="sigmoid") with loss="binary_crossentropy"',
    change=_change,
)
