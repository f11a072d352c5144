"""The verdict in a sentence: a closed set of them, each with its numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence

from whylow.records import Claim, DifferenceTheseTexts, Interval, Run, Verdict
from whylow.verdict._levels import LOOKS
from whylow.verdict._plan import METRICS, Plan
from whylow.verdict._settle import Settling


def decide_verdict(interval: Interval, plan: Plan) -> Verdict:
    """Return what an interval for the difference says at a look.

    An interval that lies within the smallest meaningful difference on both sides means "no
    meaningful difference", also where it leaves out zero: real, but too small to matter.
    """
    low, high, matters = interval.low, interval.high, plan.smallest_meaningful_difference
    if low is None or high is None:
        return "cannot-tell-yet"
    if -matters <= low and high <= matters:
        return "no-meaningful-difference"
    if low <= 0 <= high:
        return "cannot-tell-yet"
    rises = low > 0
    return "better" if rises != METRICS[plan.metric].lower_is_better else "worse"


def amount(value: float, plan: Plan, *, signed: bool = False) -> str:
    """Return a difference as a number, in points where the metric is told in points."""
    sign = "+" if signed else ""
    if not METRICS[plan.metric].points:
        # A digit more than the smallest difference that matters.
        smallest = math.floor(math.log10(plan.smallest_meaningful_difference))
        return f"{value:{sign}.{max(0, 1 - smallest)}f}"
    digits = 1 if plan.smallest_meaningful_difference >= 0.005 else 2
    # Adding 0 turns a rounded -0.0 into 0.0.
    return f"{round(100 * value, digits) + 0:{sign}.{digits}f}"


def unit(plan: Plan) -> str:
    """Return the word behind an amount, with its leading blank; empty for log loss."""
    return " points" if METRICS[plan.metric].points else ""


def matters(plan: Plan) -> str:
    """Return the smallest meaningful difference in words: `1 point`, `0.01`."""
    smallest = plan.smallest_meaningful_difference
    if not METRICS[plan.metric].points:
        return f"{smallest:.3g}"
    return "1 point" if smallest == 0.01 else f"{100 * smallest:g} points"


def sentence(
    verdict: Verdict, interval: Interval, *, plan: Plan, variant: str, pairs: int
) -> str:
    """Return the verdict in one sentence.

    Args:
        verdict: What `decide_verdict` said.
        interval: The difference, with its ends once a look is reached.
        plan: The rules that were declared.
        variant: Name of the fit after the change.
        pairs: Pairs behind the interval.
    """
    label = METRICS[plan.metric].label
    estimate = interval.estimate or 0.0
    way = "lower" if estimate < 0 else "higher"
    fact = f"{label} is {amount(abs(estimate), plan)}{unit(plan)} {way} with `{variant}`"
    over = f"over {pairs} pair{'' if pairs == 1 else 's'}"
    ends = ""
    if interval.low is not None and interval.high is not None:
        ends = f" [{amount(interval.low, plan)}, {amount(interval.high, plan)}]"
    match verdict:
        case "worse":
            return f"Worse: {fact}{ends} {over}."
        case "better":
            return f"Better: {fact}{ends} {over}."
        case "no-meaningful-difference":
            return (
                f"No meaningful difference: {fact}{ends} {over}, and less than "
                f"{matters(plan)} does not matter."
            )
    if pairs < plan.looks[0]:
        return f"Cannot tell yet: {fact} {over}; a verdict takes {plan.looks[0]}."
    return f"Cannot tell yet: {fact}{ends} {over}, so it may be nothing or may matter."


def these_texts_only(interval: Interval, *, plan: Plan) -> str:
    """Return the line for a difference that is sure on these texts and on these alone.

    Empty where the interval over pairs, for the texts at hand, holds zero.
    """
    low, high = interval.low, interval.high
    if low is None or high is None or low <= 0 <= high:
        return ""
    way = "lower" if high < 0 else "higher"
    return (
        f" On these very texts it is {way} [{amount(low, plan)}, {amount(high, plan)}], "
        "but they are too few to say for others."
    )


def next_step(
    verdict: Verdict | None,
    *,
    plan: Plan,
    baseline: str,
    variant: str,
    pairs: int,
    settled_by: Settling | None = None,
    texts: int = 0,
) -> str:
    """Return what to do now, in one or two sentences.

    Args:
        verdict: The verdict, None where there is none.
        plan: What was declared.
        baseline: Name of the fit before the change.
        variant: Name of the fit after it.
        pairs: Pairs that are finished.
        settled_by: What would settle it, where a look was reached.
        texts: Held-out texts.
    """
    first = plan.looks[0]
    if pairs == 0:
        return (
            "No pair of replays was trained, so there is no verdict: two single runs "
            "differ by luck alone. Next: retrain both in pairs."
        )
    if pairs < first:
        missing = first - pairs
        reason = (
            "One pair cannot tell luck from a difference."
            if pairs == 1
            else f"{pairs} pairs are too few for a verdict."
        )
        noun = "pair" if missing == 1 else "pairs"
        if not plan.replayed:
            return f"{reason} Train both {missing} more times, with other seeds."
        return (
            f"{reason} {missing} more {noun} would reach the first look: "
            f"allow more time (--budget) or pairs (--max-pairs {first})."
        )
    match verdict:
        case "worse":
            cause = ", and see which cause carries the gap" if plan.replayed else ""
            return f"Keep `{baseline}` for now{cause}."
        case "better":
            return f"Keep `{variant}`."
        case "no-meaningful-difference":
            return "Choose by something else: time per epoch, size, simplicity."
    if settled_by is None:
        return "The held-out texts are too few for an interval: label more of them."
    return what_settles(settled_by, plan, pairs, texts)


# Nobody trains more pairs, nor labels more texts, than this for one question.
_MOST_PAIRS = 96
_WITHIN_REACH = 500_000


def what_settles(settled_by: Settling, plan: Plan, pairs: int, texts: int) -> str:
    """Return what would settle an open question: pairs, texts, or nothing at hand."""
    goal = f"narrow the interval to ±{amount(settled_by.target, plan)}{unit(plan)}"
    more = None
    if settled_by.texts is not None and texts < settled_by.texts <= _WITHIN_REACH:
        more = f"about {_rounded(settled_by.texts - texts)} more labelled texts"
    if settled_by.pairs_cannot_help:
        fact = (
            f"More pairs cannot help: these {texts:,} texts alone leave "
            f"±{amount(settled_by.from_texts, plan)}{unit(plan)} of doubt."
        )
        wish = (
            f"{more} would {goal}."
            if more
            else f"to {goal} takes more labelled texts than are likely to be had."
        )
        return f"{fact} {wish[0].upper()}{wish[1:]}"
    needed = settled_by.pairs
    if needed is not None and needed <= _MOST_PAIRS:
        count = max(needed - pairs, 1)
        noun = "pair" if count == 1 else "pairs"
        option = f" (--max-pairs {LOOKS[-1]})"
        if needed > LOOKS[-1]:
            option = f" (--max-pairs {12 * math.ceil(needed / 12)} --keep-going)"
        return f"About {count} more {noun} would {goal}{option if plan.replayed else ''}."
    also = f" With {more} as well they would {goal}." if more else ""
    last = max(LOOKS[-1], plan.looks[-1])
    return (
        f"{last} pairs would still leave ±{amount(settled_by.at_last, plan)}"
        f"{unit(plan)} of doubt.{also}"
    )


# More runs that stand out than this are counted.
_NAMED = 5


def small_claim(claim: Claim | None, *, plan: Plan) -> str:
    """Return the line for a claim that is smaller than what matters; else nothing.

    Only a claim in the headline's own metric can be held against it.
    """
    if claim is None or claim.metric != plan.metric:
        return ""
    if abs(claim.difference) >= plan.smallest_meaningful_difference:
        return ""
    return (
        f"The claim, {amount(abs(claim.difference), plan)}{unit(plan)}, is smaller than "
        f"{matters(plan)}, the smallest difference that matters here."
    )


def few_texts(what: str, texts: int) -> str:
    """Return the warning about too few texts, `" of class 'a'"` say, for firm numbers."""
    return f"Only {texts} held-out texts are{what}: each score is a rough one."


def too_few_texts(what: str, texts: int, needed: int) -> str:
    """Return why there is no verdict on so few texts."""
    return (
        f"Cannot tell: only {texts} held-out texts are{what}, and a verdict on "
        f"this metric takes {needed}."
    )


def standing_out(runs: Sequence[Run]) -> str:
    """Return the line that names runs far from the rest; empty where there are none."""
    named = [
        f"pair {run.pair + 1} of `{run.fit}`{' (failed)' if run.failed else ''}"
        for run in runs
        if run.stands_out
    ]
    if len(named) > _NAMED:
        named = [*named[:_NAMED], f"{len(named) - _NAMED} more"]
    return f"Runs that stand out and still count: {', '.join(named)}." if named else ""


def disagreeing(interval: DifferenceTheseTexts) -> str:
    """Return the warning that two tests over the same pairs do not say the same."""
    sees = (interval.low or 0.0) > 0 or (interval.high or 0.0) < 0
    p = f"p = {interval.sign_flip_p:.2g}"
    if sees:
        return (
            "Over these pairs Student's t sees a difference and the sign-flip test "
            f"({p}) does not: a few runs carry it."
        )
    return (
        f"Over these pairs the sign-flip test ({p}) sees a difference and Student's t does "
        "not: a few runs stand far out."
    )


def leaks(name: str, differs: str) -> str:
    """Return the warning that a fit trained twice with one seed gave two results."""
    if differs == "the predictions":
        where = "its loss is equal and its predictions differ, so something random is "
        where += "left on when it predicts (dropout or noise with `training=True`?)"
    else:
        where = f"{differs} differs, so something random does not follow the seed "
        where += "(NumPy in a layer, loss or callback? a state that outlives `fit`?)"
    return (
        f"`{name}`, trained twice with the same seed, is not the same twice: {where}. "
        "The verdict counts it as luck; pairing helps less."
    )


def not_itself(name: str, estimate: float, plan: Plan) -> str:
    """Return the warning that a fit differs from itself on other seeds."""
    return (
        f"`{name}` differs from itself on other seeds, by {amount(abs(estimate), plan)}"
        f"{unit(plan)}, where luck alone does so once in 1,000 studies: something drifts "
        "from run to run, so take no verdict from this study before that is found."
    )


def _rounded(count: int) -> str:
    """Return a count with two digits that count: 6,137 as 6,100."""
    step = 10 ** max(len(str(count)) - 2, 0)
    return f"{math.ceil(count / step) * step:,}"
