"""Remedies made for two fits: one thing in which they differ, as it was before.

They have no file of their own, as there is one for each argument of each layer.
"""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

from whylow.live import LiveFit
from whylow.remedies._changed import (
    optimizer_again,
    with_compile,
    with_layers,
    with_rows,
    with_settings,
)
from whylow.remedies._find import layers_of, live_layer
from whylow.remedies._pages import PAGE
from whylow.remedies._rebuild import copied
from whylow.remedies._remedy import NotApplicable, Remedy


def layer_argument(layer: str, argument: str, value: Any, said: str = "") -> Remedy:
    """Return the remedy that gives a layer the baseline's value of an argument.

    Args:
        layer: Its name in the variant.
        argument: The argument; inner ones joined by dots, as in `layer.config.units`.
        value: The baseline's value.
        said: The value in words, where it is an object.
    """
    short = argument.rpartition(".")[2]
    name = f"{short}-of-{layer}"

    def change(live: LiveFit) -> LiveFit:
        return with_layers(
            live, name, {layer: lambda old: [with_argument(old, argument, value)]}
        )

    return difference(name, f"putting back `{short}={said or value}` of `{layer}`", change)


def without_layer(layer: str) -> Remedy:
    """Return the remedy that takes out a layer of the variant."""
    name = f"without-{layer}"

    def change(live: LiveFit) -> LiveFit:
        import keras

        return with_layers(
            live, name, {layer: lambda old: [keras.layers.Identity(name=old.name)]}
        )

    return difference(name, f"taking out `{layer}`", change)


def layer_again(baseline: LiveFit, layer: str, behind: str) -> Remedy:
    """Return the remedy that puts a layer of the baseline into the variant.

    Args:
        baseline: The fit before the change.
        layer: Name of its layer.
        behind: Name of the variant's layer behind which it belongs; empty for none.
    """
    name = f"with-{layer}"

    def change(live: LiveFit) -> LiveFit:
        if not behind:
            raise NotApplicable(f"there is no layer behind which `{layer}` would stand")
        again = live_layer(baseline.model, layer)
        taken = {one.name for one in layers_of(live)}
        free = f"{layer}_again" if layer in taken else layer
        return with_layers(
            live, name, {behind: lambda old: [copied(old), copied(again, name=free)]}
        )

    return difference(name, f"putting back `{layer}`", change)


def layer_of(baseline: LiveFit, layer: str, place: str) -> Remedy:
    """Return the remedy that puts a layer of the baseline in the place of the variant's.

    Args:
        baseline: The fit before the change.
        layer: Name of its layer.
        place: Name of the variant's layer in whose place it stood.
    """
    again = live_layer(baseline.model, layer)
    kind = type(again).__name__
    name = f"{kind}-for-{place}"

    def change(live: LiveFit) -> LiveFit:
        return with_layers(live, name, {place: lambda old: [copied(again, name=place)]})

    return difference(name, f"putting back `{kind}` in place of `{place}`", change)


def optimizer_of(baseline: LiveFit, argument: str) -> Remedy:
    """Return the remedy that gives the variant the baseline's optimizer, or a part of it.

    Args:
        baseline: The fit before the change.
        argument: An argument of the optimizer, or `"optimizer"` for all of it.
    """
    whole = argument == "optimizer"
    name = f"{argument.partition('.')[0]}-as-before".replace("_", "-")

    def change(live: LiveFit) -> LiveFit:
        if whole:
            return with_compile(live, name, optimizer=lambda: optimizer_again(baseline, {}))
        config = baseline.optimizer.get_config()
        key = argument.partition(".")[0]
        return with_compile(live, name, optimizer_config={key: config[key]})

    return difference(
        name, f"putting back the {argument.partition('.')[0].replace('_', ' ')}", change
    )


def loss_of(baseline: LiveFit) -> Remedy:
    """Return the remedy that gives the variant the baseline's loss."""

    def change(live: LiveFit) -> LiveFit:
        return with_compile(live, "loss-as-before", loss=baseline.model.loss)

    return difference("loss-as-before", "putting back the loss", change)


def setting_of(baseline: LiveFit, argument: str) -> Remedy:
    """Return the remedy that gives the variant the baseline's setting of `fit`."""
    name = f"{argument}-as-before".replace("_", "-")

    def change(live: LiveFit) -> LiveFit:
        settings, rows = baseline.fit.settings, live.training
        if settings is None or rows is None or argument == "callbacks":
            raise NotApplicable("callbacks cannot be exchanged")
        if argument == "class_weight":
            given = None if baseline.training is None else baseline.training.sample_weight
            if given is not None and len(given) != _length(rows.x):
                raise NotApplicable("the weights are those of other rows")
            return with_rows(live, name, replace(rows, sample_weight=given))
        if argument == "batch_size" and rows.whole_batches:
            raise NotApplicable("the script hands over ready batches")
        return with_settings(live, name, **{argument: getattr(settings, argument)})

    return difference(name, f"putting back `{argument}`", change)


def rows_of(baseline: LiveFit) -> Remedy:
    """Return the remedy that trains the variant on the baseline's rows."""

    def change(live: LiveFit) -> LiveFit:
        if baseline.training is None or live.training is None:
            raise NotApplicable("the rows could not be held")
        if _shapes(baseline.training.x) != _shapes(live.training.x):
            raise NotApplicable("the rows of the two fits are of other shapes")
        rows = replace(baseline.training, batch_size=live.training.batch_size)
        return with_rows(live, "rows-as-before", rows)

    return difference("rows-as-before", "training on the same rows", change)


def difference(name: str, does: str, change: Any) -> Remedy:
    return Remedy(
        name=name,
        kind="difference",
        does=does,
        page=PAGE,
        code=f"{does.replace('putting back', 'put back').replace('taking', 'take')}",
        change=change,
    )


def with_argument(layer: Any, argument: str, value: Any) -> Any:
    first, *inner = argument.split(".")
    config = copy.deepcopy(layer.get_config())
    if first == "layer" and not inner:  # another one wrapped: both ways are made of it
        return copied(layer, layer=value, backward_layer=None)
    if not inner:
        return copied(layer, **{first: value})
    # A `Bidirectional` layer lists its way back by itself; both ways are one choice.
    for part in (first, *(["backward_layer"] if first == "layer" else [])):
        place = config.get(part)
        if place is None:
            continue
        for key in inner[:-1]:
            place = place[key]
        place[inner[-1]] = value
    return copied(layer, **config)


def _length(x: Any) -> int:
    import keras

    return len(keras.tree.flatten(x)[0])


def _shapes(x: Any) -> list[tuple[int, ...]]:
    import keras

    return [part.shape[1:] for part in keras.tree.flatten(x)]
