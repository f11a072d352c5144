"""What scripts written for Keras 2 expect of Keras 3."""

from whylow.keras2._broadcast import broadcast_of as broadcast_of
from whylow.keras2._emulation import emulated as emulated
from whylow.keras2._imports import stand_ins as stand_ins
from whylow.keras2._notes import NotStoodInError as NotStoodInError

__all__ = ["NotStoodInError", "broadcast_of", "emulated", "stand_ins"]
