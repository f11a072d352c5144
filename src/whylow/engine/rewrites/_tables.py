"""Embedding tables without the rows that no text has.

A row that occurs in neither training nor held-out texts changes no number, whatever the
optimizer does to it on its own. The table of a lane holds the others only, and the texts
are renumbered to match. Zero stays zero, as masks are made of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from whylow.engine.rewrites._shadow import shadowed
from whylow.engine.rewrites._uses import readings_of
from whylow.live import LiveFit

# Optimizers that treat each number of a variable by itself, norms of gradients aside (the
# gradient of an unused row is zero).
_ROW_BY_ROW = frozenset(
    "SGD RMSprop Adagrad Adadelta Adam AdamW Adamax Nadam Ftrl Lion".split()
)


@dataclass(frozen=True)
class Table:
    """Where a table is kept in a lane's state.

    Args:
        variable: The table.
        trained: It is among the trainable variables.
        index: Its number there, or among the others.
        slots: What the optimizer keeps for it: name → number among its variables.
        slot_variables: The same variables.
    """

    variable: Any
    trained: bool
    index: int
    slots: dict[str, int]
    slot_variables: tuple[Any, ...]


@dataclass(frozen=True)
class Group:
    """Inputs and tables that share their row numbers.

    Args:
        leaves: Numbers of the inputs among the flattened inputs.
        tables: The tables.
        occurring: `(V,)`, the row numbers that occur, rising from 0.
    """

    leaves: tuple[int, ...]
    tables: tuple[Table, ...]
    occurring: np.ndarray


def tables_of(live: LiveFit) -> tuple[Group, ...] | str:
    """Return the tables that can leave rows out, or say why there are none."""
    import jax
    from keras.src.backend.jax.trainer import JAXTrainer

    model, optimizer = live.model, live.optimizer
    for name in ("train_step", "compute_metrics"):
        if getattr(type(model), name) is not getattr(JAXTrainer, name):
            return f"the model has its own `{name}`, which may look at the texts"
    if type(optimizer).__name__ not in _ROW_BY_ROW or not _is_of_keras(optimizer):
        return f"{type(optimizer).__name__} may mix the rows of a table"
    training, validation, _ = live.to_replay()
    parts = (training.x, training.y, training.sample_weight)
    first_rows = jax.tree.map(
        lambda part: np.asarray(part[:2]), tuple(part for part in parts if part is not None)
    )
    try:
        readings = readings_of(model, first_rows)
    except Exception as error:  # noqa: BLE001  a model may raise anything while traced
        return f"the model could not be traced ({type(error).__name__})"
    leaves = [jax.tree.leaves(rows.x) for rows in (training, validation)]
    if len(leaves[0]) != len(leaves[1]):
        return "training and held-out texts have another form"
    groups = []
    for reading in readings:
        numbers = sorted(reading.leaves)
        occurring = _occurring([part[number] for part in leaves for number in numbers])
        rows = min(table.shape[0] for table in reading.tables)
        if occurring is None or occurring[0] < 0 or occurring[-1] >= rows:
            continue
        if any(table.constraint is not None for table in reading.tables):
            continue
        tables = tuple(_table(model, optimizer, table) for table in reading.tables)
        groups.append(Group(tuple(numbers), tables, occurring))
    return tuple(groups) or "no input is read by embedding tables alone"


def renumbered(x: Any, groups: Sequence[Group]) -> Any:
    """Return inputs with the row numbers that the smaller tables have."""
    import jax

    leaves, form = jax.tree.flatten(x)
    leaves = [np.asarray(leaf) for leaf in leaves]
    for group in groups:
        for number in group.leaves:
            ranks = np.searchsorted(group.occurring, leaves[number].astype("int64"))
            leaves[number] = ranks.astype("int32")
    return jax.tree.unflatten(form, leaves)


def kept_rows(groups: Sequence[Group]) -> dict[int, np.ndarray]:
    """Return the rows that a lane keeps: id of a table, or of its slot → their numbers."""
    return {
        id(variable): group.occurring
        for group in groups
        for table in group.tables
        for variable in (table.variable, *table.slot_variables)
    }


@contextmanager
def resized(groups: Sequence[Group], rows: Sequence[int]) -> Iterator[None]:
    """Let Keras believe that the tables have so many rows while a step is traced."""
    shapes = [
        (variable, "_shape", (count, *table.variable.shape[1:]))
        for group, count in zip(groups, rows, strict=True)
        for table in group.tables
        for variable in (table.variable, *table.slot_variables)
    ]
    with shadowed(shapes):
        yield


def _occurring(leaves: list[Any]) -> np.ndarray | None:
    """Return all numbers in the leaves and 0, or `None` if they are no whole numbers."""
    found = [np.zeros(1, "int64")]
    for leaf in leaves:
        numbers = np.asarray(leaf)
        if numbers.dtype.kind not in "iuf":
            return None
        values = np.unique(numbers)
        if values.dtype.kind == "f" and not np.all(values % 1 == 0):
            return None
        found.append(values.astype("int64"))
    return np.unique(np.concatenate(found))


def _table(model: Any, optimizer: Any, variable: Any) -> Table:
    trainable = [id(v) for v in model.trainable_variables]
    trained = id(variable) in trainable
    others = [id(v) for v in model.non_trainable_variables]
    index = (trainable if trained else others).index(id(variable))
    slots, kept = {}, []
    known = [id(v) for v in optimizer._trainable_variables]
    numbers = {id(v): number for number, v in enumerate(optimizer.variables)}
    if id(variable) in known:
        place = known.index(id(variable))
        for name, values in vars(optimizer).items():
            is_slots = isinstance(values, list) and len(values) == len(known)
            if is_slots and id(values[place]) in numbers:
                slots[name] = numbers[id(values[place])]
                kept.append(values[place])
    return Table(variable, trained, index, slots, tuple(kept))


def _is_of_keras(thing: Any) -> bool:
    return type(thing).__module__.startswith("keras.src.")
