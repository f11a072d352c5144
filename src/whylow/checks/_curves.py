"""Learning curves: what checks of histories ask of them."""

from __future__ import annotations

from whylow.checks._base import CouldNotRun
from whylow.checks._reading import absent, series, validation_accuracy
from whylow.records import Fit

Curve = list[tuple[int, float]]
"""Epoch, counted from 1, and value; epochs without a finite value are left out."""


def curve(fit: Fit, name: str, what: str) -> Curve:
    """Return the finite values of a metric; `what` names it in words for the refusal."""
    values = series(fit, name)
    if not values:
        raise absent(fit, what)
    return finite(values)


def finite(values: tuple[float | None, ...]) -> Curve:
    """Return the epochs that have a finite value."""
    return [(epoch, value) for epoch, value in enumerate(values, 1) if value is not None]


def is_accuracy(name: str) -> bool:
    """Whether a metric of training rows is a share of right answers, by its name."""
    if name.startswith("val_"):
        return False
    return name in {"acc", "accuracy"} or name.endswith(("_acc", "_accuracy"))


def accuracies(fit: Fit) -> tuple[str, Curve, Curve]:
    """Return the name of the accuracy, its validation curve and its training curve."""
    name, held_out = validation_accuracy(fit)
    own = name.removeprefix("val_")
    return own, finite(held_out), finite(series(fit, own))


def long_enough(curve: Curve, epochs: int) -> Curve:
    """Return the curve, or refuse where it is too short to show a course."""
    if len(curve) < epochs:
        raise CouldNotRun(f"fewer than {epochs} epochs show no course")
    return curve


def nan_epochs(fit: Fit, name: str) -> tuple[int, ...]:
    """Return the epochs in which a metric was nan or infinite, not merely left out."""
    values = series(fit, name)
    nulls = tuple(epoch for epoch, value in enumerate(values, 1) if value is None)
    missing = fit.log.missing.get(name, 0) if fit.log else 0
    # Where a log leaves epochs out, which nulls are nan cannot be told; if all could be
    # left out ones, none is called nan.
    return nulls if len(nulls) > missing else ()
