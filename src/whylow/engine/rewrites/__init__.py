"""Named ways to train faster that change no number, each with its own condition."""

from whylow.engine.rewrites._plan import REWRITES as REWRITES
from whylow.engine.rewrites._plan import Plan as Plan
from whylow.engine.rewrites._plan import plan_for as plan_for

__all__ = ["REWRITES", "Plan", "plan_for"]
