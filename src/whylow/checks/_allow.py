"""What a person allows: findings that stay in the report and count for nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from whylow.checks._page import check_of
from whylow.exceptions import InputError
from whylow.records import Finding


def allowances(given: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return code → reason, of codes or names of checks and their reasons.

    Raises:
        InputError: There is no such check, or a reason is empty.

    """
    found = {}
    for code_or_name, reason in given:
        code = check_of(code_or_name).code
        if not reason.strip():
            raise InputError(
                f"{code} is allowed without a reason. Expected one, as in"
                f' --allow {code}="the texts are that short".'
            )
        found[code] = reason.strip()
    return found


def allow(findings: Sequence[Finding], allowed: Mapping[str, str]) -> tuple[Finding, ...]:
    """Return the findings, those of the allowed codes with their reason.

    Args:
        findings: What the checks found.
        allowed: Code → reason, as `allowances` returns them.

    """
    return tuple(
        one.model_copy(update={"allowed": allowed[one.code]})
        if one.code in allowed
        else one
        for one in findings
    )


def counted(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return the findings that nobody allowed."""
    return tuple(one for one in findings if one.allowed is None)
