"""Each fit measured once, before anything is trained again."""

from __future__ import annotations

from dataclasses import replace

from whylow import probes
from whylow.capture._groups import Groups
from whylow.live import LiveFit


def probed(groups: Groups) -> Groups:
    """Return the same groups, what was measured on the record of each fit.

    Ctrl-C leaves the fits that are still to come unmeasured.
    """
    measured: dict[int, LiveFit] = {}
    try:
        for live in groups.fits:
            fit = live.fit.model_copy(update={"probes": probes.measure(live)})
            measured[id(live)] = replace(live, fit=fit)
    except KeyboardInterrupt:
        pass

    def of(live: LiveFit) -> LiveFit:
        return measured.get(id(live), live)

    return replace(
        groups,
        fits=tuple(map(of, groups.fits)),
        baseline=None if groups.baseline is None else of(groups.baseline),
        variants=tuple(map(of, groups.variants)),
    )
