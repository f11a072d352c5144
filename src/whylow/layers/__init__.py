"""Attention layers for Keras 3, on every backend."""

from whylow.layers._masking import padding_mask as padding_mask
from whylow.layers._self_attention import SeqSelfAttention as SeqSelfAttention

__all__ = ["SeqSelfAttention", "padding_mask"]
