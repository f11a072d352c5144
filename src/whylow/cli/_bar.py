"""How far a study is, on standard error."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from whylow.study import Progress


def in_words(metric: str, difference: float) -> str:
    """Return a difference in points, or as a plain number where points mean nothing."""
    from whylow.verdict import METRICS

    points = metric not in METRICS or METRICS[metric].points
    return f"{100 * difference:+.1f}" if points else f"{difference:+.3g}"


class Bar:
    """Progress on standard error: a bar on a terminal, else a line for each pair."""

    def __init__(self) -> None:
        from rich import progress
        from rich.console import Console

        self._console = Console(stderr=True)
        self._bar = progress.Progress(
            progress.TextColumn("{task.fields[stage]}"),
            progress.BarColumn(bar_width=20),
            progress.TextColumn("{task.fields[said]}"),
            console=self._console,
            transient=True,
        )
        self._task: Any = None
        self._stage, self._pairs = "", 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._task is not None:
            self._bar.stop()

    def __call__(self, progress: Progress) -> None:
        """Show how far the study is."""
        if progress.declared:
            said = f"whylow: {progress.declared}"
            self._console.print(said, markup=False, highlight=False, soft_wrap=True)
            return
        if progress.stage != self._stage:
            self._stage, self._pairs = progress.stage, 0
        said = f"{progress.pairs}/{progress.pairs_planned} pairs"
        for name, difference in progress.differences.items():
            said += f", {name} {in_words(progress.metric, difference)}"
        if progress.seconds_left is not None:
            said += f", {progress.seconds_left:.0f} s left"
        if self._console.is_terminal:
            if self._task is None:
                self._task = self._bar.add_task("", said=said, stage=progress.stage)
                self._bar.start()
            self._bar.update(
                self._task,
                completed=progress.lanes,
                total=progress.lanes_planned,
                said=said,
                stage=progress.stage,
            )
        elif progress.pairs > self._pairs:
            self._pairs = progress.pairs
            print(f"whylow: {self._stage}: {said}", file=sys.stderr, flush=True)  # noqa: T201
