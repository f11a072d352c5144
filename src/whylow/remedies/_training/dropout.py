"""Drop half of what enters the last layer while training.

Puts `Dropout(0.5)` before the last `Dense` layer (Srivastava et al. 2014, JMLR 15). All
weights start as they would have.

## When it does not fit
The model does not end in a `Dense`, or drops out half or more before it already.
"""

from __future__ import annotations

from whylow.live import LiveFit
from whylow.remedies._changed import with_layers
from whylow.remedies._find import heads_of, layers_of
from whylow.remedies._rebuild import copied
from whylow.remedies._remedy import NotApplicable, Remedy

NAME = "dropout"


def _change(live: LiveFit) -> LiveFit:
    import keras

    head = heads_of(live)
    layers = layers_of(live)
    before = layers[max(layers.index(head) - 1, 0)]
    if before.class_name == "Dropout" and before.config.get("rate", 0) >= RATE:
        raise NotApplicable(f"`{before.name}` drops out {before.config['rate']} already")
    return with_layers(
        live,
        NAME,
        {
            head.name: lambda old: [
                keras.layers.Dropout(RATE, name="whylow_dropout"),
                copied(old),
            ]
        },
    )


RATE = 0.5


REMEDY = Remedy(
    name=NAME,
    codes=("WL301",),
    faults=("overfitting", "regularization"),
    unless=("WL221", "WL317"),  # too much of it already
    kind="try",
    does="dropping out half before the last layer",
    page=__doc__ or "",
    code="Dropout(0.5) before the last Dense",
    change=_change,
)
