"""RealFormer's attention: keras-self-attention's layer of that name."""

from __future__ import annotations

from typing import Any

from whylow.layers._base import registered
from whylow.layers._dot_product import (
    DotProductLayer,
    in_roles,
    scaled_products,
    shapes_in_roles,
)
from whylow.layers._masking import pairs
from whylow.layers._ops import ops


@registered
class ResidualScaledDotProductAttention(DotProductLayer):
    """Attend by scaled dot products that carry the scores of the layer before.

        S = Q Kᵀ / √F + S_before,    Y = softmax(S) V

    RealFormer (He et al. 2020, arXiv 2012.11747, section 3.1). Takes the place of the layer
    of that name in keras-self-attention 0.51.

    It differs where the old layer is wrong, and `legacy=True` gives the old numbers back:
    as `ScaledDotProductAttention` does, and the scores handed on are zero where a
    position is masked. In either case it works without a mask and hands on the mask of
    the query alone, where the old layer fails and takes the mask of the last text for one
    of the scores.

    Args:
        return_attention: Return `[output, scores, weights]`, not `[output, scores]`.
        history_only: Let a query see the keys up to its own position only.
        legacy: Give the numbers of keras-self-attention 0.51, its faults included.
        **kwargs: Arguments of every Keras layer.

    Call arguments:
        inputs: List of a float tensor of shape `(B, T, F)` and the scores before,
            `(B, T, T)`; or of query `(B, T, F)`, key `(B, S, F)`, value `(B, S, V)` and the
            scores before, `(B, T, S)`.
        mask: Optional boolean tensor of shape `(B, T)`, or a list of one for each input;
            `True` at positions that take part.

    Returns:
        List of a float tensor of shape `(B, T, V)`, the scores, `(B, T, S)`, before
        anything is masked from softmax, and with `return_attention` the weights,
        `(B, T, S)`.

    Raises:
        ValueError: There are not two or four inputs, an input is no sequence, or they do
            not fit together.

    Example:
        >>> import numpy as np
        >>> layer = ResidualScaledDotProductAttention()
        >>> [y.shape for y in layer([np.ones((2, 5, 3)), np.zeros((2, 5, 5))])]
        [(2, 5, 3), (2, 5, 5)]

    """

    def build(self, input_shape: Any) -> None:
        """Check the shapes; there are no weights."""
        self._shapes(input_shape)
        self.built = True

    def call(self, inputs: Any, mask: Any = None) -> Any:
        """Attend; see the class."""
        (output, scores), attention = self.attend(inputs, mask)
        return [output, scores, attention] if self.return_attention else [output, scores]

    def attend(self, inputs: Any, mask: Any = None) -> Any:
        """Return the pair of output and scores, and the weights, `(B, T, S)`."""
        *given, before = inputs
        roles, masks = self.prepared(in_roles(given), self._masks(mask))
        scores = scaled_products(roles) + before
        attending = pairs(masks.query, masks.key)
        if attending is not None and not self.legacy:
            # As for the sequence: nan may stand in what is masked of the scores before.
            scores = ops.where(attending, scores, ops.zeros_like(scores))
        attention = self.weights_of(scores, masks)
        return (ops.matmul(attention, roles.value), scores), attention

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """Hand the mask of the query on: the output has its positions."""
        mask = self.boolean_mask(self._masks(previous_mask).query)
        return [mask, None, None] if self.return_attention else [mask, None]

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shapes of the output, the scores and, if returned, the weights."""
        (query, key, value), scores = self._shapes(input_shape)
        shapes = [(*query[:2], value[-1]), (*query[:2], key[1]), scores]
        return shapes if self.return_attention else shapes[:2]

    def _masks(self, mask: Any) -> Any:
        return in_roles(mask[:-1] if isinstance(mask, (list, tuple)) else mask)

    def _shapes(self, input_shape: Any) -> Any:
        several = isinstance(input_shape, (list, tuple)) and len(input_shape) in (2, 4)
        if not several:
            raise ValueError(
                "ResidualScaledDotProductAttention expects [sequence, scores] or [query, "
                f"key, value, scores]. Received: input_shape={input_shape}."
            )
        *given, scores = input_shape
        return self.checked(shapes_in_roles(given)), tuple(scores)
