"""The pages of suspects that a report names and no file holds."""

from __future__ import annotations

PAGE = """One thing in which two fits differ, put back as it was in the first.

The variant is trained with the baseline's value of one argument, or without a layer that
was added, and all else as it is. Where the two belong together (a layer's shape and what
stands behind it) one cannot be put back alone, and is listed as not examined.
"""


_OTHERS = {
    "match-parameters": """Layers as narrow or as wide as the size of the baseline asks.

Every `units` but that of the last layer is multiplied by one factor, until the parameters
are within 2 % of the baseline's: is it the change, or is it the size?
""",
    "best-epoch": """The best epoch instead of the last, on the same runs.

Nothing is trained again. The difference at the best epoch, chosen on one half of the
held-out texts and scored on the other, stands beside that at the last: how much of it was
overfitting?
""",
}


def page_of(name: str) -> str | None:
    """Return the page of a suspect that a report names and the table does not hold.

    Args:
        name: As the report has it: `"learning-rate-as-before"`, `"without-attention"`.
    """
    page = _OTHERS.get(name)
    made = name.endswith("-as-before") or name.startswith(("with-", "without-"))
    if page is None and (made or "-of-" in name or "-for-" in name):
        page = PAGE
    return None if page is None else f"# {name}\n\n{page}"
