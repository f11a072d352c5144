"""Arguments that layers share: what rules each weight, and numbers that must be sound."""

from __future__ import annotations

from typing import Any

import keras

RULES = {
    "initializer": keras.initializers,
    "regularizer": keras.regularizers,
    "constraint": keras.constraints,
}


class WeightRules:
    """Initializer, regularizer and constraint of each kind of weight of a layer.

    They become attributes of the layer (`kernel_initializer`, …), as in Keras.
    """

    def __init__(self, layer: keras.layers.Layer, **rules: Any) -> None:
        """Set the attributes from whatever a person may pass for them."""
        self.layer, self.names = layer, tuple(rules)
        for name, value in rules.items():
            setattr(layer, name, self._module(name).get(value))

    def config(self) -> dict[str, Any]:
        """Return the rules as `get_config` gives them."""
        return {
            name: self._module(name).serialize(getattr(self.layer, name))
            for name in self.names
        }

    def of(self, kind: str, index: int | None) -> dict[str, Any]:
        """Return the arguments of `add_weight` for the weight of this index.

        An index of `None` shares the initializer as it is.
        """
        rules = {rule: getattr(self.layer, f"{kind}_{rule}") for rule in RULES}
        if index is not None:
            rules["initializer"] = independent(rules["initializer"], index)
        return rules

    @staticmethod
    def _module(name: str) -> Any:
        return RULES[name.rsplit("_", 1)[1]]


def independent(initializer: Any, index: int) -> Any:
    """Return a copy of an initializer for the weight of this index.

    Keras' initializers are stateless: one object draws the same numbers for two weights
    of one shape. A copy without a seed gets a seed of its own; a seed that the person
    chose is moved on by the index, so that it still decides every weight.
    """
    if not isinstance(initializer, keras.initializers.Initializer):
        return initializer
    config = initializer.get_config()
    if isinstance(config.get("seed"), int):
        config["seed"] += index
    return type(initializer).from_config(config)


def positive_integer(name: str, value: Any, meaning: str) -> int:
    """Return the value if it is a positive integer, or raise a `ValueError` saying so."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(
            f"`{name}` is {meaning} and must be a positive integer. "
            f"Received: {name}={value!r} (of type {type(value).__name__})."
        )
    return value


def one_of(name: str, value: Any, choices: tuple[str, ...]) -> str:
    """Return the value if it is one of the choices, or raise a `ValueError` saying so."""
    if value not in choices:
        listed = ", ".join(map(repr, choices))
        raise ValueError(f"`{name}` must be one of {listed}. Received: {name}={value!r}.")
    return value
