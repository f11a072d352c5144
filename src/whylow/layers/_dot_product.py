"""What the two scaled dot product layers share."""

from __future__ import annotations

from typing import Any, NamedTuple

from whylow.layers._base import SequenceLayer
from whylow.layers._legacy import legacy_key_softmax
from whylow.layers._masking import both, causal, masked_softmax, pairs, zero_masked
from whylow.layers._ops import Tensor, ops


class Roles(NamedTuple):
    """What query, key and value have each: a tensor, a shape or a mask."""

    query: Any
    key: Any
    value: Any


class DotProductLayer(SequenceLayer):
    """A layer without weights that attends by scaled dot products."""

    def __init__(
        self,
        return_attention: bool = False,
        history_only: bool = False,
        *,
        legacy: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.return_attention = return_attention
        self.history_only = history_only
        self.legacy = legacy

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this layer again."""
        return {
            **super().get_config(),
            "return_attention": self.return_attention,
            "history_only": self.history_only,
            "legacy": self.legacy,
        }

    def checked(self, shapes: Roles) -> Roles:
        """Return the shapes of query, key and value if they fit together.

        Raises:
            ValueError: One is no sequence, or features or lengths differ.

        """
        query, key, value = (self.sequence_shape(shape) for shape in shapes)
        if query[-1] != key[-1]:
            raise ValueError(
                f"{type(self).__name__} expects a query and a key of as many features. "
                f"Received: {query[-1]} and {key[-1]} (shapes {query} and {key})."
            )
        if None not in (key[1], value[1]) and key[1] != value[1]:
            raise ValueError(
                f"{type(self).__name__} expects a key and a value of as many time steps. "
                f"Received: {key[1]} and {value[1]} (shapes {key} and {value})."
            )
        return Roles(query, key, value)

    def prepared(self, inputs: Roles, masks: Roles) -> tuple[Roles, Roles]:
        """Return the inputs without what is masked, and the masks as booleans."""
        query, key, value = (self.boolean_mask(mask) for mask in masks)
        if self.legacy:
            return inputs, Roles(query, key, key)
        key = both(key, value)
        masks = Roles(query, key, key)
        cleaned = [zero_masked(*pair) for pair in zip(inputs, masks, strict=True)]
        return Roles(*cleaned), masks

    def weights_of(self, scores: Tensor, masks: Roles) -> Tensor:
        """Return the attention weights, `(B, T, S)`."""
        seen = None
        if self.history_only:
            seen = causal(*ops.shape(scores)[1:])
        if self.legacy:
            keys = None if masks.key is None else ops.expand_dims(masks.key, 1)
            return legacy_key_softmax(scores, seen, keys)
        return masked_softmax(scores, both(seen, pairs(masks.query, masks.key)))


def scaled_products(inputs: Roles) -> Tensor:
    """Return q kᵀ / √F, `(B, T, S)`."""
    product = ops.matmul(inputs.query, ops.transpose(inputs.key, (0, 2, 1)))
    return product / inputs.query.shape[-1] ** 0.5


def in_roles(given: Any) -> Roles:
    """Return one thing in all three roles, or a list of things by role.

    A list of one has all roles, of two a query and what serves as key and value.
    """
    if given is None or not isinstance(given, (list, tuple)):
        return Roles(given, given, given)
    query, *rest = given
    return Roles(query, rest[0] if rest else query, rest[-1] if rest else query)


def shapes_in_roles(given: Any) -> Roles:
    """Return `in_roles` for shapes, which are tuples themselves."""
    several = bool(given) and isinstance(given[0], (list, tuple))
    return in_roles([tuple(shape) for shape in given] if several else [tuple(given)])
