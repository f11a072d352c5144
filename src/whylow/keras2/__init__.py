"""What scripts written for Keras 2 expect of Keras 3."""

from whylow.keras2._broadcast import broadcast_of as broadcast_of
from whylow.keras2._broadcast import emulated as emulated

__all__ = ["broadcast_of", "emulated"]
