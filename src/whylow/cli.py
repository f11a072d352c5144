"""The command line: the only place that prints and exits.

Standard output carries the answer and nothing else; progress and warnings go to standard
error. Exit code 0: nothing wrong; 1: an error finding, or the verdict worse; 2: whylow
could not do its job.
"""

from __future__ import annotations

import enum
import json
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from whylow.exceptions import InputError, WhylowError

if TYPE_CHECKING:
    from whylow.records import Report
    from whylow.study import Options

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Accuracy went low. whylow finds out why, and proves it.",
)


class Format(enum.StrEnum):
    """How the answer is written."""

    text = "text"
    json = "json"


FormatOption = Annotated[
    Format, typer.Option("--format", help="How the answer is written.")
]
ReportOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--report", metavar="FILE", help="Also write FILE.html, FILE.md or FILE.json."
    ),
]
BudgetOption = Annotated[
    str, typer.Option(metavar="TIME", help="Time for retraining: 90s, 20m, 2h, none.")
]
MaxPairsOption = Annotated[int, typer.Option(min=1, help="Pairs to train at most.")]
SeedOption = Annotated[int, typer.Option(min=0, help="All randomness of the study.")]
MetricOption = Annotated[
    str | None,
    typer.Option(help="Headline metric, instead of the one that fits the classes."),
]
SmallestOption = Annotated[
    float | None,
    typer.Option(help="Smallest difference that matters, in the metric's unit [0.01]."),
]
ChecksOnlyOption = Annotated[bool, typer.Option("--checks-only", help="No verdict.")]
NoReplayOption = Annotated[bool, typer.Option("--no-replay", help="Train nothing again.")]
ExitZeroOption = Annotated[
    bool, typer.Option("--exit-zero", help="Exit 0 whatever was found, short of a failure.")
]


@app.command(context_settings={"allow_interspersed_args": False})
def run(
    script: Annotated[Path, typer.Argument(help="A training script, or a notebook.")],
    args: Annotated[list[str] | None, typer.Argument(help="Its own arguments.")] = None,
    format: FormatOption = Format.text,  # noqa: A002  the option's name
    report: ReportOption = None,
    budget: BudgetOption = "20m",
    max_pairs: MaxPairsOption = 6,
    seed: SeedOption = 0,
    metric: MetricOption = None,
    smallest_difference: SmallestOption = None,
    claim: Annotated[
        str | None,
        typer.Option(
            metavar="METRIC@EPOCH", help="What was claimed, as in val_accuracy@2."
        ),
    ] = None,
    baseline: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The fit to compare with [the first]."),
    ] = None,
    variant: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A fit to compare [all others]."),
    ] = None,
    checks_only: ChecksOnlyOption = False,
    no_replay: NoReplayOption = False,
    exit_zero: ExitZeroOption = False,
) -> None:
    """Run a training script unchanged, check each fit, retrain in pairs, report.

    Options of whylow stand before SCRIPT; all that stands behind it is the script's.
    """
    from whylow.study import Options

    options = Options(
        budget=_seconds(budget),
        max_pairs=max_pairs,
        seed=seed,
        metric=metric,
        smallest_difference=smallest_difference,
        claim=claim,
        baseline=baseline,
        variants=tuple(variant or ()),
        replay=not (checks_only or no_replay),
    )
    _study(script, args or [], options, format, report, exit_zero=exit_zero)


@app.command()
def read(
    files: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[FILE]...", help="Logs, posts, histories; - is standard input."
        ),
    ] = None,
    format: FormatOption = Format.text,  # noqa: A002  the option's name
    report: ReportOption = None,
    train_size: Annotated[
        int | None, typer.Option(metavar="ROWS", help="Training rows.")
    ] = None,
    val_size: Annotated[
        int | None, typer.Option(metavar="ROWS", help="Validation rows.")
    ] = None,
    majority_share: Annotated[
        float | None,
        typer.Option(metavar="SHARE", help="Share of the most frequent class, as in 0.94."),
    ] = None,
    batch_size: Annotated[
        int | None, typer.Option(metavar="ROWS", help="Rows a step.")
    ] = None,
    exit_zero: ExitZeroOption = False,
) -> None:
    """Say what a pasted log, and the code pasted with it, can and cannot say."""
    from whylow.reading import read_files

    if not files and sys.stdin.isatty():
        print("whylow: paste the log, then Ctrl-D", file=sys.stderr)  # noqa: T201
    checked = _checked(report)
    answer = read_files(
        files or [],
        train_size=train_size,
        val_size=val_size,
        majority_share=majority_share,
        batch_size=batch_size,
    )
    _answer(answer, format, checked, exit_zero=exit_zero)


@app.command()
def demo(
    format: FormatOption = Format.text,  # noqa: A002  the option's name
    report: ReportOption = None,
    budget: BudgetOption = "75s",
    max_pairs: MaxPairsOption = 6,
    seed: SeedOption = 0,
    exit_zero: ExitZeroOption = False,
) -> None:
    """The case that started the project, offline, on made questions: under two minutes."""
    import whylow.demo
    from whylow.study import Options

    options = Options(budget=_seconds(budget), max_pairs=max_pairs, seed=seed)
    script = Path(whylow.demo.__file__).with_name("script.py")
    _study(script, [], options, format, report, exit_zero=exit_zero, command="demo")


@app.command()
def explain(code: Annotated[str, typer.Argument(help="Code or name of a check.")]) -> None:
    """Print the page of a check."""
    from whylow.checks import explain as page

    _say(page(code))


@app.command()
def schema() -> None:
    """Print the JSON Schema of the report."""
    from whylow.records import Report

    _say(json.dumps(Report.model_json_schema(by_alias=True), indent=2))


def main() -> None:
    """Run the command line; a failure is one sentence on standard error and exit code 2."""
    try:
        app()
    except WhylowError as error:
        print(f"whylow: {error}", file=sys.stderr)  # noqa: T201
        sys.exit(2)
    except BrokenPipeError:  # the reader (`| head`) has what it wanted
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


def _study(
    script: Path,
    args: list[str],
    options: Options,
    format: Format,  # noqa: A002  the option's name
    files: list[Path] | None,
    *,
    exit_zero: bool,
    command: str = "run",
) -> None:
    from whylow import study

    checked = _checked(files)
    with _Bar() as bar:
        report = study.run(
            script,
            args,
            options=options,
            watcher=bar,
            stdout_to_stderr=format is Format.json,
            command=command,
        )
    _answer(report, format, checked, exit_zero=exit_zero)


def _checked(files: list[Path] | None) -> list[Path]:
    """Refuse a report's path before the work, not after it."""
    from whylow.report import check_path

    return [check_path(file) for file in files or ()]


def _answer(
    report: Report,
    format: Format,  # noqa: A002  the option's name
    files: list[Path],
    *,
    exit_zero: bool,
) -> None:
    from whylow import report as render

    for file in files:
        render.write(report, file)
    _say(report.to_json() if format is Format.json else render.text(report).rstrip("\n"))
    if not exit_zero and _something_is_wrong(report):
        raise typer.Exit(1)


def _something_is_wrong(report: Report) -> bool:
    return any(finding.severity == "error" for finding in report.findings) or any(
        comparison.verdict == "worse" for comparison in report.comparisons
    )


class _Bar:
    """Progress on standard error: a bar on a terminal, else a line for each pair."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        self._console = Console(stderr=True)
        self._bar = Progress(
            TextColumn("retraining in pairs"),
            BarColumn(bar_width=20),
            TextColumn("{task.fields[said]}"),
            console=self._console,
            transient=True,
        )
        self._task: Any = None
        self._pairs = 0

    def __enter__(self) -> _Bar:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def __call__(self, progress: Any) -> None:
        """Show how far the study is."""
        said = f"{progress.pairs}/{progress.pairs_planned} pairs"
        for name, difference in progress.differences.items():
            said += f", {name} {100 * difference:+.1f}"
        if progress.seconds_left is not None:
            said += f", {progress.seconds_left:.0f} s left"
        if self._console.is_terminal:
            if self._task is None:
                self._task = self._bar.add_task("", total=progress.lanes_planned, said=said)
                self._bar.start()
            self._bar.update(self._task, completed=progress.lanes, said=said)
        elif progress.pairs > self._pairs:
            self._pairs = progress.pairs
            print(f"whylow: {said}", file=sys.stderr, flush=True)  # noqa: T201


def _seconds(given: str) -> float | None:
    """Read a time such as `90s`, `20m`, `1.5h` or `none`."""
    if given.strip().lower() == "none":
        return None
    match = re.fullmatch(r"\s*([0-9]+(?:\.[0-9]+)?)\s*([smh]?)\s*", given)
    if match is None:
        raise InputError(
            f"--budget must be a time such as 90s, 20m, 2h or none. Received: {given}"
        )
    return float(match[1]) * {"": 1, "s": 1, "m": 60, "h": 3600}[match[2]]


def _say(answer: str) -> None:
    print(answer)  # noqa: T201
