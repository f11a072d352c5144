"""All probes of one fit, the ones that most checks need first, within their time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from whylow.live import LiveFit, Rows
from whylow.probes._attention import attention
from whylow.probes._clock import Allowance, now, since
from whylow.probes._control import control
from whylow.probes._facts import input_facts, label_facts, leaves
from whylow.probes._layers import Tracer, layer_probes
from whylow.probes._losses import loss_across_rows
from whylow.probes._outputs import Answers, predicted, sample
from whylow.probes._skill import loss_constant
from whylow.probes._state import CannotMeasure, State, end_of, jax_only, start_of
from whylow.probes._trials import Trials
from whylow.records import Probes

# Compiling and a step that has begun cannot be cut short: 0.8 s and a seventh are
# kept back, so that 5 s and a fifth of the fit's own time are what it takes in the end.
_LEAST_SECONDS = 4.2
_SHARE = 0.17
# A fit that explains this much of its training rows needs no trials to tell why not.
_LEARNT = 0.8
_NOTHING = 0.2
T = TypeVar("T")


def allowance(live: LiveFit) -> float:
    """Return the seconds after which no further probe of a fit is begun."""
    fit = live.fit
    return max(_LEAST_SECONDS, _SHARE * (fit.seconds_per_epoch or 0.0) * fit.epochs)


def measure(live: LiveFit, *, seconds: float | None = None, trials: bool = True) -> Probes:
    """Measure a fit's model and data; the live weights are the same afterwards.

    Args:
        live: A recorded fit.
        seconds: How long it may take; by default `allowance(live)`.
        trials: Whether one that learnt little is also trained for a moment with one thing
            changed.

    Returns:
        What was measured. A probe that failed, or for which no time was left, is named in
        `failed` with the reason.
    """
    seconds = allowance(live) if seconds is None else seconds
    return _Measurement(live, seconds, trials).probes()


class _Measurement:
    def __init__(self, live: LiveFit, seconds: float, trials: bool) -> None:
        self._live = live
        self._with_trials = trials
        self._began = now()
        self._allowance = Allowance(seconds)
        self._failed: dict[str, str] = {}
        self._found: dict[str, Any] = {}
        # Seconds that it took to compile a step of the model, once that is known.
        self._compiled = 0.0

    def probes(self) -> Probes:
        live, rows = self._live, self._live.training
        if rows is None or not leaves(rows.x):
            return Probes(failed={"all": "the training rows could not be held"})
        found = self._found
        labels = self._try("labels", lambda: label_facts(rows))
        found["labels"] = labels
        found["inputs"] = self._try("inputs", lambda: input_facts(rows)) or ()
        compiled = live.fit.compile
        loss = None if compiled is None else compiled.loss
        count = len(leaves(rows.x)[0])
        found["steps"] = live.fit.epochs * -(-count // rows.batch_size)
        found["loss_across_rows"] = bool(self._try("loss_shapes", self._loss_shapes))
        answers = Answers(live)
        found["training"] = self._try(
            "training", lambda: predicted(live, answers, rows, labels, loss)
        )
        validation = live.validation
        if validation is not None:
            found["validation"] = self._try(
                "validation", lambda: predicted(live, answers, validation, labels, loss)
            )
        if labels is not None:
            found["loss_constant"] = self._try(
                "loss_constant", lambda: self._constant(loss)
            )
        # What a fit that learnt nothing would need comes before what describes it.
        stuck = labels is not None and self._stuck()
        if stuck:
            self._try("trials", lambda: self._trials(answers, loss))
        self._try("layers", self._layers)
        found["attention"] = self._try("attention", lambda: attention(live, rows)) or ()
        found["unused_inputs"] = self._try("unused_inputs", lambda: self._unused(answers))
        found["unused_inputs"] = found["unused_inputs"] or ()
        if labels is not None and self._doubtful():
            words = any(layer.class_name == "Embedding" for layer in self._described())
            found["control"] = self._try(
                "control", lambda: control(rows, labels, loss, words)
            )
            if not stuck:
                self._try("trials", lambda: self._trials(answers, loss))
        found["seconds"] = round(since(self._began), 2)
        return Probes(**found, failed=self._failed)

    def _try(self, name: str, probe: Callable[[], T]) -> T | None:
        if self._allowance.left <= 0:
            self._failed[name] = "no time was left for it"
            return None
        try:
            return probe()
        except CannotMeasure as why:
            self._failed[name] = str(why)
        except Exception as error:  # noqa: BLE001  a person's own model may raise anything
            first = (str(error).strip().splitlines() or [""])[0]
            self._failed[name] = f"{type(error).__name__}: {first}"[:200]
        return None

    def _described(self) -> tuple[Any, ...]:
        return self._live.fit.model.layers if self._live.fit.model else ()

    def _doubtful(self) -> bool:
        """Whether the fit leaves a question open that a control or a trial could answer."""
        inside, outside = self._found.get("training"), self._found.get("validation")
        if inside is None or inside.skill is None or inside.skill < _LEARNT:
            return True
        return outside is not None and (outside.skill is None or outside.skill < 0.2)

    def _stuck(self) -> bool:
        inside = self._found.get("training")
        return inside is None or inside.skill is None or inside.skill < _NOTHING

    def _loss_shapes(self) -> bool:
        rows, described = self._live.training, self._live.fit.model
        labels = leaves(rows.y) if rows else []
        if len(labels) != 1 or described is None:
            return False
        loss = getattr(self._live.model, "loss", None)
        return loss_across_rows(loss, described.output_shape, labels[0].shape)

    def _constant(self, loss: str | None) -> float | None:
        labels, rows = self._found["labels"], self._live.training
        assert rows is not None  # noqa: S101  `probes` has looked
        _, y = sample(rows)
        shape = (self._live.fit.model.output_shape if self._live.fit.model else None) or ()
        units = shape[-1] if shape else None
        if units is None:
            return None
        from whylow.probes._skill import target_of

        return loss_constant(target_of(y, labels, units, loss), loss)

    def _layers(self) -> None:
        jax_only(self._live)
        rows = self._live.training
        assert rows is not None  # noqa: S101  `jax_only` has looked
        start, end = start_of(self._live), end_of(self._live)
        tracer = self._try("tracing", lambda: self._tracer(rows))
        before = self._try("tracing", lambda: tracer(start)) if tracer else None
        after = self._try("tracing", lambda: tracer(end)) if tracer and before else None
        self._found["layers"] = layer_probes(self._live, start, end, before, after)
        self._found["penalty_start"] = _penalty(self._live, start)
        self._found["penalty_end"] = _penalty(self._live, end)
        if before is not None:
            self._found["loss_start"] = before.loss
            self._found["masked_layers"] = before.masked
        if after is not None:
            self._found["loss_training_mode"] = after.loss

    def _tracer(self, rows: Rows) -> Tracer:
        if self._allowance.left < self._compiled / 2:  # a forward pass and what it keeps
            raise CannotMeasure("no time was left for it")
        return Tracer(self._live, rows)

    def _unused(self, answers: Answers) -> tuple[str, ...]:
        """Name the inputs without which the answers stay the same, of several."""
        import numpy as np

        rows, model = self._live.training, self._live.model
        if rows is None or not isinstance(rows.x, (list, tuple, dict)):
            return ()
        x, _ = sample(rows, 128)
        keys = list(x) if isinstance(x, dict) else list(range(len(x)))
        if len(keys) < 2:
            return ()
        names = keys if isinstance(x, dict) else [t.name for t in model.inputs]
        whole = answers(x)
        generator = np.random.default_rng(0)
        unused = []
        for key, name in zip(keys, names, strict=True):
            mixed = dict(x) if isinstance(x, dict) else list(x)
            mixed[key] = generator.permutation(x[key])
            if np.array_equal(answers(mixed), whole):
                unused.append(str(name))
        return tuple(unused)

    def _trials(self, answers: Answers, loss: str | None) -> None:
        if not self._with_trials:
            raise CannotMeasure("no trials were asked for")
        jax_only(self._live)
        live, found = self._live, self._found
        rows = live.training
        assert rows is not None  # noqa: S101  `jax_only` has looked
        trials = Trials(live, rows, start_of(live), found["labels"], loss, answers)
        began = now()
        trials.compile()
        self._compiled = since(began)
        found["single_batch"] = self._try(
            "single_batch", lambda: trials.single_batch(self._allowance.part(0.15))
        )
        # Describing the layers, which comes next, compiles a program of about that size.
        left = self._allowance.left
        time = Allowance(max(min(0.8 * left, left - self._compiled), 0.0))
        found["trials"] = self._try(
            "trials", lambda: trials.run(end_of(live), found["steps"], time)
        )
        found["trials"] = found["trials"] or ()


def _penalty(live: LiveFit, state: State) -> float:
    """Return the sum of the regularizers at some weights."""
    import keras

    pairs = zip(live.model.trainable_variables, state.trainable, strict=True)
    return sum(
        float(variable.regularizer(keras.ops.convert_to_tensor(value)))
        for variable, value in pairs
        if variable.regularizer is not None
    )
