"""What the remedies on settings share."""

from __future__ import annotations

from whylow.live import Kept, LiveFit
from whylow.records import Settings
from whylow.remedies._changed import with_compile
from whylow.remedies._remedy import NotApplicable


def settings_of(live: LiveFit) -> Settings:
    """Return the settings of `fit`.

    Raises:
        NotApplicable: They were not recorded.
    """
    if live.fit.settings is None:
        raise NotApplicable("the arguments of `fit` were not recorded")
    return live.fit.settings


def scaled_rate(live: LiveFit, remedy: str, factor: float) -> LiveFit:
    """Return the fit with another learning rate.

    Raises:
        NotApplicable: The rate follows a schedule.
    """
    rate = live.start.get(id(getattr(live.optimizer, "_learning_rate", None)))
    if not isinstance(rate, Kept):
        raise NotApplicable("the learning rate follows a schedule")
    return with_compile(
        live, remedy, optimizer_config={"learning_rate": factor * float(rate.value)}
    )
