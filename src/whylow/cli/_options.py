"""Options that several commands share."""

from __future__ import annotations

import enum
import re
from pathlib import Path
from typing import Annotated

import typer

from whylow.exceptions import InputError


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
WorkersOption = Annotated[
    int,
    typer.Option(
        min=1, help="Processes to train in; one that is killed does not end the study."
    ),
]
KeepGoingOption = Annotated[
    bool,
    typer.Option(
        "--keep-going",
        help="Allow more than 24 pairs: wider intervals that hold at any number.",
    ),
]
MetricOption = Annotated[
    str | None,
    typer.Option(help="Headline metric, instead of the one that fits the classes."),
]
SmallestOption = Annotated[
    float | None,
    typer.Option(help="Smallest difference that matters, in the metric's unit [0.01]."),
]
TestOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="More labelled texts, to be scored: .npz with the arrays x and y as the "
        "models take them, or a table with text and label (see --prepare).",
    ),
]
PrepareOption = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="The script's function that makes of a list of texts what `fit` takes as x.",
    ),
]
ChecksOnlyOption = Annotated[bool, typer.Option("--checks-only", help="No verdict.")]
NoReplayOption = Annotated[bool, typer.Option("--no-replay", help="Train nothing again.")]
ExitZeroOption = Annotated[
    bool, typer.Option("--exit-zero", help="Exit 0 whatever was found, short of a failure.")
]
AllowOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="CODE=REASON",
        help="Findings of this check count for nothing; also in pyproject.toml.",
    ),
]


def seconds(given: str) -> float | None:
    """Read a time such as `90s`, `20m`, `1.5h` or `none`."""
    if given.strip().lower() == "none":
        return None
    match = re.fullmatch(r"\s*([0-9]+(?:\.[0-9]+)?)\s*([smh]?)\s*", given)
    if match is None:
        raise InputError(
            f"--budget must be a time such as 90s, 20m, 2h or none. Received: {given}"
        )
    return float(match[1]) * {"": 1, "s": 1, "m": 60, "h": 3600}[match[2]]
