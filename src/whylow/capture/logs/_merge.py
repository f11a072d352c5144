"""Fits that the log shows twice or in parts, put together."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from whylow.capture.logs._fits import RawFit

_CONTINUED = 3
_ROUNDING = 0.51
"""Of the last printed digit; a little more than a half, for what float32 rounds."""


def merged(fits: Sequence[RawFit], texts: Mapping[int, str]) -> tuple[RawFit, ...]:
    """Join a history that follows its own progress lines, and loops of one epoch each."""
    kept: list[RawFit] = []
    for fit in fits:
        twin = next((other for other in reversed(kept) if _same(other, fit)), None)
        if twin is None:
            kept.append(fit)
        else:
            _take_digits(twin, fit)
    return tuple(_joined(kept, texts))


def _same(one: RawFit, two: RawFit) -> bool:
    if one.form == two.form or one.epochs != two.epochs:
        return False
    if not set(one.series) <= set(two.series) and not set(two.series) <= set(one.series):
        return False
    return all(_close(one, two, name) for name in set(one.series) & set(two.series))


def _close(one: RawFit, two: RawFit, name: str) -> bool:
    first, second = one.series[name], two.series[name]
    digits = min(first.decimals, second.decimals)
    if digits < 0:
        return first.decimals == second.decimals
    # Keras prints numbers under 0.001 with more digits than the rest of a column.
    if name.endswith(("lr", "learning_rate")):
        digits = min(digits, 4)
    slack = _ROUNDING * 10.0 ** -min(digits, 4)
    pairs = zip(first.values, second.values, strict=True)
    return all(abs(a - b) <= slack or (math.isnan(a) and math.isnan(b)) for a, b in pairs)


def _take_digits(fit: RawFit, twin: RawFit) -> None:
    for name, series in twin.series.items():
        mine = fit.series.get(name)
        if mine is None or series.decimals > mine.decimals:
            fit.series[name] = series
    if all(map(math.isnan, fit.seconds)):
        fit.seconds = twin.seconds
    fit.planned = fit.planned or twin.planned
    fit.total = fit.total or twin.total


def _joined(fits: list[RawFit], texts: Mapping[int, str]) -> list[RawFit]:
    """Join `fit(epochs=1)` in a loop: one training in many calls."""
    joined: list[RawFit] = []
    group: list[RawFit] = []
    for fit in [*fits, None]:
        if fit is not None and group and _continues(group[-1], fit, texts):
            group.append(fit)
            continue
        if len(group) >= _CONTINUED:
            first = group[0]
            for other in group[1:]:
                row = {name: series.last for name, series in other.series.items()}
                first.add_row(first.epochs + 1, row, other.seconds[-1])
            first.numbers[0] = 1
            first.planned = None
            first.notes.append(f"{len(group)} calls of fit, an epoch each, read as one fit")
            joined.append(first)
        else:
            joined.extend(group)
        group = [fit] if fit is not None else []
    return joined


def _continues(last: RawFit, fit: RawFit, texts: Mapping[int, str]) -> bool:
    between = "".join(texts.get(s, "") for s in range(last.segment + 1, fit.segment + 1))
    return (
        last.epochs == fit.epochs == 1
        and last.planned == fit.planned == 1
        and last.total == fit.total
        and last.source == fit.source
        and set(last.series) == set(fit.series)
        and "fit(" not in between
        and len(between) < 500
    )
