"""What the person saw: the metric that their script reports first."""

from __future__ import annotations

import math
import re

from whylow.exceptions import InputError
from whylow.records import Claim, Fit

_ALIASES = {
    "acc": "accuracy",
    "binary_accuracy": "accuracy",
    "categorical_accuracy": "accuracy",
    "sparse_categorical_accuracy": "accuracy",
    "f1_score": "f1",
    "mean_absolute_error": "mae",
    "mean_squared_error": "mse",
    "r2_score": "r2",
    "root_mean_squared_error": "rmse",
}
_NO_METRICS = {"loss", "learning_rate", "lr"}  # what else Keras writes into a history


def canonical(key: str) -> str:
    """Return a metric's name without Keras' variants: `acc` and `auc_2` → accuracy, auc."""
    name = re.sub(r"_\d+$", "", key.strip().lower())
    return _ALIASES.get(name, name)


def recorded(
    fit: Fit, metric: str, *, validation: bool = False
) -> tuple[float | None, ...]:
    """Return a metric's value for each epoch from the fit's own history, or `()`."""
    return find(fit.history, metric, validation=validation)


def find(history, metric: str, *, validation: bool = False):
    """Return the series of a metric from a history by its canonical name, or `()`."""
    for key, values in history.items():
        is_validation = key.startswith("val_")
        name = canonical(key[4:] if is_validation else key)
        if is_validation == validation and name == metric:
            return tuple(values)
    return ()


def claim(baseline: Fit, variant: Fit, spec: str | None) -> Claim | None:
    """Return what two histories show, as a person reads them.

    Args:
        baseline: The fit before the change.
        variant: The fit after it.
        spec: A metric as Keras writes it, and an epoch, as in `"val_accuracy@2"`. By
            default the training part of the first metric that both report (the loss where
            there is none), at the last epoch that both finished.

    Returns:
        The claim; None where no number is in both histories.

    Raises:
        InputError: `spec` names what is not in both histories.
    """
    if spec is not None:
        return _named(baseline, variant, spec)
    names = [
        canonical(name) for name in (baseline.compile.metrics if baseline.compile else ())
    ]
    names += [canonical(k) for k in baseline.history if not k.startswith("val_")]
    for name in [*(n for n in names if n not in _NO_METRICS), "loss"]:
        a, b = recorded(baseline, name), recorded(variant, name)
        for epoch in range(min(len(a), len(b)), 0, -1):
            made = _claim(name, "train", epoch, a[epoch - 1], b[epoch - 1])
            if made is not None:
                return made
    return None


def _named(baseline: Fit, variant: Fit, spec: str) -> Claim:
    key, _, at = spec.strip().partition("@")
    validation = key.startswith("val_")
    name = canonical(key[4:] if validation else key)
    a = recorded(baseline, name, validation=validation)
    b = recorded(variant, name, validation=validation)
    if not a or not b:
        both = sorted(set(baseline.history) & set(variant.history))
        raise InputError(
            f"The claim must name a metric that both fits report: "
            f"{', '.join(both) or 'these two share none'}. Received: {key!r}."
        )
    common = min(len(a), len(b))
    if at and not (at.isdecimal() and 1 <= int(at) <= common):
        raise InputError(
            f"The epoch of the claim must be a number from 1 to {common}, as in "
            f"'{key}@{common}'. Received: {at!r}."
        )
    epoch = int(at) if at else common
    made = _claim(
        name, "validation" if validation else "train", epoch, a[epoch - 1], b[epoch - 1]
    )
    if made is None:
        raise InputError(
            f"The claim {spec!r} cannot be read: in epoch {epoch} one of the fits has no "
            f"finite value of {key!r}. Name another epoch."
        )
    return made


def _claim(
    metric: str, split, epoch: int, a: float | None, b: float | None
) -> Claim | None:
    if a is None or b is None or not (math.isfinite(a) and math.isfinite(b)):
        return None
    return Claim(
        metric=metric, split=split, epoch=epoch, difference=b - a, baseline=a, variant=b
    )
