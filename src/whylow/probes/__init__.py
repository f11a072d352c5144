"""Measures a recorded fit's model and data once, so that checks can read plain numbers."""

from whylow.probes._measure import allowance as allowance
from whylow.probes._measure import measure as measure

__all__ = ["allowance", "measure"]
