"""Rules with a code that read a recorded fit and say what is wrong with it.

A check reads `whylow.records` and nothing else: it never trains and opens no file.
`run_checks` runs every check of the table, `explain` gives a check's page.
"""

from whylow.checks._allow import allow as allow
from whylow.checks._allow import allowances as allowances
from whylow.checks._allow import counted as counted
from whylow.checks._check import Check as Check
from whylow.checks._check import ComparisonCheck as ComparisonCheck
from whylow.checks._check import FitCheck as FitCheck
from whylow.checks._page import explain as explain
from whylow.checks._page import pages as pages
from whylow.checks._run import run_checks as run_checks
from whylow.checks._table import table as table

__all__ = [
    "Check",
    "ComparisonCheck",
    "FitCheck",
    "allow",
    "allowances",
    "counted",
    "explain",
    "pages",
    "run_checks",
    "table",
]
