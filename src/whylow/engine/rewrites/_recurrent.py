"""Recurrent layers on a loop that holds only what must be done step by step.

Keras projects the inputs inside the loop over time, one small product a step. Here it is
done before the loop: once for all steps, or once for each word of the batch where the
inputs come straight out of an embedding. The two directions of a `Bidirectional` share one
loop.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from whylow.engine.rewrites._cells import Cell, cell_of
from whylow.engine.rewrites._loop import recurrent_loop
from whylow.engine.rewrites._projections import Traced
from whylow.engine.rewrites._shadow import shadowed
from whylow.engine.rewrites._uses import embeddings_of
from whylow.live import LiveFit


def loops_of(live: LiveFit) -> str | None:
    """Say why no layer of the model runs on our loop, or `None` if one does."""
    import jax

    if jax.default_backend() != "cpu":
        return "on this device Keras has loops of its own"
    layers = _recurrent_layers(live.model)
    reasons = [why for why in map(_why_not, layers) if why]
    if not layers:
        return "there is no recurrent layer"
    return None if len(reasons) < len(layers) else reasons[0]


def pairs_of(live: LiveFit) -> str | None:
    """Say why no two directions share a loop, or `None` if some do."""
    why = loops_of(live)
    if why:
        return why
    if not any(map(_shares_loop, _bidirectional_layers(live.model))):
        return "there are no two equal directions"
    return None


def feeds_a_loop(live: LiveFit) -> str | None:
    """Say why no embedding's words go straight into a loop, or `None` if some do."""
    embeddings = {id(layer) for layer in embeddings_of(live.model)}
    readers = [*_recurrent_layers(live.model), *_bidirectional_layers(live.model)]
    for layer in readers:
        for node in layer._inbound_nodes:
            sources = [tensor._keras_history.operation for tensor in node.input_tensors]
            if any(id(source) in embeddings for source in sources):
                return None
    graph = getattr(live.model, "_functional", live.model)
    if embeddings and not hasattr(graph, "operations"):
        return None  # seen only while it is traced
    return "no recurrent layer reads an embedding directly"


@contextmanager
def recurrent_rewritten(
    model: Any, *, loops: bool, pairs: bool, per_word: bool
) -> Iterator[None]:
    """Let the layers of a model run on our loop while a step is traced.

    Args:
        model: The live model.
        loops: Recurrent layers leave their products out of the loop.
        pairs: Two directions share a loop.
        per_word: An embedding's words are projected once each.
    """
    traced = Traced(per_word=per_word)
    calls = [(layer, traced.embedded(layer)) for layer in embeddings_of(model)]
    if loops:
        layers = [layer for layer in _recurrent_layers(model) if _why_not(layer) is None]
        calls += [(layer, _single(layer, traced)) for layer in layers]
    if loops and pairs:
        layers = [layer for layer in _bidirectional_layers(model) if _shares_loop(layer)]
        calls += [(layer, _both(layer, traced)) for layer in layers]
    with shadowed((layer, "call", call) for layer, call in calls):
        yield


def _recurrent_layers(model: Any) -> list[Any]:
    import keras

    kinds = (keras.layers.LSTM, keras.layers.GRU, keras.layers.SimpleRNN)
    layers = model._flatten_layers(include_self=False, recursive=True)
    return [layer for layer in layers if type(layer) in kinds]


def _bidirectional_layers(model: Any) -> list[Any]:
    import keras

    layers = model._flatten_layers(include_self=False, recursive=True)
    return [layer for layer in layers if type(layer) is keras.layers.Bidirectional]


def _why_not(layer: Any) -> str | None:
    if not layer.built or layer.stateful or layer.unroll:
        return "the layer keeps its states between batches, or is unrolled"
    if layer.compute_dtype != "float32" or layer.variable_dtype != "float32":
        return "the layer does not compute in float32"
    cell = cell_of(layer)
    return cell if isinstance(cell, str) else None


def _shares_loop(layer: Any) -> bool:
    directions = (layer.forward_layer, layer.backward_layer)
    if layer.return_state or any(_why_not(direction) for direction in directions):
        return False
    if any(direction.activity_regularizer is not None for direction in directions):
        return False
    forward, backward = map(cell_of, directions)
    return (
        not directions[0].go_backwards
        and isinstance(forward, Cell)
        and isinstance(backward, Cell)
        and forward.kind == backward.kind
        and directions[0].zero_output_for_mask == directions[1].zero_output_for_mask
    )


def _single(layer: Any, traced: Traced) -> Callable[..., Any]:
    def call(
        sequences: Any, initial_state: Any = None, mask: Any = None, training: Any = False
    ) -> Any:
        outputs, last = _run([layer], sequences, mask, training, traced, initial_state)
        if layer.return_sequences:
            output = outputs[:, 0].transpose(2, 0, 1)
        else:
            output = outputs[-1, 0].T
        return (output, *(state[0].T for state in last)) if layer.return_state else output

    return call


def _both(layer: Any, traced: Traced) -> Callable[..., Any]:
    kept = layer.call  # for states given from outside
    directions = [layer.forward_layer, layer.backward_layer]

    def call(
        sequences: Any, initial_state: Any = None, mask: Any = None, training: Any = None
    ) -> Any:
        import jax.numpy as jnp

        if initial_state is not None:
            return kept(sequences, initial_state, mask=mask, training=training)
        outputs, _ = _run(directions, sequences, mask, training, traced, None)
        if layer.return_sequences:
            forward = outputs[:, 0].transpose(2, 0, 1)
            backward = jnp.flip(outputs[:, 1], axis=0).transpose(2, 0, 1)
        else:
            forward, backward = outputs[-1, 0].T, outputs[-1, 1].T
        if layer.merge_mode == "concat":
            return jnp.concatenate([forward, backward], axis=-1)
        merge = {
            "sum": lambda: forward + backward,
            "ave": lambda: (forward + backward) / 2,
            "mul": lambda: forward * backward,
            None: lambda: (forward, backward),
        }
        return merge[layer.merge_mode]()

    return call


def _run(
    layers: list[Any],
    sequences: Any,
    mask: Any,
    training: Any,
    traced: Traced,
    initial_state: Any,
) -> tuple[Any, tuple[Any, ...]]:
    """Run layers that read the same sequences, `(B, T, F)`, through one loop."""
    import jax.numpy as jnp

    cells: list[Any] = [cell_of(layer) for layer in layers]
    inputs, starts, masks, turned = [], [], [], []
    for layer, cell in zip(layers, cells, strict=True):
        given = (
            layer.get_initial_state(batch_size=sequences.shape[0])
            if initial_state is None
            else initial_state
        )
        given = list(given) if isinstance(given, (list, tuple)) else [given]
        starts.append([jnp.asarray(state).T for state in given])
        inputs.append(cell.dropped(layer, sequences, given, training))
    if all(part is sequences for part in inputs):
        projected = traced.projected(cells, sequences)
    else:
        projected = [
            traced.projected([cell], part)[0]
            for cell, part in zip(cells, inputs, strict=True)
        ]
    for layer, part in zip(layers, projected, strict=True):
        part_mask = None if mask is None else jnp.swapaxes(mask, 0, 1).astype(bool)
        if layer.go_backwards:
            part = jnp.flip(part, axis=0)
            part_mask = None if part_mask is None else jnp.flip(part_mask, axis=0)
        turned.append(jnp.swapaxes(part, 1, 2))
        masks.append(part_mask)
    biases = [cell.recurrent_bias() for cell in cells]
    return recurrent_loop(
        cells[0].pointwise,
        jnp.stack(turned, axis=1),
        jnp.stack([cell.recurrent_kernel().T for cell in cells]),
        None if biases[0] is None else jnp.stack(biases)[:, :, None],
        None if mask is None else jnp.stack(masks, axis=1)[:, :, None],
        tuple(jnp.stack(states) for states in zip(*starts, strict=True)),
        summed=cells[0].summed,
        zero_masked=bool(layers[0].zero_output_for_mask),
    )
