"""Scaled dot product attention: keras-self-attention's layer of that name."""

from __future__ import annotations

from typing import Any

from whylow.layers._base import registered
from whylow.layers._dot_product import (
    DotProductLayer,
    in_roles,
    scaled_products,
    shapes_in_roles,
)
from whylow.layers._ops import ops


@registered
class ScaledDotProductAttention(DotProductLayer):
    """Attend by scaled dot products, without any weights.

        A = softmax(Q Kᵀ / √F),    Y = A V

    Vaswani et al. 2017 (arXiv 1706.03762, section 3.2.1). One input is query, key and
    value at once. Takes the place of the layer of that name in keras-self-attention 0.51.

    It differs where the old layer is wrong, and `legacy=True` gives the old numbers back:
    a query without any key to attend to gives zeros, where the old layer spreads its
    weight over padding; at masked positions of the query the output is zero; and what
    stands at masked positions, even nan, changes nothing.

    Args:
        return_attention: Return `[output, weights]` instead of the output alone.
        history_only: Let a query see the keys up to its own position only.
        legacy: Give the numbers of keras-self-attention 0.51, its faults included.
        **kwargs: Arguments of every Keras layer.

    Call arguments:
        inputs: Float tensor of shape `(B, T, F)`, or a list of query `(B, T, F)`, key
            `(B, S, F)` and value `(B, S, V)`.
        mask: Optional boolean tensor of shape `(B, T)`, or a list of one for each input;
            `True` at positions that take part.

    Returns:
        Float tensor of shape `(B, T, V)`; with `return_attention` a list of it and the
        weights, `(B, T, S)`.

    Raises:
        ValueError: An input is no sequence, or the inputs do not fit together.

    Example:
        >>> import numpy as np
        >>> ScaledDotProductAttention()(np.ones((2, 5, 3))).shape
        (2, 5, 3)

    """

    def build(self, input_shape: Any) -> None:
        """Check the shapes; there are no weights."""
        self.checked(shapes_in_roles(input_shape))
        self.built = True

    def call(self, inputs: Any, mask: Any = None) -> Any:
        """Attend; see the class."""
        output, attention = self.attend(inputs, mask)
        return [output, attention] if self.return_attention else output

    def attend(self, inputs: Any, mask: Any = None) -> Any:
        """Return the output and the weights, `(B, T, S)`."""
        roles, masks = self.prepared(in_roles(inputs), in_roles(mask))
        attention = self.weights_of(scaled_products(roles), masks)
        return ops.matmul(attention, roles.value), attention

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """Hand the mask of the query on: the output has its positions."""
        mask = self.boolean_mask(in_roles(previous_mask).query)
        return [mask, None] if self.return_attention else mask

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of the output, and of the weights if they are returned."""
        query, key, value = self.checked(shapes_in_roles(input_shape))
        shape = (*query[:2], value[-1])
        return [shape, (*query[:2], key[1])] if self.return_attention else shape
