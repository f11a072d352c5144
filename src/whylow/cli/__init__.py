"""The command line: the only place that prints and exits.

Standard output carries the answer and nothing else; progress and warnings go to standard
error. Exit code 0: nothing wrong; 1: an error finding, or the verdict worse; 2: whylow
could not do its job.
"""

from __future__ import annotations

import os
import sys

from whylow.cli._commands import app
from whylow.exceptions import WhylowError

__all__ = ["main"]


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
