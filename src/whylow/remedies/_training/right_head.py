"""Give the last layer the activation and the loss that fit the labels.

One unit: `sigmoid` with binary cross-entropy. As many units as classes: `softmax` with
categorical cross-entropy, sparse where the labels are numbers. Metrics stay.

## When it does not fit
Activation and loss fit already, or the number of units goes with no such pair.
"""

from __future__ import annotations

import numpy as np

from whylow.live import LiveFit
from whylow.remedies._changed import with_layers
from whylow.remedies._find import heads_of, layers_of
from whylow.remedies._rebuild import copied
from whylow.remedies._remedy import NotApplicable, Remedy

NAME = "right-head"


def _change(live: LiveFit) -> LiveFit:
    head, compiled, rows = heads_of(live), live.fit.compile, live.training
    if compiled is None or rows is None:
        raise NotApplicable("how it was compiled was not recorded")
    units = int(head.config.get("units", 0))
    labels = np.asarray(rows.y)
    one_hot = labels.ndim == 2 and labels.shape[1] == units > 1
    if units == 1:
        activation, loss = "sigmoid", "binary_crossentropy"
    elif one_hot:
        activation, loss = "softmax", "categorical_crossentropy"
    elif labels.size == len(labels) and labels.min() >= 0 and labels.max() < units:
        activation, loss = "softmax", "sparse_categorical_crossentropy"
    else:
        raise NotApplicable(f"labels of shape {labels.shape} do not go with {units} units")
    layers = layers_of(live)
    if layers[-1].name != head.name:
        raise NotApplicable(f"`{layers[-1].name}` follows the last `Dense` layer")
    wanted = "linear" if compiled.from_logits else activation
    if head.config.get("activation") == wanted and compiled.loss == loss:
        raise NotApplicable("activation and loss fit the labels already")
    return with_layers(
        live,
        NAME,
        {head.name: lambda old: [copied(old, activation=activation)]},
        loss=loss,
    )


REMEDY = Remedy(
    name=NAME,
    codes=("WL203", "WL307"),
    faults=("last_activation", "loss"),
    does="the activation and loss that fit the labels",
    page=__doc__ or "",
    code='Dense(1, activation="sigmoid") with loss="binary_crossentropy"',
    change=_change,
)
