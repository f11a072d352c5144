"""The way in: text or open files → fits."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import BinaryIO

from whylow.capture.logs._reader import read_streams
from whylow.capture.logs._records import Logs, as_records


def parse(text: str) -> Logs:
    """Read the fits that a pasted text holds.

    Args:
        text: A log, a post with code and logs, a CSV file, a history as JSON: anything.

    Returns:
        The fits, none if there are none: text is never an error.
    """
    return parse_streams([io.BytesIO(text.encode("utf-8", "replace"))])


def parse_streams(streams: Sequence[BinaryIO], names: Sequence[str] = ()) -> Logs:
    """Read the fits that open binary files hold, in one pass and bounded memory.

    Args:
        streams: Open binary files; each is read once, from where it stands.
        names: The files' names, from which fits may get theirs.
    """
    labels = [*names, *[""] * (len(streams) - len(names))]
    return as_records(read_streams(streams), labels)
