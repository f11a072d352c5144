"""What a remedy is: a named change to a fit, with its page."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from whylow.live import LiveFit
from whylow.records import Fault

Kind = Literal["fix", "try", "control", "difference"]


class NotApplicable(Exception):  # noqa: N818  an outcome of a remedy, not a mistake
    """A remedy does not fit a fit; the message ends "not examined: …"."""


@dataclass(frozen=True, kw_only=True)
class Remedy:
    """A change to a fit that can be trained again, so that its effect can be measured.

    Args:
        name: Its name, as `whylow explain` takes it: `"mask-padding"`.
        codes: Checks that propose it, the most telling first.
        faults: Faults that it undoes; a check that finds one of them proposes it too.
        unless: Checks that find such a fault the other way round: too much of what it does.
        kind: `"fix"` undoes a fault, `"try"` changes a setting that may be either way,
            `"control"` takes something away to see whether it mattered, `"difference"`
            puts back what differs between two fits.
        does: What it does, as in "masking the padding gives back 1.4 points".
        page: Its page in Markdown, the summary first; the docstring of its module.
        code: What to change in the code, in one line.
        change: Returns the changed fit, or raises `NotApplicable`.
    """

    name: str
    codes: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()
    unless: tuple[str, ...] = ()
    kind: Kind = "fix"
    does: str
    page: str
    code: str
    change: Callable[[LiveFit], LiveFit]

    @property
    def summary(self) -> str:
        """The first line of the page."""
        return self.page.strip().partition("\n")[0]

    def apply(self, live: LiveFit) -> LiveFit:
        """Return the changed fit, ready for `engine.replay`; the given one stays as it is.

        Its name is that of the fit with the remedy's behind it.

        Raises:
            NotApplicable: The remedy does not fit it; the message says why.
        """
        return self.change(live)

    def page_text(self) -> str:
        """Return the page as `whylow explain` prints it."""
        codes = f", proposed by {', '.join(self.codes)}" if self.codes else ""
        return (
            f"# {self.name}\n\n*remedy ({self.kind}){codes}*\n\n"
            f"{inspect.cleandoc(self.page)}\n\n## In the code\n{self.code}\n"
        )
