"""The page within another one: a notebook's."""

from __future__ import annotations

from html import escape

from whylow.records import Report
from whylow.report._html import html

_HEIGHT = 480  # pixels; the frame scrolls


def embedded(report: Report) -> str:
    """Return the page in a frame of its own, so that its styles stay its own.

    Args:
        report: The report.
    """
    return (
        f'<iframe srcdoc="{escape(html(report), quote=True)}" title="whylow"'
        f' sandbox="" style="width:100%;height:{_HEIGHT}px;border:0"></iframe>'
    )
