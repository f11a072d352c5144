"""Cut the texts to the length that 95 % of them have.

Padding is cut away on the side where it stands, and of the few longer texts the words next
to it. The model is built for the shorter texts; weights start as they would have.

## When it does not fit
Inputs are no token ids, there is hardly any padding, or a layer's weights depend on the
length of the texts.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from whylow.live import LiveFit, Rows
from whylow.remedies._changed import with_layers
from whylow.remedies._find import padded_at_the_ends, token_ids
from whylow.remedies._remedy import NotApplicable, Remedy

NAME = "trim"


def _change(live: LiveFit) -> LiveFit:
    ids = token_ids(live)
    training, validation = live.training, live.validation
    if training is None or validation is None:
        raise NotApplicable("its rows could not be held")
    if not padded_at_the_ends(ids):
        raise NotApplicable("zeros stand within texts, where they may be a word")
    lengths, time = (ids != 0).sum(1), ids.shape[1]
    wanted = max(int(np.ceil(np.quantile(lengths, 0.95))), 1)
    if wanted > 0.9 * time:
        raise NotApplicable(f"texts of {time} words have hardly any padding")
    front = (ids[:, 0] == 0).sum() >= (ids[:, -1] == 0).sum()
    cut = slice(time - wanted, None) if front else slice(None, wanted)

    def cut_to(rows: Rows) -> Rows:
        return replace(rows, x=np.ascontiguousarray(np.asarray(rows.x)[:, cut]))

    trimmed = with_layers(
        live, NAME, {}, rows=(cut_to(training), cut_to(validation)), time=wanted
    )
    if trimmed.model.count_params() != live.model.count_params():
        raise NotApplicable("a layer's weights depend on the length of the texts")
    return trimmed


REMEDY = Remedy(
    name=NAME,
    codes=("WL120", "WL202"),
    kind="try",
    does="cutting the texts to the length that 95 % have",
    page=__doc__ or "",
    code="pad_sequences(…, maxlen=shorter)",
    change=_change,
)
