"""The verdict in a sentence: a closed set of them, each with its numbers."""

from __future__ import annotations

from whylow.records import Interval, Verdict
from whylow.verdict._plan import METRICS, Plan


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
        return f"{value:{sign}.3f}"
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
        return f"{smallest:g}"
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


def next_step(
    verdict: Verdict | None, *, plan: Plan, baseline: str, variant: str, pairs: int
) -> str:
    """Return what to do now, in one or two sentences."""
    first = plan.looks[0]
    if pairs == 0:
        return (
            "No pair of replays was trained, so there is no verdict: two single runs "
            "differ by luck alone. Next: retrain both in pairs."
        )
    if pairs < first:
        missing = first - pairs
        noun = "pair" if missing == 1 else "pairs"
        reason = (
            "One pair cannot tell luck from a difference. "
            if pairs == 1
            else f"{pairs} pairs are too few for a verdict. "
        )
        return (
            f"{reason}{missing} more {noun} would reach the first look: "
            f"allow more time (--budget) or pairs (--max-pairs {first})."
        )
    match verdict:
        case "worse":
            return f"Keep `{baseline}` for now, and see which cause carries the gap."
        case "better":
            return f"Keep `{variant}`."
        case "no-meaningful-difference":
            return "Choose by something else: time per epoch, size, simplicity."
    return (
        f"The interval holds both no difference and one of {matters(plan)}: only more "
        "pairs or more labelled texts can tell."
    )
