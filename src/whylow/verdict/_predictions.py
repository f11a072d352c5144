"""The verdict alone, from predictions that were made elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from whylow.exceptions import InputError
from whylow.lanes import HeldOut, Lane
from whylow.records import Comparison, Fit
from whylow.verdict._compare import compare
from whylow.verdict._controls import majority_class
from whylow.verdict._labels import read_labels
from whylow.verdict._levels import LOOKS
from whylow.verdict._plan import METRICS, Plan, declare, known_metric
from whylow.verdict._tables import Predictions, read_predictions
from whylow.verdict._texts import refuse_constant, scored_part

# Two models that are both this far below a coin's .5 were not trained to be.
_WRONG_WAY = 0.4
_OF_DECISIONS = ("accuracy", "balanced_accuracy", "f1", "macro_f1", "mcc")


def compare_predictions(
    baseline: np.ndarray | str | Path,
    variant: np.ndarray | str | Path,
    labels: np.ndarray | Sequence[object] | str | Path,
    *,
    groups: np.ndarray | None = None,
    validation: np.ndarray | None = None,
    metric: str | None = None,
    smallest: float | None = None,
    names: tuple[str, str] = ("baseline", "variant"),
    positive: str | None = None,
    seed: int = 0,
) -> Comparison:
    """Return the verdict on two sets of per-text predictions, several trainings each.

    The k-th training of either side form a pair: they should share seed and data order.
    All pairs that are given are judged at once, at 95 %, and a verdict takes six. The texts
    must have had no say in training, epochs included. Where probabilities are given, the
    threshold is tuned on one half of the texts and scored on the other, both ways; or on
    the texts that `validation` sets aside, and then all others are scored at once.

    Args:
        baseline: Probabilities of class 1, shape `(S, N)`, of all classes `(S, N, K)`, or
            predicted classes `(S, N)` as integers or names; of labels that are numbers the
            predicted numbers `(S, N)`; of sets of labels the probability of each
            `(S, N, L)`; `S` trainings, `N` texts. Or a
            CSV or Parquet file: one row a text and one column a training, or one row a
            prediction with the columns `id`, `seed` and `prediction`.
        variant: The same for the other side.
        labels: True classes or numbers of shape `(N,)` (numbers where one is not whole, or
            where `metric` is one of numbers), or sets `(N, L)` of 0 and 1; or a file with a
            column `label`; rows are matched by a column `id` where both files have one,
            else by their order.
        groups: Shape `(N,)`; texts that are duplicates share a number. By default from a
            column `group` or `text` of the file of labels, else each text its own.
        validation: Boolean, shape `(N,)`; texts on which thresholds are chosen and nothing
            is scored. By default those that a column `split` of the file of labels calls
            `validation`, the others being called `test`; without it no text is set aside.
        metric: A key of `METRICS`; by default the one that fits the classes.
        smallest: Smallest difference that matters, in the metric's unit.
        names: What to call the two sides.
        positive: The class that probabilities of shape `(S, N)` are of; needed where the
            two classes are words, while of numbers it is the larger one.
        seed: Draws the halves on which thresholds are chosen.

    Raises:
        InputError: The files cannot be read or matched, the shapes do not fit, the
            predictions are neither probabilities nor known classes, or the metric needs
            probabilities and there are only classes.
    """
    numbers = metric is not None and METRICS[known_metric(metric)].kinds == ("numbers",)
    truth = read_labels(
        labels, numbers=numbers, groups=groups, validation=validation, positive=positive
    )
    refuse_constant(scored_part(truth.held_out))
    sides = [
        read_predictions(source, truth, name)
        for source, name in zip((baseline, variant), names, strict=True)
    ]
    held_out = truth.held_out
    decided = any(side.decided for side in sides)
    plan = _plan(held_out, metric, smallest, seed, decided)
    pairs = min(len(side.probabilities) for side in sides)
    # One look at all there is: nothing was trained on, so nothing was peeked at.
    plan = plan.model_copy(
        update={"looks": (max(pairs, LOOKS[0]),), "max_pairs": pairs, "replayed": False}
    )
    made = compare(
        Fit(name=names[0]),
        Fit(name=names[1]),
        _lanes(sides[0], pairs),
        _lanes(sides[1], pairs),
        held_out=held_out,
        plan=plan,
        claim=None,
        controls=(majority_class(held_out),),
    )
    turned = _turned_round(made)
    if turned:
        made = made.model_copy(update={"next_step": turned})
    made = made.model_copy(update={"remarks": (*made.remarks, *_remarks(sides, names))})
    return _without_epochs(made, decided)


def _plan(
    held_out: HeldOut, metric: str | None, smallest: float | None, seed: int, decided: bool
) -> Plan:
    plan = declare(held_out, metric=metric, smallest=smallest, seed=seed)
    if not decided or plan.metric in _OF_DECISIONS:
        return plan
    if metric is not None:
        raise InputError(
            f"`metric` {plan.metric!r} needs probabilities, and these predictions are "
            f"classes: give probabilities, or use one of {', '.join(_OF_DECISIONS)}."
        )
    return declare(held_out, metric="macro_f1", smallest=smallest, seed=seed)


def _lanes(side: Predictions, pairs: int) -> list[Lane]:
    return [
        Lane(pair=k, seed=k, history={}, probabilities=side.probabilities[k][None])
        for k in range(pairs)
    ]


def _remarks(sides: Sequence[Predictions], names: tuple[str, str]) -> list[str]:
    """Return what to know of files that one may not have meant."""
    one, two = (side.probabilities for side in sides)
    if len(one) != len(two):
        least = min(len(one), len(two))
        return [
            f"`{names[0]}` has {len(one)} trainings and `{names[1]}` {len(two)}: the first "
            f"{least} of each are compared, pair by pair in the order of their columns."
        ]
    if np.array_equal(one, two):
        return [f"`{names[0]}` and `{names[1]}` hold the same predictions, every one."]
    return []


def _turned_round(made: Comparison) -> str:
    """Return the warning that both sides rank the wrong way round; else nothing."""
    areas = [scores.get("roc_auc") for scores in made.metrics.values()]
    known = [area for area in areas if area is not None]
    if not known or max(known) >= _WRONG_WAY:
        return ""
    return (
        "Take nothing from this: both sides rank the texts the wrong way round (ROC-AUC "
        f"{100 * known[0]:.0f} % and {100 * known[-1]:.0f} %). These look like "
        "probabilities of the other class, or rows in another order than the labels."
    )


def _without_epochs(made: Comparison, decided: bool) -> Comparison:
    """Return the comparison in words that suit predictions, which have no epochs."""
    views = []
    for view in made.ladder:
        if view.view.endswith("last epoch"):
            view = view.model_copy(update={"view": view.metric.replace("_", " ")})
        if view.view.endswith("best epoch") or (decided and METRICS[view.metric].per_half):
            continue
        views.append(view)
    update: dict[str, object] = {
        "ladder": tuple(views),
        "runs": tuple(run.model_copy(update={"epochs_chosen": ()}) for run in made.runs),
    }
    if decided:
        # Ranks and losses of bare classes would be numbers without a meaning.
        update["metrics"] = {
            fit: {name: value for name, value in scores.items() if name in _OF_DECISIONS}
            for fit, scores in made.metrics.items()
        }
    return made.model_copy(update=update)
