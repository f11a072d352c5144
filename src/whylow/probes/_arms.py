"""What a short training is tried with: one thing changed of the script's own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from whylow.live import LiveFit
from whylow.probes._either import Either
from whylow.probes._facts import leaves
from whylow.probes._state import State
from whylow.records import ProbedLabels

_RATES = (0.1, 10.0, 0.01, 100.0)
# Inputs and targets as they should be are left alone.
_ORDINARY_OFFSET, _ORDINARY_STD = 3.0, 5.0


@dataclass(frozen=True)
class Data:
    """Rows of one arm, and what turns its outputs back into the script's units."""

    x: Any
    y: Any
    weight: Any
    shift: float = 0.0
    scale: float = 1.0


def arms_of(
    live: LiveFit,
    both: Either | None,
    *,
    start: State,
    end: State,
    data: Data,
    facts: ProbedLabels,
) -> list[tuple[str, float | None, State, Data]]:
    """Return what is tried: its name, a factor, where it starts and on what.

    Args:
        live: The fit.
        both: Its optimizer beside another one; None if no other is tried.
        start: Where the script's training began.
        end: Where it ended.
        data: Its rows.
        facts: Of its labels.
    """
    arms: list[tuple[str, float | None, State, Data]] = [("none", None, start, data)]
    scaled = _standardised(live, data)
    if scaled is not None:
        arms.append(("inputs standardised", None, start, scaled))
    targets = _targets_standardised(data, facts)
    if targets is not None:
        arms.append(("targets standardised", None, start, targets))
    place = _rate_place(live)
    if place is not None:
        for factor in _RATES:
            arms.append(("learning rate", factor, _at_rate(start, place, factor), data))
    drawn = _ordinary_start(live, start)
    if drawn is not None:
        arms.append(("ordinary start", None, drawn, data))
    if both is not None:
        state = replace(start, optimizer=both.with_adam(start.optimizer))
        arms.append(("optimizer", None, state, data))
    arms.append(("longer", None, end, data))
    return arms


def _standardised(live: LiveFit, data: Data) -> Data | None:
    arrays = leaves(data.x)
    if len(arrays) != 1 or not np.issubdtype(arrays[0].dtype, np.floating):
        return None
    if any(type(layer).__name__ == "Embedding" for layer in live.model.layers):
        return None
    x = arrays[0]
    axes = tuple(range(max(x.ndim - 1, 1)))
    mean, std = x.mean(axis=axes), x.std(axis=axes)
    floor = 1e-6 * (1 + np.abs(mean))
    offset = np.where(std > floor, np.abs(mean) / np.maximum(std, floor), 0)
    if offset.max() < _ORDINARY_OFFSET and std.max() < _ORDINARY_STD:
        return None
    moved = (x - mean) / np.where(std > floor, std, 1)
    return replace(data, x=moved.astype(x.dtype))


def _targets_standardised(data: Data, facts: ProbedLabels) -> Data | None:
    if (facts.form != "numbers" and facts.distinct <= 2) or facts.std == 0:
        return None
    y = data.y
    if not isinstance(y, np.ndarray) or not np.issubdtype(y.dtype, np.floating):
        return None
    if facts.std < _ORDINARY_STD and abs(facts.mean) < _ORDINARY_OFFSET * facts.std:
        return None
    if facts.form not in ("numbers", "classes"):
        return None
    moved = ((y - facts.mean) / facts.std).astype(y.dtype)
    return replace(data, y=moved, shift=facts.mean, scale=facts.std)


def _rate_place(live: LiveFit) -> int | None:
    rate = getattr(live.optimizer, "_learning_rate", None)
    variables = list(getattr(live.optimizer, "variables", ()))
    return next((n for n, v in enumerate(variables) if v is rate), None)


def _at_rate(start: State, place: int, factor: float) -> State:
    values = list(start.optimizer)
    values[place] = np.asarray(values[place] * factor, values[place].dtype)
    return replace(start, optimizer=values)


def _ordinary_start(live: LiveFit, start: State) -> State | None:
    """Draw kernels as Keras does by default, where the script's are far from that."""
    generator = np.random.default_rng(0)
    values, changed = [], False
    for variable, value in zip(
        live.model.trainable_variables, start.trainable, strict=True
    ):
        kernel = value.ndim > 1 and variable.path.endswith("/kernel")
        if kernel:
            fan_in, fan_out = int(np.prod(value.shape[:-1])), value.shape[-1]
            usual = np.sqrt(2 / (fan_in + fan_out))
            size = float(np.sqrt(np.mean(np.square(value))))
            if size > 4 * usual or size < usual / 4:
                changed = True
                value = (generator.standard_normal(value.shape) * usual).astype(value.dtype)
        values.append(value)
    return replace(start, trainable=values) if changed else None
