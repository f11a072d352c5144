"""The first screen of `whylow read`: at most 30 lines of 80 columns."""

from __future__ import annotations

from whylow.records import Finding, Report
from whylow.report._read_brief import brief_of
from whylow.report._read_table import WIDTH, fit_rows, pair_rows, single_rows
from whylow.report._screen import MORE, Block, Item, brief, fit_screen, wrap

LINES = 30
_MOST_ROWS = 7
# What the table above shows already.
_IN_TABLE = {"WL402", "WL404", "WL408"}
_CODE_ONLY = {"WL201", "WL202", "WL203"}


def read_text(report: Report) -> str:
    """Return the first screen of `whylow read` as plain text.

    In this order: what holds of what was claimed, the numbers, the findings, what the code
    shows, what was assumed and not checked, what would settle it. What does not fit is
    counted.

    Args:
        report: What `whylow.reading.read` returned.

    Returns:
        At most 30 lines of at most 80 columns, with a line end after the last.
    """
    blocks = [
        _answer(report),
        _table(report),
        _findings(report),
        _seen(report),
        _assumed(report),
        _next(report),
    ]
    screen = fit_screen([block for block in blocks if block is not None], LINES)
    here = MORE.partition("see ")[2]
    return screen.replace(here, "see --format json")


def _answer(report: Report) -> Block:
    lines = [
        line for said in report.protocol.get("answer", ()) for line in wrap(said, WIDTH)
    ]
    return Block(head=brief(lines, 4, WIDTH))


def _table(report: Report) -> Block | None:
    if len(report.comparisons) == 1:
        return Block(head=tuple(pair_rows(report, report.comparisons[0])))
    if report.comparisons or len(report.fits) > 1:
        rows = fit_rows(report)
        return Block(
            head=tuple(rows[:1]),
            items=tuple(Item(full=(row,), brief=(row,)) for row in rows[1:]),
            comfort=_MOST_ROWS,
            rank=0,
        )
    return Block(head=tuple(single_rows(report, report.fits[0]))) if report.fits else None


def _findings(report: Report) -> Block | None:
    pair = len(report.comparisons) == 1
    told = [
        finding
        for finding in report.findings
        if not finding.evidence.get("seen_in_code")
        and not (pair and finding.code in _IN_TABLE)
    ]
    if any(finding.code == "WL405" for finding in told):
        # Both say what luck can do; at the best epochs is the fairer place.
        told = [finding for finding in told if finding.code != "WL403"]
    groups: dict[str, list[Finding]] = {}
    for finding in told:
        groups.setdefault(finding.code, []).append(finding)
    items = [_item(group, report) for group in groups.values()]
    if not items:
        return None
    return Block(head=("Findings",), items=tuple(items), comfort=7, rank=1)


def _seen(report: Report) -> Block | None:
    groups: dict[str, list[Finding]] = {}
    for finding in report.findings:
        if finding.evidence.get("seen_in_code"):
            groups.setdefault(finding.code, []).append(finding)
    items = [_item(group, report) for group in groups.values()]
    head = ("Seen in the code, not measured",)
    return Block(head=head, items=tuple(items), comfort=6, rank=2) if items else None


def _item(group: list[Finding], report: Report) -> Item:
    said = brief_of(group, report)
    if group[0].allowed is not None:
        said += f" Allowed: {group[0].allowed}"
    lines = wrap(said, WIDTH, first=f"  {group[0].code}  ", rest=" " * 9)
    return Item(full=brief(lines, 3, WIDTH), brief=brief(lines, 1, WIDTH))


def _assumed(report: Report) -> Block | None:
    items = []
    assumptions = report.protocol.get("assumptions", ())
    if assumptions:
        options = " and ".join(one["option"] for one in assumptions)
        verb = "says" if len(assumptions) == 1 else "say"
        items.append(_note(f"Assumed unless {options} {verb} otherwise:"))
    for one in assumptions:
        said = f"  {one['what']}: {one['value']} ({one['sure']}: {one['why']})"
        lines = wrap(said, WIDTH, first="  ", rest="    ")
        items.append(Item(full=lines, brief=brief(lines, 1, WIDTH)))
    items += [_note(note) for note in report.notes if not note.startswith("Assumed (")]
    lacking = [one for one in report.checks_not_run if one.why.startswith("needs")]
    whys = dict.fromkeys(one.why.removeprefix("needs ") for one in lacking)
    if whys:
        items.append(_note(f"Not checked, needs {'; '.join(whys)}"))
    return Block(items=tuple(items), comfort=5, rank=3, indent="") if items else None


def _note(said: str) -> Item:
    lines = wrap(said, WIDTH, rest="  ")
    return Item(full=brief(lines, 2, WIDTH), brief=brief(lines, 1, WIDTH))


def _next(report: Report) -> Block:
    limit = wrap(str(report.protocol.get("limit", "")), WIDTH)
    step = wrap(f"Next: {report.protocol.get('next', '')}:", WIDTH)
    command = f"  {report.protocol.get('command', '')}"
    return Block(head=(*brief(limit, 1, WIDTH), *brief(step, 2, WIDTH), command))
