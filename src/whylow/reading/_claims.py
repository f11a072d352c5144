"""What was claimed, and what the logs show when one looks elsewhere."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from whylow.capture.logs import is_accuracy, is_learning_rate, same_metric
from whylow.records import Claim, Fit, Interval, View

_PERCENT = re.compile(r"(?<![\d.])(\d{1,3}(?:[.,]\d{1,3})?)\s?%")
_SHARE = re.compile(r"acc\w*\W{1,4}(0\.\d{2,6})(?!\d)", re.IGNORECASE)
_LOWER_IS_BETTER = re.compile(r".*(?:loss|error|mae|mse|rmse|perplexity|crossentropy).*")
_MOST_OTHERS = 2


@dataclass(frozen=True)
class Curves:
    """A metric of one fit, on both parts; epochs without a value are left out."""

    training: dict[int, float]
    validation: dict[int, float]


def lower_is_better(metric: str) -> bool:
    """Whether less of the metric is better."""
    return _LOWER_IS_BETTER.fullmatch(metric) is not None


def metrics_of(fits: Sequence[Fit]) -> list[str]:
    """Return the metrics that all fits have, accuracy first, then loss, then the rest."""
    common: list[str] | None = None
    for fit in fits:
        names = list(
            dict.fromkeys(
                same_metric(name).removeprefix("val_")
                for name in fit.history
                if not is_learning_rate(name.removeprefix("val_"))
            )
        )
        common = names if common is None else [name for name in common if name in names]
    rank = {"accuracy": 0, "loss": 2}
    found = sorted(common or [], key=lambda n: 0 if is_accuracy(n) else rank.get(n, 1))
    others = [name for name in found if name != "loss" and not is_accuracy(name)]
    dropped = set(others[_MOST_OTHERS:])
    return [name for name in found if name not in dropped]


def curves(fit: Fit, metric: str) -> Curves:
    """Return a metric of a fit, whatever its log calls it."""
    parts: dict[bool, dict[int, float]] = {False: {}, True: {}}
    for name, values in fit.history.items():
        if same_metric(name).removeprefix("val_") != metric:
            continue
        part = parts[name.startswith("val_")]
        for epoch, value in enumerate(values, 1):
            if value is not None:
                part.setdefault(epoch, value)
    return Curves(parts[False], parts[True])


def best_epoch(values: dict[int, float], metric: str) -> int | None:
    """Return the first epoch with the best value."""
    if not values:
        return None
    pick = min if lower_is_better(metric) else max
    best = pick(values.values())
    return next(epoch for epoch, value in values.items() if value == best)


def claim_of(baseline: Fit, variant: Fit, text: str) -> tuple[Claim | None, bool]:
    """Return what the person saw, and whether the text says so in figures.

    By default the training part of the first metric at the last epoch that both have: the
    last number on the screen. Where the text quotes validation figures of both, those.
    """
    for metric in [*metrics_of((baseline, variant))]:
        one, two = curves(baseline, metric), curves(variant, metric)
        quoted = _quoted(text) if is_accuracy(metric) else set()
        for part, before, after in (
            ("train", one.training, two.training),
            ("validation", one.validation, two.validation),
        ):
            epoch = _last_common(before, after)
            if epoch and _says(quoted, before[epoch]) and _says(quoted, after[epoch]):
                return _claim(metric, part, epoch, before, after), True
        for part, before, after in (
            ("train", one.training, two.training),
            ("validation", one.validation, two.validation),
        ):
            epoch = _last_common(before, after)
            if epoch:
                return _claim(metric, part, epoch, before, after), False
    return None, False


def ladder(baseline: Fit, variant: Fit, claim: Claim | None) -> tuple[View, ...]:
    """Return the same two runs looked at in each way that the logs allow."""
    views = []
    for metric in metrics_of((baseline, variant)):
        one, two = curves(baseline, metric), curves(variant, metric)
        first = claim is not None and metric == claim.metric
        rungs: list[tuple[str, int | None, dict[int, float], dict[int, float]]] = []
        if first or (claim is None):
            rungs += [
                ("training", _last_common(one.training, two.training), one.training,
                 two.training),
                ("validation", _last_common(one.validation, two.validation),
                 one.validation, two.validation),
            ]  # fmt: skip
        for part, epoch, before, after in rungs:
            if epoch is not None:
                views.append(
                    _view(f"{metric}, {part}, epoch {epoch}", metric, before[epoch],
                          after[epoch])
                )  # fmt: skip
        epochs = [best_epoch(c.validation, metric) for c in (one, two)]
        if epochs[0] and epochs[1]:
            at = f"{epochs[0]}" if epochs[0] == epochs[1] else f"{epochs[0]}/{epochs[1]}"
            views.append(
                _view(f"{metric}, validation, best epoch ({at})", metric,
                      one.validation[epochs[0]], two.validation[epochs[1]])
            )  # fmt: skip
        elif not first:
            epoch = _last_common(one.training, two.training)
            if epoch:
                views.append(
                    _view(f"{metric}, training, epoch {epoch}", metric,
                          one.training[epoch], two.training[epoch])
                )  # fmt: skip
    return tuple(views)


def _view(view: str, metric: str, before: float, after: float) -> View:
    return View(
        view=view,
        metric=metric,
        baseline=before,
        variant=after,
        difference=Interval(estimate=after - before),
        lower_is_better=lower_is_better(metric),
        runs=1,
    )


def _claim(metric, part, epoch: int, before, after) -> Claim:
    return Claim(
        metric=metric,
        split=part,
        epoch=epoch,
        difference=after[epoch] - before[epoch],
        baseline=before[epoch],
        variant=after[epoch],
    )


def _last_common(before: dict[int, float], after: dict[int, float]) -> int | None:
    return max(set(before) & set(after), default=None)


def _quoted(text: str) -> set[tuple[float, float]]:
    """Return the percentages and accuracies that the text names, with half a last digit."""
    found = set()
    for number in _PERCENT.findall(text):
        number = number.replace(",", ".")
        digits = len(number.partition(".")[2])
        if digits:
            found.add((float(number) / 100, 0.5 * 10.0 ** -(digits + 2)))
    for number in _SHARE.findall(text):
        found.add((float(number), 0.5 * 10.0 ** -len(number.partition(".")[2])))
    return found


def _says(quoted: set[tuple[float, float]], value: float) -> bool:
    return any(abs(share - value) <= slack + 1e-9 for share, slack in quoted)
