"""Replay: train recorded fits again, in matched pairs."""

from whylow.engine._clock import Clock as Clock
from whylow.engine._readout import held_out_of as held_out_of
from whylow.engine._replay import Replayed as Replayed
from whylow.engine._replay import replay as replay

__all__ = ["Clock", "Replayed", "held_out_of", "replay"]
