"""What a model does with its inputs: which of them are row numbers and nothing else.

An input whose numbers only ever choose rows of embedding tables can be renumbered, and a
table whose rows are only ever chosen can leave rows out. Neither can be told from the
layers' names (a subclassed model may look at its inputs in many ways), so the forward
pass is traced once and every use followed through the trace.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from whylow import keras2
from whylow.engine.rewrites._shadow import shadowed

_ROWS = "whylow_rows"
# Operations that hand numbers on without looking at them; of a table, its places too.
_KEEP_PLACE = frozenset("convert_element_type copy copy_p stop_gradient".split())
_HAND_ON = _KEEP_PLACE | frozenset(
    "broadcast_in_dim concatenate expand_dims reshape rev slice squeeze transpose".split()
)


@dataclass(frozen=True)
class Reading:
    """Inputs whose numbers choose rows of tables, and those tables.

    Args:
        leaves: Positions of the inputs among the flattened inputs of the model.
        tables: The `keras.Variable`s that they choose rows of.
    """

    leaves: frozenset[int]
    tables: tuple[Any, ...]


@dataclass
class _Seen:
    pairs: set[tuple[int, int]]
    leaves_otherwise: set[int]
    tables_otherwise: set[int]


def embeddings_of(model: Any) -> list[Any]:
    """Return the model's plain `Embedding` layers, nested models opened."""
    import keras

    return [
        layer
        for layer in model._flatten_layers(include_self=False, recursive=True)
        if type(layer) is keras.layers.Embedding
        and layer.built
        and not layer.lora_enabled
        and layer.quantization_mode is None
    ]


def readings_of(model: Any, batch: Any) -> list[Reading]:
    """Return what inputs choose rows of what tables and are used for nothing else.

    Args:
        model: A compiled `keras.Model` on JAX.
        batch: `(x, y)` or `(x, y, sample_weight)` of a few rows.

    Raises:
        Exception: Whatever tracing the model raises.
    """
    import jax

    layers = embeddings_of(model)
    state = [
        [jax.ShapeDtypeStruct(v.shape, v.dtype) for v in part]
        for part in (
            model.trainable_variables,
            model.non_trainable_variables,
            model.metrics_variables,
        )
    ]
    x, y, *weight = batch

    def forward(trainable: Any, fixed: Any, metrics: Any, x: Any) -> Any:
        return model.compute_loss_and_updates(
            trainable,
            fixed,
            metrics,
            x,
            y,
            weight[0] if weight else None,
            training=True,
            optimizer_variables=[v.value for v in model.optimizer.variables],
        )[0]

    with _marked(layers), keras2.emulated(model):
        jaxpr = jax.make_jaxpr(forward)(*state, x).jaxpr
    variables = [*model.trainable_variables, *model.non_trainable_variables]
    tables = {id(layer._embeddings) for layer in layers}
    first_leaf = len(variables) + len(model.metrics_variables)
    kinds: dict[Any, tuple[str, frozenset[int]]] = {}
    for number, variable in enumerate(variables):
        if id(variable) in tables:
            kinds[jaxpr.invars[number]] = ("table", frozenset([number]))
    for number, invar in enumerate(jaxpr.invars[first_leaf:]):
        kinds[invar] = ("leaf", frozenset([number]))
    seen = _Seen(set(), set(), set())
    _follow(jaxpr, kinds, seen)
    return [
        Reading(leaves, tuple(variables[number] for number in sorted(numbers)))
        for leaves, numbers in _joined(seen)
    ]


@contextmanager
def _marked(layers: list[Any]) -> Iterator[None]:
    """Let embedding layers leave a mark in a trace where they read ids."""
    import jax
    import jax.numpy as jnp

    def whylow_rows(ids: Any, table: Any) -> Any:
        return jnp.take(table, ids.astype("int32"), axis=0, mode="clip")

    rows = jax.jit(whylow_rows)

    def call(layer: Any) -> Any:
        return lambda inputs: rows(inputs, layer._embeddings.value).astype(
            layer.compute_dtype
        )

    with shadowed((layer, "call", call(layer)) for layer in layers):
        yield


def _follow(jaxpr: Any, kinds: dict[Any, Any], seen: _Seen) -> None:
    """Follow tables and leaves through a trace; `kinds` says what a variable carries."""
    for equation in jaxpr.eqns:
        carried: list[Any] = [
            kinds.get(v) for v in equation.invars if not hasattr(v, "val")
        ]
        if not any(carried):
            continue
        name = equation.primitive.name
        marked = equation.params.get("name") if name in ("jit", "pjit") else None
        if marked == _ROWS:
            ids, table = carried
            if _are(ids, "leaf") and _are(table, "table"):
                seen.pairs |= {(leaf, row) for leaf in ids[1] for row in table[1]}
            else:
                _otherwise([ids, table], seen)
        elif name in ("ne", "eq") and _with_zero(equation):
            # A mask: renumbering keeps zero zero.
            _otherwise([kind for kind in carried if not _are(kind, "leaf")], seen)
        elif name in _HAND_ON and _all_leaves(carried):
            numbers = frozenset().union(*(numbers for _, numbers in carried))
            kinds[equation.outvars[0]] = ("leaf", numbers)
        elif name in _KEEP_PLACE:
            kinds[equation.outvars[0]] = carried[0]
        elif (inner := _inner(equation)) is not None:
            below = {
                variable: kinds[outer]
                for variable, outer in zip(inner.invars, equation.invars, strict=True)
                if not hasattr(outer, "val") and outer in kinds
            }
            _follow(inner, below, seen)
            for variable, outer in zip(inner.outvars, equation.outvars, strict=True):
                if not hasattr(variable, "val") and variable in below:
                    kinds[outer] = below[variable]
        else:
            _otherwise(carried, seen)


def _inner(equation: Any) -> Any:
    """Return the trace that an equation calls with its own arguments, if it does."""
    if equation.primitive.name not in ("jit", "pjit", "closed_call", "core_call", "remat2"):
        return None
    inner = equation.params.get("jaxpr") or equation.params.get("call_jaxpr")
    inner = getattr(inner, "jaxpr", inner)
    return inner if len(inner.invars) == len(equation.invars) else None


def _with_zero(equation: Any) -> bool:
    return any(hasattr(v, "val") and np.all(v.val == 0) for v in equation.invars)


def _are(kind: Any, what: str) -> bool:
    return kind is not None and kind[0] == what


def _all_leaves(carried: list[Any]) -> bool:
    # Joined with what carries nothing, the numbers would meet a stranger's.
    return all(_are(kind, "leaf") for kind in carried)


def _otherwise(kinds: list[Any], seen: _Seen) -> None:
    for kind in kinds:
        if _are(kind, "leaf"):
            seen.leaves_otherwise |= kind[1]
        elif _are(kind, "table"):
            seen.tables_otherwise |= kind[1]


def _joined(seen: _Seen) -> list[tuple[frozenset[int], frozenset[int]]]:
    """Join pairs that share a leaf or a table; drop those that are used otherwise."""
    groups: list[tuple[set[int], set[int]]] = []
    for leaf, table in sorted(seen.pairs):
        touching = [g for g in groups if leaf in g[0] or table in g[1]]
        groups = [g for g in groups if g not in touching]
        leaves, tables = {leaf}, {table}
        for group in touching:
            leaves |= group[0]
            tables |= group[1]
        groups.append((leaves, tables))
    return [
        (frozenset(leaves), frozenset(tables))
        for leaves, tables in groups
        if not leaves & seen.leaves_otherwise and not tables & seen.tables_otherwise
    ]
