"""Tests that other people's layers can be held to as well; needs pytest and Hypothesis."""

from whylow.testing._gradients import gradients as gradients
from whylow.testing._layer_contract import LayerContract as LayerContract

__all__ = ["LayerContract", "gradients"]
