"""The data of a fit: held for the replay, and summed up for the record.

Arrays are held by reference, with a digest that tells later whether the script changed
them. Batches that come one by one are held as they pass through.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import numpy as np

from whylow.capture import _facts
from whylow.live import Rows
from whylow.records import Overlap, Split

_MOST_CLASSES = 1000


def is_batched(x: Any) -> bool:
    """Whether `x` yields batches (`PyDataset`, generator) rather than holding rows."""
    import keras

    return isinstance(x, keras.utils.PyDataset) or hasattr(x, "__next__")


def is_arrays(x: Any) -> bool:
    """Whether `x` is what Keras slices itself: arrays, frames, nests of them."""
    if isinstance(x, (list, tuple)):
        return len(x) > 0
    if isinstance(x, dict):
        return all(is_arrays(value) for value in x.values())
    return hasattr(x, "__array__") and hasattr(x, "shape")


class Batches:
    """Batches kept as they pass through `fit`.

    Args:
        source: `PyDataset` or iterator.
        steps: Batches that make an epoch, if the script says so.
    """

    def __init__(self, source: Any, steps: int | None) -> None:
        self.kept: dict[int, Any] = {}
        self._steps = steps
        self.passed: Any = (
            self._dataset(source) if hasattr(source, "__getitem__") else self._tee(source)
        )

    def draw(self) -> None:
        """Draw the batches of a dataset that `fit` draws from without us."""
        if not self.kept and hasattr(self.passed, "__getitem__"):
            for number in range(self.passed.num_batches):
                self.passed[number]

    def _tee(self, source: Iterator[Any]) -> Iterator[Any]:
        for number, batch in enumerate(source):
            if self._steps is None or number < self._steps:
                self.kept[number] = batch
            yield batch

    def _dataset(self, source: Any) -> Any:
        import keras

        kept = self.kept

        class Recorded(keras.utils.PyDataset):
            def __getitem__(self, index: int) -> Any:
                batch = source[index]
                kept.setdefault(index, batch)
                return batch

            @property
            def num_batches(self) -> Any:
                return source.num_batches

            def on_epoch_begin(self) -> None:
                source.on_epoch_begin()

            def on_epoch_end(self) -> None:
                source.on_epoch_end()

        return Recorded(workers=source.workers, max_queue_size=source.max_queue_size)

    def rows(self, class_weight: dict[int, float] | None) -> Rows:
        """Join the first epoch's batches.

        Raises:
            ValueError: No batch passed, or batches differ in size before the last one.
        """
        batches = [self.kept[number] for number in sorted(self.kept)]
        if not batches:
            raise ValueError("no batch was drawn")
        parts = [batch if isinstance(batch, tuple) else (batch,) for batch in batches]
        sizes = [len(_leaves(part[0])[0]) for part in parts]
        if len(set(sizes[:-1])) > 1 or sizes[-1] > sizes[0]:
            raise ValueError("the batches differ in size")
        x, y, weight = (
            _join([part[place] if len(part) > place else None for part in parts])
            for place in range(3)
        )
        return Rows(
            x=x,
            y=y,
            sample_weight=_weights(y, weight, class_weight),
            batch_size=sizes[0],
            whole_batches=True,
        )


def rows_of(
    x: Any,
    y: Any,
    sample_weight: Any,
    class_weight: dict[int, float] | None,
    batch_size: int | None,
    steps: int | None,
) -> Rows:
    """Hold arrays as `fit` was given them.

    Raises:
        ValueError: Something in them cannot be turned into numeric arrays.
    """
    x, y, sample_weight = (_map(_numeric, part) for part in (x, y, sample_weight))
    rows = len(_leaves(x)[0])
    # Keras' own rule where only the steps are given; 32 is its default.
    batch_size = batch_size or (-(-rows // steps) if steps else 32)
    return Rows(
        x=x,
        y=y,
        sample_weight=_weights(y, sample_weight, class_weight),
        batch_size=min(batch_size, rows),
    )


def digest(rows: Rows) -> str:
    """Hash inputs, labels and weights."""
    hashed = hashlib.blake2b(digest_size=16)
    for leaf in _leaves((rows.x, rows.y, rows.sample_weight)):
        hashed.update(f"{leaf.dtype}{leaf.shape}".encode())
        hashed.update(np.ascontiguousarray(leaf).view(np.uint8).data)
    return hashed.hexdigest()


def summary(rows: Rows, *, probe: bool = False) -> Split:
    """Sum rows up for the record.

    Args:
        rows: Inputs, labels and weights.
        probe: Whether to try how well labels can be told from inputs.
    """
    inputs, labels = _leaves(rows.x), _leaves(rows.y)
    counts = _class_counts(labels[0]) if len(labels) == 1 else None
    facts = [_facts.input_facts(leaf) for leaf in inputs]
    single = labels[0] if len(labels) == 1 else None
    integers = [leaf for leaf in inputs if np.issubdtype(leaf.dtype, np.integer)]
    floats = [leaf for leaf in inputs + labels if np.issubdtype(leaf.dtype, np.floating)]
    cells = sum(leaf.size for leaf in integers)
    return Split(
        rows=len(inputs[0]),
        input_shapes=tuple(tuple(leaf.shape) for leaf in inputs),
        input_dtypes=tuple(str(leaf.dtype) for leaf in inputs),
        label_shape=tuple(labels[0].shape) if labels else (),
        label_dtype=str(labels[0].dtype) if labels else "",
        class_counts=counts,
        zero_share=(
            sum(leaf.size - np.count_nonzero(leaf) for leaf in integers) / cells
            if cells
            else None
        ),
        nan_count=sum(leaf.size - int(np.isfinite(leaf).sum()) for leaf in floats),
        digest=digest(rows),
        inputs=tuple(one for one in facts if one is not None) if all(facts) else (),
        labels=None
        if single is None
        else _facts.label_facts(single, classes=counts is not None),
        facts=_facts.row_facts(inputs, single, classes=counts is not None, probe=probe),
    )


def summaries(
    training: Rows | None, validation: Rows | None
) -> tuple[Split | None, Split | None, Overlap | None]:
    """Sum up both parts, and the rows that they share."""
    return (
        None if training is None else summary(training, probe=True),
        None if validation is None else summary(validation),
        _overlap(training, validation) if training and validation else None,
    )


def _overlap(training: Rows, validation: Rows) -> Overlap | None:
    parts = [
        (_leaves(part.x), labels[0] if len(labels := _leaves(part.y)) == 1 else None)
        for part in (training, validation)
    ]
    return _facts.overlap(*parts)


def _class_counts(labels: np.ndarray) -> dict[str, int] | None:
    if labels.ndim == 2 and labels.shape[1] > 1:
        one_hot = np.isin(labels, (0, 1)).all() and (labels.sum(axis=1) == 1).all()
        if not one_hot:
            return None
        return {str(number): int(count) for number, count in enumerate(labels.sum(axis=0))}
    flat = labels.reshape(-1)
    flat = flat[np.isfinite(flat)] if np.issubdtype(flat.dtype, np.floating) else flat
    if flat.size != len(labels) and labels.size != len(labels):
        return None
    values, counts = np.unique(flat, return_counts=True)
    if len(values) > _MOST_CLASSES or (values != np.round(values)).any():
        return None
    return {
        str(int(value)): int(count) for value, count in zip(values, counts, strict=True)
    }


def _weights(y: Any, sample_weight: Any, class_weight: dict[int, float] | None) -> Any:
    if class_weight is None:
        return sample_weight
    labels = np.asarray(y)
    if labels.ndim > 1:
        labels = labels.argmax(axis=-1) if labels.shape[-1] > 1 else labels[..., 0]
    # As Keras: a class without a weight counts 1.
    labels = np.round(labels).astype(int)
    return np.array([class_weight.get(label, 1.0) for label in labels], dtype="float32")


def _numeric(leaf: Any) -> np.ndarray:
    array = np.asarray(leaf)
    if array.dtype.kind not in "biuf":
        raise ValueError(f"it holds {array.dtype} values, which are not numbers")
    # Keras computes in its own float type; JAX holds no 64-bit integers.
    if array.dtype.kind == "f":
        import keras

        return array.astype(keras.config.floatx(), copy=False)
    return array


def _map(function: Any, nest: Any) -> Any:
    if nest is None:
        return None
    if isinstance(nest, dict):
        return {key: _map(function, value) for key, value in nest.items()}
    if isinstance(nest, (list, tuple)) and all(hasattr(part, "shape") for part in nest):
        return [_map(function, part) for part in nest]
    return function(nest)


def _leaves(nest: Any) -> list[np.ndarray]:
    if nest is None:
        return []
    if isinstance(nest, dict):
        return [leaf for key in sorted(nest) for leaf in _leaves(nest[key])]
    if isinstance(nest, (list, tuple)):
        return [leaf for part in nest for leaf in _leaves(part)]
    return [nest]


def _join(parts: list[Any]) -> Any:
    first = parts[0]
    if first is None:
        return None
    if isinstance(first, dict):
        return {key: _join([part[key] for part in parts]) for key in first}
    if isinstance(first, (list, tuple)):
        return [_join([part[place] for part in parts]) for place in range(len(first))]
    return np.concatenate([_numeric(part) for part in parts])
