"""What two recorded fits differ in: layers, arguments, compile, settings, data.

From the records alone. Names and seeds are no differences; which run it was is a share of
the noise and no suspect.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from whylow.causes._configurations import said, unequal
from whylow.records import Changed, Fit, Layer

Part = Literal["layers", "compile", "settings", "data"]


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One thing in which two fits differ.

    Args:
        part: Where it is.
        what: It in words.
        layer: The variant's layer, or the baseline's where the variant has none.
        argument: The argument, its inner ones joined by dots; empty for a whole layer.
        there: The baseline's layer in its place; for a layer that only one of them has, the
            layer of the other behind which it would stand, if there is one.
        baseline, variant: The values; `None` where there is nothing.
    """

    part: Part
    what: str
    layer: str = ""
    argument: str = ""
    there: str = ""
    baseline: Any = None
    variant: Any = None

    def record(self) -> Changed:
        """Return it as the report holds it."""
        return Changed(
            part=self.part,
            what=self.what,
            baseline=_shown(self.baseline),
            variant=_shown(self.variant),
        )


def differences(baseline: Fit, variant: Fit) -> tuple[Difference, ...]:
    """Return all in which a variant differs from its baseline."""
    return (
        *_of_layers(baseline, variant),
        *_of_compile(baseline, variant),
        *_of_settings(baseline, variant),
        *_of_data(baseline, variant),
    )


def _of_layers(baseline: Fit, variant: Fit) -> Iterator[Difference]:
    before = _layers(baseline)
    after = _layers(variant)
    for kind, i, i2, j, j2 in _aligned(before, after):
        if kind == "equal":
            for old, new in zip(before[i:i2], after[j:j2], strict=True):
                yield from _of_arguments(old, new)
            continue
        gone, added = list(before[i:i2]), list(after[j:j2])
        for old, new in _in_place_of(gone, added):
            gone.remove(old)
            added.remove(new)
            yield Difference(
                part="layers",
                what=f"`{new.name}` in place of `{old.name}`",
                layer=new.name,
                there=old.name,
                baseline=old.class_name,
                variant=new.class_name,
            )
        for layer in gone:
            place = before.index(layer) - i + j
            yield Difference(
                part="layers",
                what=f"no `{layer.name}`",
                layer=layer.name,
                there=after[min(place, j2) - 1].name if min(place, j2) else "",
                baseline=layer.class_name,
            )
        for layer in added:
            place = after.index(layer) - j + i
            yield Difference(
                part="layers",
                what=f"`{layer.name}` added",
                layer=layer.name,
                there=before[min(place, i2) - 1].name if min(place, i2) else "",
                variant=layer.class_name,
            )


def _in_place_of(gone: list[Layer], added: list[Layer]) -> list[tuple[Layer, Layer]]:
    """Return which layer stands in the place of which: those that do the same to shapes."""
    pairs: list[tuple[Layer, Layer]] = []
    free = list(added)
    for old in gone:
        found = next((new for new in free if _ranks(new) == _ranks(old)), None)
        if found is not None:
            pairs.append((old, found))
            free = free[free.index(found) + 1 :]
    return pairs


def _ranks(layer: Layer) -> list[int | None]:
    """Return the ranks of what goes in and what comes out."""
    shapes = (layer.input_shape, layer.output_shape)
    return [None if shape is None else len(shape) for shape in shapes]


def _aligned(
    before: list[Layer], after: list[Layer]
) -> Iterator[tuple[str, int, int, int, int]]:
    """Yield the codes of `difflib` for two lists of layers, matched by class from the end.

    From the end, because the last layer answers in both: of two equal ones in the longer
    list, it is not the one before it that the shorter one's answers to.
    """
    kinds = [[one.class_name for one in layers] for layers in (before, after)]
    shorter, alike = min(map(len, kinds)), 0
    while alike < shorter and kinds[0][-1 - alike] == kinds[1][-1 - alike]:
        alike += 1
    first, second = (kind[: len(kind) - alike] for kind in kinds)
    yield from SequenceMatcher(None, first, second, False).get_opcodes()
    yield "equal", len(first), len(before), len(second), len(after)


def _layers(fit: Fit) -> list[Layer]:
    layers = fit.model.layers if fit.model is not None else ()
    return [layer for layer in layers if layer.class_name != "InputLayer"]


def _of_arguments(old: Layer, new: Layer) -> Iterator[Difference]:
    for key, before, after in unequal(old.config, new.config):
        short = key.rpartition(".")[2]
        yield Difference(
            part="layers",
            what=f"`{short}` of `{new.name}`",
            layer=new.name,
            argument=key,
            there=old.name,
            baseline=before,
            variant=after,
        )


def _of_compile(baseline: Fit, variant: Fit) -> Iterator[Difference]:
    old, new = baseline.compile, variant.compile
    if old is None or new is None:
        return
    if old.optimizer != new.optimizer:
        yield _compiled("optimizer", old.optimizer, new.optimizer)
    else:
        for key, before, after in unequal(old.optimizer_config, new.optimizer_config):
            yield _compiled(key, before, after)
    if (old.loss, old.from_logits) != (new.loss, new.from_logits):
        yield _compiled("loss", old.loss, new.loss)


def _compiled(argument: str, old: Any, new: Any) -> Difference:
    return Difference(
        part="compile",
        what=argument.replace("_", " "),
        argument=argument,
        baseline=old,
        variant=new,
    )


def _of_settings(baseline: Fit, variant: Fit) -> Iterator[Difference]:
    old, new = baseline.settings, variant.settings
    if old is None or new is None:
        return
    for key in ("epochs", "batch_size", "shuffle", "class_weight", "callbacks"):
        before, after = getattr(old, key), getattr(new, key)
        if before != after:
            yield Difference(
                part="settings",
                what=key.replace("_", " "),
                argument=key,
                baseline=before,
                variant=after,
            )


def _of_data(baseline: Fit, variant: Fit) -> Iterator[Difference]:
    old, new = baseline.training, variant.training
    if old is None or new is None or old.digest == new.digest:
        return
    if old.digest and new.digest:
        # Weights are part of the digest: other class weights are no other rows.
        same_weights = (baseline.settings and baseline.settings.class_weight) == (
            variant.settings and variant.settings.class_weight
        )
        if same_weights or old.rows != new.rows:
            yield Difference(
                part="data",
                what="training rows",
                argument="rows",
                baseline=f"{old.rows} rows",
                variant=f"{new.rows} rows",
            )


def _shown(value: Any) -> str | None:
    if value is None:
        return None
    return said(value)
