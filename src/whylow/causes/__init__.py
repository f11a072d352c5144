"""What may carry part of a gap: controls beside it and remedies that undo it."""

from whylow.causes._controls import linear_control as linear_control
from whylow.causes._controls import majority_class as majority_class

__all__ = [
    "linear_control",
    "majority_class",
]
