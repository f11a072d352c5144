"""The top of the first screen: who claimed what, and what holds, in columns."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from whylow.records import Claim, Comparison, Fit, Interval, Report
from whylow.report import _format as fmt
from whylow.report._rows import Row, claim_view, control_rows, ladder_rows, mean_difference
from whylow.report._screen import Block, Item, brief, pad, shorten, wrap

_NAME = 13  # cells of a model's name in a column of numbers


def claims_block(report: Report, width: int) -> Block | None:
    """Return the table that fits the number of comparisons, or that of the fits alone."""
    comparisons = report.comparisons
    baselines = {comparison.baseline for comparison in comparisons}
    if not comparisons:
        return _fits_block(report.fits, width) if report.fits else None
    if len(comparisons) == 1:
        return _ladder_block(comparisons[0], report.fits, width)
    if len(comparisons) == 2 and len(baselines) == 1:
        return _twin_block(comparisons, report.fits, width)
    return _variants_block(comparisons, width)


def _ladder_block(
    comparison: Comparison, fits: tuple[Fit, ...], width: int
) -> Block | None:
    rows = ladder_rows(comparison, fits)
    if not rows:
        return None
    rows += control_rows(comparison)
    names = [fmt.clean(comparison.baseline), fmt.clean(comparison.variant)]
    columns = [
        _column([row.baseline for row in rows], names[0]),
        _column([row.variant for row in rows], names[1]),
    ]
    differences = [_noted(row) for row in rows]
    table = [
        [names[0], names[1], "difference"],
        *(
            [row.baseline, row.variant, text]
            for row, text in zip(rows, differences, strict=True)
        ),
    ]
    if any(row.runs > 1 for row in rows):
        table[0][-1] = f"difference, {fmt.counted(comparison.pairs, 'pair')}"
    last = max(cell_len(line[-1]) for line in table)
    labels = [""] + [row.view for row in rows]
    return _block(labels, table, [*columns, last], width, left=True, rows=rows)


def _twin_block(
    comparisons: tuple[Comparison, ...], fits: tuple[Fit, ...], width: int
) -> Block | None:
    """Two variants of one baseline: its values, and the difference of each variant."""
    sides = [{row.view: row for row in ladder_rows(c, fits)} for c in comparisons]
    if not any(sides):
        return None
    sides[0] |= {row.view: row for row in control_rows(comparisons[0])}
    views = list(dict.fromkeys(view for side in sides for view in side))
    rows = [next(side[view] for side in sides if view in side) for view in views]
    table = [
        [
            row.baseline,
            *(_cell(side.get(row.view)) for side in sides),
        ]
        for row in rows
    ]
    names = [
        fmt.clean(name)
        for name in (comparisons[0].baseline, *(c.variant for c in comparisons))
    ]
    widths = [_column([line[n] for line in table], name) for n, name in enumerate(names)]
    return _block(["", *views], [names, *table], widths, width, rows=rows)


def _cell(row: Row | None) -> str:
    if row is None:
        return ""
    return f"claimed {row.difference}" if row.claimed else row.difference


def _variants_block(comparisons: tuple[Comparison, ...], width: int) -> Block:
    """Any number of variants: a line each."""
    several = len({comparison.baseline for comparison in comparisons}) > 1
    claims = {claim_view(c.claim) for c in comparisons if c.claim is not None}
    metrics = {fmt.metric_name(c.metric) for c in comparisons if c.pairs}
    title = "differences" if several else f"against {fmt.clean(comparisons[0].baseline)}"
    about = [
        f"claimed: {claims.pop()}" if len(claims) == 1 else "",
        f"retrained: {metrics.pop()}" if len(metrics) == 1 else "",
    ]
    labels, table = [], []
    for comparison in comparisons:
        name = fmt.clean(comparison.variant)
        labels.append(
            f"{name} against {fmt.clean(comparison.baseline)}" if several else name
        )
        claim = comparison.claim
        table.append(
            [
                _claimed(claim) if claim is not None else fmt.MISSING,
                fmt.change(
                    comparison.metric, mean_difference(comparison, comparison.metric)
                ),
                fmt.verdict_name(comparison.verdict),
            ]
        )
    names = ["claimed", "retrained", "verdict"]
    widths = [max(cell_len(line[n]) for line in [names, *table]) for n in range(3)]
    block = _block([title, *labels], [names, *table], widths, width, left=True)
    caption = "; ".join(part for part in about if part)
    lines = brief(wrap(caption, width), 2, width) if caption else ()
    return Block(
        head=(*lines, *block.head), items=block.items, comfort=12, rank=2, indent=""
    )


def _claimed(claim: Claim) -> str:
    return fmt.change(claim.metric, Interval(estimate=claim.difference))


def _fits_block(fits: tuple[Fit, ...], width: int) -> Block:
    """Fits without a comparison: how far each came."""
    labels = ["fit"] + [fmt.clean(fit.name) for fit in fits]
    table = [["epochs", "s per epoch", "metric", "training", "validation"]]
    for fit in fits:
        metric = fmt.own_metric(fit) or ""
        values = [fmt.last(fit.history.get(name)) for name in (metric, f"val_{metric}")]
        table.append(
            [
                str(fit.epochs),
                fmt.seconds(fit.seconds_per_epoch),
                shorten(fmt.metric_name(metric) or fmt.MISSING, _NAME),
                *(fmt.level(metric, value) for value in values),
            ]
        )
    widths = [max(cell_len(line[n]) for line in table) for n in range(5)]
    return _block(labels, table, widths, width)


def _block(
    labels: list[str],
    table: list[list[str]],
    widths: list[int],
    width: int,
    *,
    left: bool = False,
    rows: Sequence[Row] = (),
) -> Block:
    """Return the lines of a table; with `left` its last column reads from the left.

    The lines of `rows`, where they are given, stay in their order, and the least telling
    of them give way when the screen is full.
    """
    room = width - sum(widths) - 2 * len(widths)
    label = min(max(room, 12), max(cell_len(text) for text in labels))
    labels = [_abbreviated(text, label) for text in labels]
    lines = []
    for text, cells in zip(labels, table, strict=True):
        line = pad(text, label)
        for number, (cell, size) in enumerate(zip(cells, widths, strict=True)):
            line += "  " + pad(cell, size, right=not (left and number == len(cells) - 1))
        lines.append(shorten(line.rstrip(), width))
    items = [Item(full=(line,), brief=(line,), place=n) for n, line in enumerate(lines[1:])]
    if rows:
        items.sort(key=lambda item: _importance(rows[item.place]))
    return Block(head=(lines[0],), items=tuple(items), comfort=9, rank=2, indent="")


def _importance(row: Row) -> int:
    """Rank a row for a full screen: claim, headline, reference levels, held-out texts."""
    for rank, tells in enumerate(
        (
            row.claimed,
            row.headline,
            row.control,
            "validation, best" in row.view or "test, best" in row.view,
            "validation, last" in row.view or "test, last" in row.view,
            "tuned threshold" in row.view,
        )
    ):
        if tells:
            return rank
    return 6


_SHORTER = (
    ("training", "train"),
    ("validation", "valid"),
    (" threshold", ""),
    (" epoch", ""),
    ("majority class", "majority"),
    ("logistic regression", "linear"),
    ("average", "avg."),
    ("accuracy", "acc."),
    ("per text, valid", "per text"),
)


def _abbreviated(view: str, room: int) -> str:
    """Return a view's name in so many cells, shortened no more than that takes."""
    for long, short in _SHORTER:
        if cell_len(view) <= room:
            break
        # The claim's epoch has a number, which alone would say nothing.
        view = (
            view if long == " epoch" and view[-1:].isdigit() else view.replace(long, short)
        )
    return view


def _column(cells: list[str], name: str) -> int:
    return max(*(cell_len(cell) for cell in cells), min(cell_len(name), _NAME))


def _noted(row: Row) -> str:
    notes = [
        row.difference,
        "your claim" if row.claimed else "",
        "lower = better" if row.lower_is_better else "",
    ]
    return "  ".join(note for note in notes if note)
