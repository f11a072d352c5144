"""Checks of a compiled model and its data, without training it."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from whylow.capture._clock import nullable
from whylow.capture._recording import Recording
from whylow.checks import allow as allow_findings
from whylow.checks import allowances, run_checks
from whylow.exceptions import InputError
from whylow.live import LiveFit
from whylow.records import Fit, Report
from whylow.watching._findings import Findings


def check(
    model: Any,
    x: Any,
    y: Any = None,
    *,
    validation_data: Any = None,
    allow: Mapping[str, str] | None = None,
    **fit_arguments: Any,
) -> Findings:
    """Check a compiled Keras model and the data it is, or was, to be trained on.

    Nothing is trained and nothing is changed. Of a model that was trained, the learning
    curves of its last `fit` are read too. Checks that need what happens inside a training
    (gradients, dead units, trials with another learning rate) need `Watch` or
    `whylow run`; they are listed in `findings.report.checks_not_run`.

    Args:
        model: A compiled `keras.Model`.
        x: Inputs `(N, …)`, or lists and dicts of them, as `fit` takes them.
        y: Labels `(N, …)`.
        validation_data: `(x, y)` that is held out, as `fit` takes it.
        allow: Code of a check → why its findings count for nothing.
        **fit_arguments: Others of `fit` that say how it is trained: `batch_size`,
            `epochs`, `validation_split`, `class_weight`, `shuffle`, `callbacks`.

    Returns:
        What was found, the gravest first.

    Raises:
        InputError: The model is not compiled, an argument is not one of `fit`, a code is
            unknown, or the data cannot be read.
    """
    _refuse_unusable(model)
    excused = allowances((allow or {}).items())
    given = {"x": x, "y": y, "validation_data": validation_data, **fit_arguments}
    live = _recorded(model, {key: one for key, one in given.items() if one is not None})
    return found_in(live.fit, excused)


def found_in(fit: Fit, excused: Mapping[str, str], command: str = "check") -> Findings:
    """Run the checks on one fit."""
    findings, not_run = run_checks([fit], ())
    return Findings(
        Report(
            command=command,
            fits=(fit,),
            findings=allow_findings(findings, excused),
            checks_not_run=not_run,
        )
    )


def _refuse_unusable(model: Any) -> None:
    import keras

    if not isinstance(model, keras.Model):
        raise InputError(
            "whylow.check expects a compiled keras.Model. Received:"
            f" {type(model).__name__}."
        )
    if not getattr(model, "compiled", False):
        raise InputError(
            f"The model `{model.name}` is not compiled. Call"
            ' `model.compile(loss=…, metrics=["accuracy"])` before whylow.check.'
        )


def _recorded(model: Any, given: dict[str, Any]) -> LiveFit:
    """Record a call of `fit` that trains nothing."""
    fits: list[LiveFit] = []
    with contextlib.ExitStack() as installed:
        caller = sys._getframe(2)
        Recording(fits, installed, _build, model, caller).run((), given)
    if not fits:
        raise InputError(
            "whylow.check takes the model and the arguments of `fit`. Received:"
            f" {', '.join(given)}."
        )
    live = fits[-1]
    if live.training is None:
        note = live.fit.replay_note or "they are no arrays"
        raise InputError(f"The data cannot be read: {note}.")
    return _with_history(live, getattr(model, "history", None))


def _build(model: Any, x: Any = None, **given: Any) -> None:
    """Stand in for `fit`: build the model as `fit` would, and train nothing."""
    import keras

    if not model.built and x is not None:
        model(keras.tree.map_structure(lambda leaf: leaf[:1], x))


def _with_history(live: LiveFit, history: Any) -> LiveFit:
    values = {
        name: list(values) for name, values in getattr(history, "history", {}).items()
    }
    if not values:
        return live
    epochs = max(map(len, values.values()))
    fit = live.fit.model_copy(update={"history": nullable(values), "epochs": epochs})
    return replace(live, fit=fit)
