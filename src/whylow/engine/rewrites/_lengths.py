"""Batches no longer than their longest text, where the model masks its padding.

The batch stays what it was; the steps that are padding in all of its texts are left out.
That changes nothing if every layer up to the loss of the time axis leaves masked steps out
altogether, which is known of the layers below and of no others: pooling that ignores the
mask, or dropout whose draws depend on the shape, would notice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from whylow.engine.rewrites._shadow import shadowed
from whylow.engine.rewrites._tables import Group
from whylow.live import LiveFit

_MOST_BUCKETS = 4
# A program for each length is worth its compilation where it saves at least this much.
_WORTH = 0.9
# Layers that keep the time axis and its mask, or end it, and leave masked steps out.
_KEEP = frozenset(
    "Activation Dense Identity LayerNormalization ReLU LeakyReLU SeqSelfAttention "
    "SpatialDropout1D".split()
)
_RECURRENT = frozenset("LSTM GRU SimpleRNN".split())
_END = frozenset(
    "AttentionPooling ConcatPooling GlobalAveragePooling1D LastState MaxPooling "
    "MeanPooling SeqWeightedAttention".split()
)


@dataclass(frozen=True)
class Lengths:
    """The lengths that batches are cut to.

    Args:
        leaf: Number of the input among the flattened inputs.
        front: Padding stands in front.
        buckets: Lengths, rising; the last one holds every text.
    """

    leaf: int
    front: bool
    buckets: tuple[int, ...]

    def of(self, ids: np.ndarray) -> np.ndarray:
        """Return the length of each text, `(…, T)` → `(…)`."""
        return _lengths(ids, front=self.front)

    def bucket(self, longest: np.ndarray) -> np.ndarray:
        """Return the number of the shortest bucket that holds so long a text."""
        return np.searchsorted(self.buckets, np.minimum(longest, self.buckets[-1]))

    def cut(self, x: Any, bucket: int) -> Any:
        """Return inputs cut to a bucket."""
        import jax

        leaves, form = jax.tree.flatten(x)
        length = self.buckets[bucket]
        ids = leaves[self.leaf]
        leaves[self.leaf] = (
            ids[..., ids.shape[-1] - length :] if self.front else ids[..., :length]
        )
        return jax.tree.unflatten(form, leaves)


def lengths_of(live: LiveFit, groups: Sequence[Group]) -> Lengths | str:
    """Return the lengths to cut to, or say why nothing is to be cut."""
    import jax

    from whylow.engine._seeds import epoch_order

    why = _why_padding_shows(live.model)
    if why:
        return why
    if [group.leaves for group in groups] != [(0,)]:
        return "the texts are not its one input"
    training, validation, _ = live.to_replay()
    both = [np.asarray(jax.tree.leaves(rows.x)[0]) for rows in (training, validation)]
    if both[0].ndim != 2 or both[0].shape[1:] != both[1].shape[1:]:
        return "the input is no table of texts"
    sides = {front: [_lengths(ids, front=front) for ids in both] for front in (True, False)}
    front = sides[True][0].mean() <= sides[False][0].mean()
    longest = max(1, *(int(lengths.max()) for lengths in sides[front]))
    size = training.batch_size
    order = epoch_order(
        len(both[0]), size, shuffle=True, whole_batches=False, seed=0, epoch=0
    )
    full = max(1, len(order) // size)
    batches = sides[front][0][order][: full * size].reshape(full, -1).max(axis=1)
    buckets = _buckets(batches, longest)
    if np.mean([buckets[np.searchsorted(buckets, b)] for b in batches]) > (
        _WORTH * both[0].shape[1]
    ):
        return "hardly a batch is shorter than the longest text"
    return Lengths(0, bool(front), buckets)


@contextmanager
def any_length(model: Any) -> Iterator[None]:
    """Let a model take shorter texts than it was built for while a step is traced."""
    models = [
        layer
        for layer in model._flatten_layers(include_self=True, recursive=True)
        if hasattr(layer, "_assert_input_compatibility") and hasattr(layer, "layers")
    ]
    with shadowed((m, "_assert_input_compatibility", lambda *_: None) for m in models):
        yield


def _lengths(ids: np.ndarray, *, front: bool) -> np.ndarray:
    words = ids != 0
    edge = words if front else words[..., ::-1]
    return np.where(words.any(-1), ids.shape[-1] - edge.argmax(-1), 0)


def _buckets(batches: np.ndarray, longest: int) -> tuple[int, ...]:
    """Return lengths at even shares of the batches, rounded up, and the longest."""
    shares = np.quantile(batches, np.arange(1, _MOST_BUCKETS) / _MOST_BUCKETS)
    rounded = {min(longest, max(4, int(np.ceil(share / 4)) * 4)) for share in shares}
    return tuple(sorted(rounded | {longest}))


def _why_padding_shows(model: Any) -> str | None:
    """Say which layer would notice padding that is left out, or `None`."""
    import keras

    functional = getattr(model, "_functional", model)
    operations = getattr(functional, "operations", None)
    if operations is None or not isinstance(functional, keras.Model):
        return "the model is no graph of layers"
    if any(
        len(node.output_tensors) != 1 for op in operations for node in op._inbound_nodes
    ):
        return "a layer has several outputs"
    timed: dict[int, bool] = {}
    for operation in operations:
        for node in operation._inbound_nodes:
            from_time = [timed.get(id(tensor), False) for tensor in node.input_tensors]
            after = _after(operation, from_time)
            if isinstance(after, str):
                return after
            timed[id(node.output_tensors[0])] = after
    if any(timed.get(id(tensor)) for tensor in functional.outputs):
        return "its output has a time axis"
    return None


def _after(operation: Any, timed: list[bool]) -> bool | str:
    """Return whether an operation's output still has the time axis, or a reason."""
    import keras

    name = type(operation).__name__
    if isinstance(operation, keras.layers.InputLayer):
        return False
    if isinstance(operation, keras.layers.Embedding):
        return True if operation.mask_zero else "padding is not masked"
    if name == "NotEqual":  # the mask itself
        return False
    if not any(timed):
        return False
    layer = operation
    if type(layer) is keras.layers.Bidirectional:
        layer = layer.forward_layer
        name = type(layer).__name__
    if _is_ours_to_judge(operation) and _is_ours_to_judge(layer):
        if name in _RECURRENT:
            return bool(layer.return_sequences)
        if name in _KEEP or name in _END:
            return name in _KEEP
    return f"`{operation.name}` may notice padding"


def _is_ours_to_judge(layer: Any) -> bool:
    """Whether a layer is one we know, set to do nothing that sums over padding."""
    activation = getattr(layer, "activation", None)
    return (
        all(_is_known(thing) for thing in (type(layer), activation) if thing is not None)
        and getattr(layer, "activity_regularizer", None) is None
        and not getattr(layer, "attention_regularizer_weight", 0)
        and not getattr(layer, "legacy", False)
    )


def _is_known(thing: Any) -> bool:
    return (getattr(thing, "__module__", None) or "").startswith(("keras.src.", "whylow."))
