"""The chance of a worse re-run, and what else to know, in every format."""

import pytest
from report_cases import compared

from whylow.records import Interval, Report
from whylow.report import markdown, text
from whylow.report._html import html
from whylow.report._rows import once_more

CHANCE = Interval(low=0.358, estimate=5 / 6, high=0.996)
SAID = "If both are trained once more, attention is worse with a chance of 83 % [36, 100]."


def report(**changes):
    return Report(command="run", comparisons=(compared(**changes),))


def test_the_chance_is_said_below_the_verdict():
    made = report(chance_worse=CHANCE)
    screen = " ".join(text(made).split())
    assert SAID in screen
    assert screen.index("Better:") < screen.index(SAID) < screen.index("Next:")
    assert SAID in html(made)
    assert SAID in markdown(made).replace("\\", "")


@pytest.mark.parametrize(
    "changes", [{}, {"chance_worse": CHANCE, "pairs": 5}, {"chance_worse": Interval()}]
)
def test_nothing_is_said_of_what_nobody_can_know(changes):
    assert once_more(compared(**changes)) == ""
    assert "once more" not in text(report(**changes))


def test_remarks_stand_among_the_notes_with_the_name_where_there_are_several():
    line = "Only 20 held-out texts are of class '1': each score is a rough one."
    assert f"- {line}" in text(report(remarks=(line,)))
    assert line in html(report(remarks=(line,))).replace("&#39;", "'")
    two = Report(
        command="run",
        comparisons=(compared(remarks=(line,)), compared(variant="pooling")),
    )
    assert f"attention: {line}" in " ".join(text(two).split())
