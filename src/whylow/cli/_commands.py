"""The commands."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from whylow.cli._allow import allowed
from whylow.cli._answer import checked_paths, give, say, with_excuses
from whylow.cli._bar import Bar
from whylow.cli._options import (
    AllowOption,
    BudgetOption,
    ChecksOnlyOption,
    ExitZeroOption,
    Format,
    FormatOption,
    KeepGoingOption,
    MaxPairsOption,
    MetricOption,
    NoReplayOption,
    PrepareOption,
    ReportOption,
    SeedOption,
    SmallestOption,
    TestOption,
    WorkersOption,
    seconds,
)

if TYPE_CHECKING:
    from whylow.study import Options

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Accuracy went low. whylow finds out why, and proves it.",
)


@app.command(context_settings={"allow_interspersed_args": False})
def run(
    script: Annotated[Path, typer.Argument(help="A training script, or a notebook.")],
    args: Annotated[list[str] | None, typer.Argument(help="Its own arguments.")] = None,
    format: FormatOption = Format.text,  # noqa: A002  the option's name
    report: ReportOption = None,
    budget: BudgetOption = "20m",
    max_pairs: MaxPairsOption = 6,
    keep_going: KeepGoingOption = False,
    seed: SeedOption = 0,
    workers: WorkersOption = 1,
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
    test: TestOption = None,
    prepare: PrepareOption = None,
    checks_only: ChecksOnlyOption = False,
    no_replay: NoReplayOption = False,
    allow: AllowOption = None,
    exit_zero: ExitZeroOption = False,
) -> None:
    """Run a training script unchanged, check each fit, retrain in pairs, report.

    Options of whylow stand before SCRIPT; all that stands behind it is the script's.
    """
    from whylow.study import Options

    options = Options(
        budget=seconds(budget),
        max_pairs=max_pairs,
        keep_going=keep_going,
        seed=seed,
        workers=workers,
        metric=metric,
        smallest_difference=smallest_difference,
        claim=claim,
        baseline=baseline,
        variants=tuple(variant or ()),
        test=test,
        prepare=prepare,
        replay=not (checks_only or no_replay),
        confirm=not no_replay,
        allow=allowed(allow),
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
    allow: AllowOption = None,
    exit_zero: ExitZeroOption = False,
) -> None:
    """Say what a pasted log, and the code pasted with it, can and cannot say."""
    from whylow.reading import read_files

    if not files and sys.stdin.isatty():
        print("whylow: paste the log, then Ctrl-D", file=sys.stderr)  # noqa: T201
    checked, excused = checked_paths(report), allowed(allow)
    answer = read_files(
        files or [],
        train_size=train_size,
        val_size=val_size,
        majority_share=majority_share,
        batch_size=batch_size,
    )
    answer = with_excuses(answer, excused)
    give(answer, format, checked, exit_zero=exit_zero)


@app.command()
def compare_predictions(
    baseline: Annotated[
        Path,
        typer.Argument(help="Predictions before the change: a row a text, a column a run."),
    ],
    variant: Annotated[Path, typer.Argument(help="Predictions after it.")],
    labels: Annotated[
        Path,
        typer.Option(
            metavar="FILE",
            help="True classes or numbers, in a column `label`; a column `split` "
            "(validation, test) sets texts aside for choosing thresholds.",
        ),
    ],
    format: FormatOption = Format.text,  # noqa: A002  the option's name
    report: ReportOption = None,
    metric: MetricOption = None,
    smallest_difference: SmallestOption = None,
    positive: Annotated[
        str | None,
        typer.Option(metavar="CLASS", help="The class that probabilities are of [1]."),
    ] = None,
    seed: SeedOption = 0,
    exit_zero: ExitZeroOption = False,
) -> None:
    """Give the verdict alone, on predictions of models that were trained elsewhere."""
    from whylow.records import Report
    from whylow.verdict import compare_predictions as compare

    checked = checked_paths(report)
    comparison = compare(
        baseline,
        variant,
        labels,
        metric=metric,
        smallest=smallest_difference,
        names=(baseline.stem, variant.stem),
        positive=positive,
        seed=seed,
    )
    answer = Report(command="compare-predictions", comparisons=(comparison,))
    give(answer, format, checked, exit_zero=exit_zero)


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

    options = Options(budget=seconds(budget), max_pairs=max_pairs, seed=seed)
    script = Path(whylow.demo.__file__).with_name("script.py")
    _study(script, [], options, format, report, exit_zero=exit_zero, command="demo")


@app.command()
def explain(
    code: Annotated[
        str, typer.Argument(help="Code or name of a check, or name of a remedy.")
    ],
) -> None:
    """Print the page of a check or of a remedy."""
    from whylow import remedies
    from whylow.checks import explain as page
    from whylow.exceptions import InputError

    remedy = remedies.find(code)
    if remedy is not None:
        say(remedy.page_text())
        return
    try:
        said = page(code)
    except InputError:
        difference = remedies.page_of(code)
        if difference is None:
            raise
        said = difference
    say(said)


@app.command()
def schema() -> None:
    """Print the JSON Schema of the report."""
    from whylow.records import Report

    say(json.dumps(Report.model_json_schema(by_alias=True), indent=2))


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

    checked = checked_paths(files)
    with Bar() as bar:
        report = study.run(
            script,
            args,
            options=options,
            watcher=bar,
            stdout_to_stderr=format is Format.json,
            command=command,
        )
    give(report, format, checked, exit_zero=exit_zero)
