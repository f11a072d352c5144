"""A report into a file, in the format that the file's name asks for."""

from __future__ import annotations

from pathlib import Path

from whylow.exceptions import InputError
from whylow.records import Report
from whylow.report._html import html
from whylow.report._markdown import markdown

_FORMATS = {".html": html, ".md": markdown, ".json": Report.to_json}


def check_path(path: str | Path) -> Path:
    """Return the path if a report can be written there: asked before an hour of training.

    Args:
        path: A file name that ends in `.html`, `.md` or `.json`, in a folder that exists.

    Raises:
        InputError: It ends in something else, is a folder, or its folder is missing.
    """
    path = Path(path)
    if path.suffix.lower() not in _FORMATS:
        raise InputError(
            f"A report is written as .html, .md or .json. Received: {str(path)!r}; "
            f"try {path.with_suffix('.html').name if path.name else 'report.html'!r}."
        )
    if path.is_dir():
        raise InputError(f"The report needs a file name, and {str(path)!r} is a folder.")
    if not path.parent.is_dir():
        raise InputError(
            f"The report needs a folder that exists; there is no {str(path.parent)!r}. "
            "Make it, or name another."
        )
    return path


def write(report: Report, path: str | Path) -> None:
    """Write the report as HTML, Markdown or JSON, whichever the file's name ends in.

    Args:
        report: The report of a study.
        path: Where to; a file that is there is replaced.

    Raises:
        InputError: The name ends in something else, or the file cannot be written.
    """
    path = check_path(path)
    content = _FORMATS[path.suffix.lower()](report)
    try:
        path.write_text(content.rstrip("\n") + "\n", encoding="utf-8")
    except (OSError, UnicodeEncodeError) as problem:
        raise InputError(
            f"The report cannot be written to {str(path)!r}: {problem}."
        ) from problem
