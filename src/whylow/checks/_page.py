"""The pages of the checks, rendered as Markdown from their findings' docstrings."""

from __future__ import annotations

import difflib
import inspect

from whylow.checks._check import Check
from whylow.checks._table import table
from whylow.exceptions import InputError

_STATUS = (
    "A new check is *preview*. It becomes *stable* when, beside its own cases, it was",
    "right on at least two faulty programs (three for a warning) and silent on every",
    "sound one: the fixed halves in [faults.md](faults.md) and the well-made programs of",
    "the tests. An info, and what compares two fits, has no such program to be right on",
    "and stays *preview*.",
    "",
    "Checks read numbers; what is computed from model and data is measured once, within",
    "5 s or a fifth of the fit's own time ([what it costs](faults.md#what-it-costs)).",
)


def explain(code_or_name: str) -> str:
    """Return the page of a check as Markdown.

    Args:
        code_or_name: A code (`"WL201"`) or a name (`"single-run"`), in any case.

    Raises:
        InputError: There is no such check; the message names those that are near.

    """
    return _page(check_of(code_or_name))


def check_of(code_or_name: str) -> Check:
    """Return a check of the table by its code or name, in any case.

    Raises:
        InputError: There is no such check; the message names those that are near.

    """
    wanted = code_or_name.strip().lower().replace("_", "-")
    for check in table():
        if wanted in (check.code.lower(), check.name):
            return check
    near = [
        check
        for check in table()
        if difflib.get_close_matches(wanted, [check.code.lower(), check.name], cutoff=0.6)
        or (len(wanted) > 3 and wanted in check.name)
    ]
    known = ", ".join(f"{check.code} ({check.name})" for check in near or table())
    lead = "Near it" if near else "There are"
    raise InputError(f"There is no check {code_or_name!r}. {lead}: {known}.")


def pages() -> str:
    """Return the pages of all checks as one Markdown document, the table first."""
    rows = [
        f"| [{check.code}](#{check.code.lower()}-{check.name}) | {check.name} |"
        f" {check.severity} | {check.status} | {check.summary} |"
        for check in table()
    ]
    head = [
        "# Checks",
        "",
        "Written from the source; `whylow explain CODE` prints one page.",
        "",
        *_STATUS,
        "",
        "| code | name | severity | status | what it finds |",
        "|---|---|---|---|---|",
        *rows,
    ]
    bodies = [_one_level_down(_page(check)) for check in table()]
    return "\n\n".join(["\n".join(head), *bodies]) + "\n"


def _one_level_down(page: str) -> str:
    """Put a page's headings below the document's own title; comments in code stay."""
    lines, in_code = [], False
    for line in page.splitlines():
        in_code ^= line.startswith("```")
        lines.append(f"#{line}" if line.startswith("#") and not in_code else line)
    return "\n".join(lines)


def _page(check: Check) -> str:
    body = inspect.cleandoc(check.finding.__doc__ or "")
    return (
        f"# {check.code} {check.name}\n\n"
        f"*{check.severity}, {check.status}, since {check.since}*\n\n{body}\n"
    )
