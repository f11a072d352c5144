"""The answer, from one frozen report: a screen of text, Markdown, JSON, a page of HTML."""

from whylow.report._text import text as text

__all__ = ["text"]
