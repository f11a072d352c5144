"""`WL1xx`: what the data are."""

from whylow.checks._check import FitCheck

CHECKS: tuple[FitCheck, ...] = ()
