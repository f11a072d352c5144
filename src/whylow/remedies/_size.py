"""The remedy that makes a model as large as another."""

from __future__ import annotations

from typing import Any

from whylow.live import LiveFit
from whylow.remedies._changed import with_layers
from whylow.remedies._find import heads_of, layers_of
from whylow.remedies._put_back import difference, with_argument
from whylow.remedies._rebuild import Change, rebuilt_model
from whylow.remedies._remedy import NotApplicable, Remedy

# Between fits whose parameters differ by less, size is no suspect.
PARAMETERS_ALIKE = 0.02


def match_parameters(count: int) -> Remedy:
    """Return the remedy that makes layers narrower or wider, to so many parameters in all.

    Every `units` but that of the last layer is multiplied by one factor.

    Args:
        count: Parameters of the baseline.
    """
    name = "match-parameters"

    def change(live: LiveFit) -> LiveFit:
        head = heads_of(live)
        widths = {
            (layer.name, key): value
            for layer in layers_of(live)
            for key, value in _flat(layer.config).items()
            if key.rpartition(".")[2] == "units"
            and isinstance(value, int)
            and layer.name != head.name
        }
        if not widths:
            raise NotApplicable("no layer but the last has `units` that could be changed")

        def scaled(factor: float) -> dict[str, Change]:
            wanted: dict[str, dict[str, int]] = {}
            for (layer, key), units in widths.items():
                wanted.setdefault(layer, {})[key] = max(round(factor * units), 1)
            return {layer: _made_with(units) for layer, units in wanted.items()}

        low, high = 0.02, 8.0
        for _ in range(12):
            middle = (low * high) ** 0.5
            if rebuilt_model(live.model, scaled(middle)).count_params() > count:
                high = middle
            else:
                low = middle
        found = with_layers(live, name, scaled(low))
        parameters = found.model.count_params()
        if abs(parameters - count) > PARAMETERS_ALIKE * count:
            raise NotApplicable(
                f"with other widths it has {parameters:,} parameters, not about {count:,}"
            )
        return found

    return difference(name, "matching the number of parameters", change)


def _made_with(units: dict[str, int]) -> Change:
    def change(old: Any) -> list[Any]:
        for argument, value in units.items():
            old = with_argument(old, argument, value)
        return [old]

    return change


def _flat(config: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in config.items():
        if isinstance(value, dict) and key != "backward_layer":
            found |= _flat(value, f"{prefix}{key}.")
        else:
            found[f"{prefix}{key}"] = value
    return found
