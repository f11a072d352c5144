"""The numbers on the first screen of `whylow read`: rows of a pair, of several, of one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.cells import cell_len

from whylow.records import Comparison, Fit, Report, View
from whylow.report import _format as fmt
from whylow.report._screen import pad

WIDTH = 80
_NAME = 14
_DIFFERENCE = 11
_METRIC = 9
_MOST_ROWS = 7
_PARTS = {"training": "train", "validation": "valid"}


def pair_rows(report: Report, comparison: Comparison) -> list[str]:
    """Return two fits side by side: the claim first, then the other ways to look."""
    fits = {fit.name: fit for fit in report.fits}
    names = (comparison.baseline, comparison.variant)
    widths = [max(11, min(_NAME, cell_len(name) + 2)) for name in names]
    chosen = _chosen(comparison.ladder)
    left = 2 + max([_METRIC + 16, *(_METRIC + len(_view_words(v)[1]) for v in chosen)])
    rows = [
        (" " * left)
        + "".join(
            pad(fmt.clean(n), w, right=True) for n, w in zip(names, widths, strict=True)
        )
        + pad("difference", _DIFFERENCE, right=True)
    ]
    shown = ""
    for view in chosen:
        metric, part = _view_words(view)
        label = pad("" if metric == shown else metric, _METRIC)
        shown = metric
        cells = (fmt.level(view.metric, v) for v in (view.baseline, view.variant))
        rows.append(
            _row(left, f"  {label}{part}", cells, widths,
                 fmt.change(view.metric, view.difference), _remark(view, comparison))
        )  # fmt: skip
    majority = report.protocol.get("majority")
    if majority and fmt.is_share(comparison.metric):
        level = fmt.level("accuracy", majority["share"])
        said = f'  always "{majority["answer"]}"'
        remark = "assumed" if majority["assumed"] else ""
        rows.insert(
            1 + _last_share(rows), _row(left, said, (level, level), widths, "", remark)
        )
    times = [fits[name].seconds_per_epoch for name in names]
    if all(times):
        cells = (fmt.seconds(time) for time in times)
        change = fmt.relative(times[0], times[1])
        rows.append(_row(left, "  seconds per epoch", cells, widths, change, ""))
    return [row.rstrip() for row in rows]


def _last_share(rows: Sequence[str]) -> int:
    """Return the place of the last row in per cent: the majority class stands under it."""
    return max((place for place, row in enumerate(rows) if "%" in row), default=0)


def _row(
    left: int,
    label: str,
    cells: Iterable[str],
    widths: Sequence[int],
    change: str,
    remark: str,
) -> str:
    text = pad(label, left)
    text += "".join(pad(c, w, right=True) for c, w in zip(cells, widths, strict=True))
    text += pad(change, _DIFFERENCE, right=True)
    return pad(f"{text}  {remark}" if remark else text, WIDTH).rstrip()


def _chosen(ladder: Sequence[View]) -> list[View]:
    return list(ladder[:_MOST_ROWS])


def _view_words(view: View) -> tuple[str, str]:
    """Return `accuracy` and `train, epoch 3` for `accuracy, training, epoch 3`."""
    _, _, rest = view.view.partition(", ")
    part, _, at = rest.partition(", ")
    return fmt.metric_name(view.metric), f"{_PARTS.get(part, part)}, {at}".replace(
        "best epoch", "best"
    )


def _remark(view: View, comparison: Comparison) -> str:
    claim = comparison.claim
    part = "training" if claim and claim.split == "train" else "validation"
    if (
        claim is not None
        and view.metric == claim.metric
        and f"{part}, epoch {claim.epoch}" in view.view
    ):
        return "your claim"
    return "lower = better" if view.lower_is_better else ""


def fit_rows(report: Report) -> list[str]:
    """Return a row for each of several fits: the metric at the end and at its best."""
    metric = report.comparisons[0].metric if report.comparisons else "accuracy"
    head = pad("", 26) + "".join(
        pad(title, 13, right=True)
        for title in ("train, last", "valid, last", "valid, best", "s per epoch")
    )
    rows = [f"  {pad(fmt.metric_name(metric), 24)}{head[26:]}"]
    for fit in report.fits:
        train = _values(fit, metric, "")
        held = _values(fit, metric, "val_")
        best = (
            (min if fmt.lower_is_better(metric) else max)(known)
            if (known := [value for value in held if value is not None])
            else None
        )
        cells = [fmt.level(metric, fmt.last(train)), fmt.level(metric, fmt.last(held))]
        cells += [fmt.level(metric, best), fmt.seconds(fit.seconds_per_epoch)]
        rows.append(
            f"  {pad(fmt.clean(fit.name), 24)}"
            + "".join(pad(cell, 13, right=True) for cell in cells)
        )
    return rows


def single_rows(report: Report, fit: Fit) -> list[str]:
    """Return a row for each metric of the only fit."""
    names = list(dict.fromkeys(name.removeprefix("val_") for name in fit.history))
    names = [name for name in names if name not in ("lr", "learning_rate")][:4]
    rows = [pad("", 20) + "".join(pad(t, 13, right=True) for t in (
        "train, last", "valid, last", "valid, best", "at epoch"))]  # fmt: skip
    for name in names:
        held = [*fit.history.get(f"val_{name}", ())]
        known = [value for value in held if value is not None]
        best = (min if fmt.lower_is_better(name) else max)(known) if known else None
        cells = [fmt.level(name, fmt.last(fit.history.get(name, ())))]
        cells += [fmt.level(name, fmt.last(tuple(held))), fmt.level(name, best)]
        cells += [str(held.index(best) + 1) if best is not None else fmt.MISSING]
        rows.append(
            pad(f"  {fmt.metric_name(name)}", 20)
            + "".join(pad(cell, 13, right=True) for cell in cells)
        )
    majority = report.protocol.get("majority")
    if majority:
        level = fmt.level("accuracy", majority["share"])
        remark = "  (assumed)" if majority["assumed"] else ""
        rows.append(f'  always answering "{majority["answer"]}": {level}{remark}')
    epochs = fmt.counted(fit.epochs, "epoch")
    pace = f", {fmt.seconds(fit.seconds_per_epoch)} s each" if fit.seconds_per_epoch else ""
    rows.append(f"  {fmt.clean(fit.name)}: {epochs}{pace}")
    return [pad(row, WIDTH).rstrip() for row in rows]


def _values(fit: Fit, metric: str, prefix: str) -> tuple[float | None, ...]:
    for name, values in fit.history.items():
        plain = name.removeprefix("val_")
        if name == prefix + plain and fmt.metric_name(plain) == fmt.metric_name(metric):
            return values
        if metric == "accuracy" and name == prefix + plain and plain.endswith("_accuracy"):
            return values
    return ()
