"""The answer, from one frozen report: a screen of text, Markdown, JSON, a page of HTML."""

from whylow.report._embedded import embedded as embedded
from whylow.report._html import html as html
from whylow.report._markdown import markdown as markdown
from whylow.report._text import text as text
from whylow.report._write import check_path as check_path
from whylow.report._write import write as write

__all__ = ["check_path", "embedded", "html", "markdown", "text", "write"]
