"""What the remedies that pool over time share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from whylow.live import LiveFit
from whylow.remedies._changed import with_layers
from whylow.remedies._find import last_with_time
from whylow.remedies._rebuild import copied


def pooled(live: LiveFit, remedy: str, pooling: Callable[[], Any]) -> LiveFit:
    """Return the fit with a pooling behind the last layer that carries time.

    Raises:
        NotApplicable: The output has one value a text already.
    """
    last = last_with_time(live)
    return with_layers(live, remedy, {last.name: lambda layer: [copied(layer), pooling()]})
