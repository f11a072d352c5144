"""Attention and pooling layers for Keras 3, on every backend."""

from whylow.layers._attention_pooling import AttentionPooling as AttentionPooling
from whylow.layers._concat_pooling import ConcatPooling as ConcatPooling
from whylow.layers._last_state import LastState as LastState
from whylow.layers._masking import padding_mask as padding_mask
from whylow.layers._max_pooling import MaxPooling as MaxPooling
from whylow.layers._mean_pooling import MeanPooling as MeanPooling
from whylow.layers._residual_scaled_dot_product_attention import (
    ResidualScaledDotProductAttention as ResidualScaledDotProductAttention,
)
from whylow.layers._scaled_dot_product_attention import (
    ScaledDotProductAttention as ScaledDotProductAttention,
)
from whylow.layers._self_attention import SeqSelfAttention as SeqSelfAttention
from whylow.layers._seq_weighted_attention import (
    SeqWeightedAttention as SeqWeightedAttention,
)
from whylow.layers._show import HeatMap as HeatMap
from whylow.layers._show import show as show
from whylow.layers._weights import AttentionWeights as AttentionWeights
from whylow.layers._weights import attention_weights as attention_weights

__all__ = [
    "AttentionPooling",
    "AttentionWeights",
    "ConcatPooling",
    "HeatMap",
    "LastState",
    "MaxPooling",
    "MeanPooling",
    "ResidualScaledDotProductAttention",
    "ScaledDotProductAttention",
    "SeqSelfAttention",
    "SeqWeightedAttention",
    "attention_weights",
    "padding_mask",
    "show",
]
