"""From per-text differences to interval, noise shares and verdict."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from whylow.lanes import HeldOut
from whylow.records import Difference, DifferenceTheseTexts, Noise, Verdict
from whylow.verdict import _words
from whylow.verdict._crossed import Crossed, crossed, group_labels
from whylow.verdict._intervals import sign_flip_p, t_interval
from whylow.verdict._plan import Plan
from whylow.verdict._settle import Settling, settling
from whylow.verdict._texts import FEW, FEWEST, carrying, questions


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What the pairs say of one difference.

    Args:
        difference: The estimate, and the interval for new texts once there are two pairs.
        these_texts: The same for the texts at hand, from the pairs alone.
        noise: Where the doubt comes from.
        verdict: None with fewer than two pairs.
        sentence: The verdict in words; empty where there is none.
        settled_by: What would settle it, where a look was reached.
        warnings: What else to know.
    """

    difference: Difference
    these_texts: DifferenceTheseTexts
    noise: Noise
    verdict: Verdict | None
    sentence: str
    settled_by: Settling | None
    warnings: tuple[str, ...]


def judge(
    values: np.ndarray, scores: np.ndarray, *, held_out: HeldOut, plan: Plan, variant: str
) -> Judged:
    """Return what pairs say at the last look that they reached.

    Only looks decide: pairs past one are described and not judged until the next, unless
    the plan may keep going and its interval holds at any number. Before the first look all
    pairs are described.

    Args:
        values: Influence values of the variant minus those of the baseline, `(S, N)`.
        scores: Scores of both sides, `(S, 2)`.
        held_out: The `N` texts.
        plan: What was declared.
        variant: Name of the fit after the change.
    """
    reached = [look for look in plan.looks if look <= len(values)]
    if reached and not plan.keep_going:
        values, scores = values[: reached[-1]], scores[: reached[-1]]
    gaps = scores[:, 1] - scores[:, 0]
    low, estimate, high = t_interval(gaps, plan.level)
    these = DifferenceTheseTexts(
        low=low, estimate=estimate, high=high, sign_flip_p=sign_flip_p(gaps, seed=plan.seed)
    )
    what, fewest, guarded = _fewest(held_out, plan.metric)
    noise = Noise(pair_correlation=_correlation(scores))
    difference = Difference(estimate=_number(estimate), level=plan.level)
    if len(gaps) < 2:
        return Judged(
            difference=difference,
            these_texts=these,
            noise=noise,
            verdict=None,
            sentence="",
            settled_by=None,
            warnings=(),
        )
    if not np.isfinite(values).all() or (guarded and fewest < FEWEST):
        return Judged(
            difference=difference,
            these_texts=these if np.isfinite(gaps).all() else DifferenceTheseTexts(),
            noise=noise,
            verdict="cannot-tell-yet",
            sentence=_words.too_few_texts(what, fewest, FEWEST),
            settled_by=None,
            warnings=(),
        )
    spread = crossed(values, held_out, plan.metric)
    reach = spread.reach(plan.level, anytime=plan.keep_going)
    difference = Difference(
        low=spread.mean - reach,
        estimate=spread.mean,
        high=spread.mean + reach,
        level=plan.level,
        scope="new texts",
        p=spread.p_value(),
    )
    verdict = _words.decide_verdict(difference, plan) if reached else "cannot-tell-yet"
    words = _words.sentence(
        verdict, difference, plan=plan, variant=variant, pairs=len(values)
    )
    if reached and verdict == "cannot-tell-yet":
        words += _words.these_texts_only(these, plan=plan)
    return Judged(
        difference=difference,
        these_texts=these,
        noise=_shares(spread, noise),
        verdict=verdict,
        sentence=words,
        settled_by=settling(spread, plan, len(held_out.labels)) if reached else None,
        warnings=(
            *([_words.few_texts(what, fewest)] if guarded and fewest < FEW else []),
            *(
                [_words.disagreeing(these)]
                if reached and _disagree(these, gaps, plan)
                else []
            ),
        ),
    )


def _fewest(held_out: HeldOut, metric: str) -> tuple[str, int, bool]:
    """Return what there are fewest texts of, how many, and whether that limits a verdict.

    Of many classes one may be rare and weigh little; of two it may not.
    """
    if held_out.kind == "numbers":
        texts = len(np.unique(held_out.groups))
        resting = int(carrying(held_out))
        if metric == "r2" and resting < FEW <= texts:
            return " what R² rests on (mean absolute error does not)", resting, True
        return " there", texts, True
    if held_out.kind == "sets":
        found = questions(held_out)
        counts = [int(np.bincount(part.labels).min()) for _, part in found]
        if not found:
            return " of any label", 0, True
        number = int(np.argmin(counts))
        return f" of label {found[number][1].class_names[1]!r}", counts[number], True
    counts = np.bincount(group_labels(held_out), minlength=len(held_out.class_names))
    name = held_out.class_names[int(counts.argmin())]
    return f" of class {name!r}", int(counts.min()), len(counts) == 2


def _disagree(these: DifferenceTheseTexts, gaps: np.ndarray, plan: Plan) -> bool:
    """Whether the t interval and the sign-flip test say different things of zero.

    With few pairs no pattern of signs is rare enough for the level of a look; then the test
    has no say.
    """
    allowed = 1 - plan.level
    p, low, high = these.sign_flip_p, these.low, these.high
    if p is None or low is None or high is None or 2 / 2 ** len(gaps) > allowed:
        return False
    return (low > 0 or high < 0) != (p <= allowed)


def _shares(spread: Crossed, noise: Noise) -> Noise:
    """Return the three parts of the variance as shares of their sum."""
    parts = np.maximum([spread.seeds, spread.texts, spread.both], 0.0)
    if not parts.sum() > 0:
        return noise
    seeds, texts, both = (float(part) for part in parts / parts.sum())
    return Noise(
        seeds=seeds, texts=texts, both=both, pair_correlation=noise.pair_correlation
    )


def _correlation(scores: np.ndarray) -> float | None:
    """Return the correlation of both sides over pairs: whether pairing helps."""
    if len(scores) < 3 or not np.isfinite(scores).all() or (scores.std(0) < 1e-12).any():
        return None
    return float(np.corrcoef(scores.T)[0, 1])


def _number(value: float) -> float | None:
    return value if np.isfinite(value) else None
