"""Running the table over fits and comparisons."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import get_args

from whylow.checks._base import CouldNotRun, Detected
from whylow.checks._check import FitCheck
from whylow.checks._table import table
from whylow.records import CheckNotRun, Comparison, Finding, Fit, Severity

_ORDER = {severity: place for place, severity in enumerate(get_args(Severity))}


def run_checks(
    fits: Sequence[Fit], comparisons: Sequence[Comparison]
) -> tuple[tuple[Finding, ...], tuple[CheckNotRun, ...]]:
    """Run every check on every fit and comparison.

    Args:
        fits: The recorded fits.
        comparisons: Comparisons between them, by name.

    Returns:
        The findings, by severity, then how sure their cause is, then code; and the checks
        that could not run and why. A check that is in neither was clear.

    """
    findings: list[Finding] = []
    not_run: list[CheckNotRun] = []
    by_name = {fit.name: fit for fit in fits}
    for check in table():
        if isinstance(check, FitCheck):
            outcomes = [
                (fit.name, *_outcome(check.code, fit.name, partial(check.rule, fit)))
                for fit in fits
            ]
        else:
            outcomes = [
                (
                    f"{one.variant} against {one.baseline}",
                    *_outcome(
                        check.code, None, partial(_compared, check.rule, one, by_name)
                    ),
                )
                for one in comparisons
            ]
        findings += [finding for _, found, _ in outcomes for finding in found]
        not_run += _not_run(check.code, [(name, why) for name, _, why in outcomes])
    sure = {check.code: check.finding.confidence for check in table()}
    findings.sort(key=lambda one: (_ORDER[one.severity], -sure[one.code], one.code))
    return tuple(findings), tuple(not_run)


def _compared(
    rule: Callable[[Comparison, Fit, Fit], Iterator[Detected]],
    comparison: Comparison,
    fits: dict[str, Fit],
) -> Iterator[Detected]:
    baseline, variant = fits.get(comparison.baseline), fits.get(comparison.variant)
    if baseline is None or variant is None:
        raise CouldNotRun("the fits of the comparison are not in the report")
    return rule(comparison, baseline, variant)


def _outcome(
    code: str, fit: str | None, rule: Callable[[], Iterator[Detected]]
) -> tuple[list[Finding], str | None]:
    try:
        return [found.record(code, fit) for found in rule()], None
    except CouldNotRun as why:
        return [], str(why)
    except Exception as error:  # noqa: BLE001 - see below
        # Layer configurations are whatever a script put there. A mistake of ours in one
        # check must not cost the person the report; the tests ask for no such outcome.
        return [], f"the check itself failed ({type(error).__name__}: {error})"


def _not_run(code: str, whys: Sequence[tuple[str, str | None]]) -> Iterator[CheckNotRun]:
    """Say each reason once, and whom it concerns where it does not concern all."""
    for why in dict.fromkeys(why for _, why in whys if why is not None):
        names = [name for name, one in whys if one == why]
        whom = "" if len(names) == len(whys) else f" ({', '.join(names)})"
        yield CheckNotRun(code=code, why=why + whom)
