"""What the model answers, dropout off, and how good that is."""

from __future__ import annotations

from typing import Any

import numpy as np

from whylow import keras2
from whylow.live import LiveFit, Rows
from whylow.probes._facts import leaves, spaced
from whylow.probes._skill import Target, score, target_of
from whylow.probes._state import CannotMeasure
from whylow.records import Predicted, ProbedLabels

MOST_ROWS = 1024
_BLOCK = 128


class Answers:
    """Runs a fit's model over rows, in one compiled program on JAX."""

    def __init__(self, live: LiveFit) -> None:
        self._live = live
        self._program: Any = None

    def __call__(self, x: Any, weights: tuple[Any, Any] | None = None) -> np.ndarray:
        """Return the outputs `(N, …)` at `weights`, or at the live ones."""
        import keras

        model, rows = self._live.model, len(leaves(x)[0])
        if keras.backend.backend() != "jax" or model.run_eagerly:
            if weights is not None:
                raise CannotMeasure("other weights are tried on JAX alone")
            with keras2.emulated(model):
                return np.asarray(model.predict(x, batch_size=_BLOCK, verbose=0))
        if weights is None:
            weights = (
                [v.value for v in model.trainable_variables],
                [v.value for v in model.non_trainable_variables],
            )
        blocks = []
        for first in range(0, rows, _BLOCK):
            # The last block wraps around, so that all have one shape.
            picked = np.arange(first, first + _BLOCK) % rows
            block = keras.tree.map_structure(lambda leaf, p=picked: leaf[p], x)
            blocks.append(np.asarray(self._run(*weights, block)))
        return np.concatenate(blocks)[:rows]

    def _run(self, trainable: Any, frozen: Any, x: Any) -> Any:
        import jax

        if self._program is None:
            model = self._live.model
            kwargs = {"training": False} if model._call_has_training_arg else {}

            def answer(trainable: Any, frozen: Any, x: Any) -> Any:
                return model.stateless_call(trainable, frozen, x, **kwargs)[0]

            self._program = jax.jit(answer)
        return self._program(trainable, frozen, x)


def sample(rows: Rows, most: int = MOST_ROWS) -> tuple[Any, np.ndarray]:
    """Return inputs and labels of evenly spaced rows."""
    import keras

    x, labels = rows.x, leaves(rows.y)
    if len(labels) != 1:
        raise CannotMeasure("there is not one array of labels")
    picked = spaced(len(labels[0]), most)
    return keras.tree.map_structure(lambda leaf: leaf[picked], x), labels[0][picked]


def readable(
    live: LiveFit, output: np.ndarray, y: np.ndarray, facts: ProbedLabels, loss: str | None
) -> tuple[np.ndarray, Target]:
    """Return outputs `(N, units)` and what they should be.

    An output over time against one label a row is read as its mean over time; logits are
    turned into probabilities.

    Raises:
        CannotMeasure: Outputs and labels do not go together.
    """
    units = output.shape[-1] if output.ndim > 1 else 1
    if facts.form in ("one-hot", "multi-hot", "soft") or y.ndim == output.ndim:
        places = y.shape[1:-1]
    else:
        places = y.shape[1:]
    if output.ndim > 2 and places != output.shape[1:-1]:
        if places and places != (1,):
            raise CannotMeasure(f"an output {output.shape} does not go with {y.shape}")
        output = output.mean(axis=tuple(range(1, output.ndim - 1)))
    target = target_of(y, facts, units, loss)
    output = output.reshape(-1, units).astype("float64")
    if live.fit.compile is not None and live.fit.compile.from_logits:
        output = _probabilities(output)
    elif target.kind == "classes" and facts.low == -1 and units == 1:
        output = (output + 1) / 2  # hinge: -1 and 1
    if target.kind != "numbers" and len(target.values) != len(output):
        raise CannotMeasure(f"{len(output)} outputs do not go with {len(y)} labels")
    return output, target


def predicted(
    live: LiveFit,
    answers: Answers,
    rows: Rows,
    facts: ProbedLabels | None,
    loss: str | None,
) -> Predicted:
    """Measure the answers on evenly spaced rows."""
    x, y = sample(rows)
    output = answers(x).astype("float64")
    finite = bool(np.isfinite(output).all())
    values = output[np.isfinite(output)]
    flat = output.reshape(len(output), -1)
    found = Predicted(
        rows=len(y),
        low=float(values.min()) if values.size else 0.0,
        high=float(values.max()) if values.size else 0.0,
        spread=float(flat.std(axis=0).max()) if finite else 0.0,
        finite=finite,
    )
    if facts is None or not finite:
        return found
    try:
        scored = score(*_swap(readable(live, output, y, facts, loss)))
    except CannotMeasure:
        return found
    return found.model_copy(
        update={
            "accuracy": scored.accuracy,
            "majority": scored.majority,
            "skill": scored.skill,
        }
    )


def _swap(pair: tuple[np.ndarray, Target]) -> tuple[Target, np.ndarray]:
    return pair[1], pair[0]


def _probabilities(output: np.ndarray) -> np.ndarray:
    if output.shape[1] == 1:
        return 1 / (1 + np.exp(-np.clip(output, -500, 500)))
    shifted = np.exp(output - output.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)
