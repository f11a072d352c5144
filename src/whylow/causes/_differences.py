"""What two recorded fits differ in: layers, arguments, compile, settings, data.

From the records alone. Names and seeds are no differences; which run it was is a share of
the noise and no suspect.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

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
        behind: The variant's layer behind which the baseline's stood, if one did.
        baseline, variant: The values; `None` where there is nothing.
    """

    part: Part
    what: str
    layer: str = ""
    argument: str = ""
    behind: str = ""
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
    matcher = SequenceMatcher(
        None, [one.class_name for one in before], [one.class_name for one in after], False
    )
    for kind, i, i2, j, j2 in matcher.get_opcodes():
        if kind == "equal":
            for old, new in zip(before[i:i2], after[j:j2], strict=True):
                yield from _of_arguments(old, new)
            continue
        for layer in before[i:i2]:
            yield Difference(
                part="layers",
                what=f"no `{layer.name}`",
                layer=layer.name,
                behind=after[j - 1].name if j else "",
                baseline=layer.class_name,
            )
        for layer in after[j:j2]:
            yield Difference(
                part="layers",
                what=f"`{layer.name}` added",
                layer=layer.name,
                variant=layer.class_name,
            )


def _layers(fit: Fit) -> list[Layer]:
    layers = fit.model.layers if fit.model is not None else ()
    return [layer for layer in layers if layer.class_name != "InputLayer"]


def _of_arguments(old: Layer, new: Layer) -> Iterator[Difference]:
    before, after = flat(old.config), flat(new.config)
    for key in dict.fromkeys((*before, *after)):
        if before.get(key) != after.get(key):
            short = key.rpartition(".")[2]
            yield Difference(
                part="layers",
                what=f"`{short}` of `{new.name}`",
                layer=new.name,
                argument=key,
                baseline=before.get(key),
                variant=after.get(key),
            )


# Names, seeds and what follows from the input are no choice of anybody's, and the way
# back of a `Bidirectional` layer is that of the way there.
_NO_CHOICE = frozenset(
    {
        "backward_layer", "batch_shape", "build_config", "dtype", "input_length", "module",
        "name", "quantization_config", "registered_name", "seed", "shared_object_id",
        "zero_output_for_mask",
    }
)  # fmt: skip


def flat(config: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return a configuration with inner arguments under names joined by dots."""
    found: dict[str, Any] = {}
    for key, value in config.items():
        if key in _NO_CHOICE:
            continue
        if isinstance(value, dict):
            found |= flat(value, f"{prefix}{key}.")
        else:
            found[f"{prefix}{key}"] = value
    return found


def _of_compile(baseline: Fit, variant: Fit) -> Iterator[Difference]:
    old, new = baseline.compile, variant.compile
    if old is None or new is None:
        return
    if old.optimizer != new.optimizer:
        yield _compiled("optimizer", old.optimizer, new.optimizer)
    else:
        before, after = flat(old.optimizer_config), flat(new.optimizer_config)
        for key in dict.fromkeys((*before, *after)):
            if before.get(key) != after.get(key):
                yield _compiled(key, before.get(key), after.get(key))
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
    return f"{value:g}" if isinstance(value, float) else str(value)
