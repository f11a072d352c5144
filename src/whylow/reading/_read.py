"""The public functions."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from whylow.capture.logs import parse, parse_streams
from whylow.exceptions import InputError
from whylow.reading._options import Options
from whylow.reading._report import build
from whylow.records import Report

STANDARD_INPUT = "-"


def read(
    text: str,
    *,
    train_size: int | None = None,
    val_size: int | None = None,
    majority_share: float | None = None,
    batch_size: int | None = None,
) -> Report:
    """Say what a pasted log can and cannot say.

    Args:
        text: Logs of one or several fits, with whatever was pasted around them: prose,
            code (parsed, never run), a history as JSON or as a Python dict, CSV.
        train_size: Training rows; inferred from steps and batch size where it can be.
        val_size: Validation rows; guessed from the printed digits where it can be.
        majority_share: Share of the most frequent class among the validation rows.
        batch_size: Rows a step.

    Returns:
        Fits, findings with their numbers, one comparison for each later fit with the
        first, what was assumed, and what would settle the question. Its verdict is null:
        one run each has none.

    Raises:
        InputError: There is no log in the text, or an option cannot be.
    """
    options = Options(train_size, val_size, majority_share, batch_size)
    return build(parse(text), options)


def read_files(
    paths: Sequence[str | Path],
    *,
    stdin: BinaryIO | None = None,
    train_size: int | None = None,
    val_size: int | None = None,
    majority_share: float | None = None,
    batch_size: int | None = None,
) -> Report:
    """Do as `read` does with files, in memory that does not grow with them.

    Args:
        paths: Files in the order of the comparison, the baseline first; `"-"` is standard
            input, and so is no path at all.
        stdin: What to read for `"-"`; standard input unless given.
        train_size: As in `read`, and so are the rest.
        val_size: Validation rows.
        majority_share: Share of the most frequent class.
        batch_size: Rows a step.

    Raises:
        InputError: A file cannot be read, there is no log in any, or an option cannot be.
    """
    options = Options(train_size, val_size, majority_share, batch_size)
    names = [str(path) for path in paths] or [STANDARD_INPUT]
    with ExitStack() as stack:
        streams = [_opened(name, stdin, stack) for name in names]
        try:
            logs = parse_streams(streams, names)
        except OSError as error:
            raise InputError(f"Cannot read the log: {error.strerror or error}.") from error
    return build(logs, options, names)


def _opened(name: str, stdin: BinaryIO | None, stack: ExitStack) -> BinaryIO:
    if name == STANDARD_INPUT:
        return stdin or sys.stdin.buffer
    try:
        return stack.enter_context(Path(name).open("rb"))
    except OSError as error:
        why = error.strerror or str(error)
        raise InputError(
            f"Cannot read {name!r}: {why}. Expected a log file, or `-` for standard input."
        ) from error
    except ValueError as error:
        raise InputError(f"Cannot read {name!r}: {error}.") from error
