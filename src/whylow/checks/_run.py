"""Running the table over fits and comparisons."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import get_args

from whylow.checks._base import CouldNotRun, Detected
from whylow.checks._table import FitCheck, table
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
        The findings, by severity and then by code, and the checks that could not run and
        why. A check that is in neither was clear.

    """
    findings: list[Finding] = []
    refusals: dict[tuple[str, str], list[str]] = {}
    by_name = {fit.name: fit for fit in fits}
    for check in table():
        if isinstance(check, FitCheck):
            for fit in fits:
                found, why = _outcome(lambda c=check, f=fit: c.rule(f))
                findings += [one.record(check.code, fit.name) for one in found]
                if why is not None:
                    refusals.setdefault((check.code, why), []).append(fit.name)
            continue
        for comparison in comparisons:
            baseline, variant = (
                by_name.get(comparison.baseline),
                by_name.get(comparison.variant),
            )
            pair = f"{comparison.variant} against {comparison.baseline}"
            if baseline is None or variant is None:
                found, why = (), "the fits of the comparison are not in the report"
            else:
                found, why = _outcome(
                    lambda c=check, o=comparison, b=baseline, v=variant: c.rule(o, b, v)
                )
            findings += [one.record(check.code, None) for one in found]
            if why is not None:
                refusals.setdefault((check.code, why), []).append(pair)
    findings.sort(key=lambda finding: (_ORDER[finding.severity], finding.code))
    return tuple(findings), _not_run(refusals, len(fits), len(comparisons))


def _outcome(
    rule: Callable[[], Iterator[Detected]],
) -> tuple[tuple[Detected, ...], str | None]:
    try:
        return tuple(rule()), None
    except CouldNotRun as why:
        return (), str(why)
    except Exception as error:
        # Layer configurations are whatever a script put there. A mistake of ours in one
        # check must not cost the person the report; the tests ask for no such outcome.
        return (), f"the check itself failed ({type(error).__name__}: {error})"


def _not_run(
    refusals: dict[tuple[str, str], list[str]], fits: int, comparisons: int
) -> tuple[CheckNotRun, ...]:
    """Say each reason once, and whom it concerns where it does not concern all."""
    on_fit = {check.code for check in table() if isinstance(check, FitCheck)}
    return tuple(
        CheckNotRun(
            code=code,
            why=why
            if len(names) == (fits if code in on_fit else comparisons)
            else f"{why} ({', '.join(names)})",
        )
        for (code, why), names in refusals.items()
    )
