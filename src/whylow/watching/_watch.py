"""A callback that records the fit it is given to."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Mapping
from types import FrameType
from typing import Any

import keras

from whylow import probes
from whylow.capture._recording import Recording
from whylow.checks import allowances
from whylow.exceptions import InputError
from whylow.live import LiveFit
from whylow.records import Report
from whylow.watching._check import found_in
from whylow.watching._findings import Findings

_ARGUMENTS = (
    "x",
    "y",
    "batch_size",
    "epochs",
    "callbacks",
    "validation_data",
    "validation_split",
    "shuffle",
    "class_weight",
    "sample_weight",
    "steps_per_epoch",
    "validation_steps",
)


class Watch(keras.callbacks.Callback):
    """Record the `fit` that it is passed to, and say what is wrong with it.

    ```python
    watch = whylow.Watch()
    model.fit(x, y, validation_data=held_out, epochs=5, callbacks=[watch])
    watch.findings
    ```

    It changes nothing: the weights, the random numbers and the history of the fit are those
    of a fit without it. `findings` are worked out when they are first asked for, on the
    model as it is then; ask before the model is trained again.

    Args:
        probe: Whether to also measure the model on some of its rows (activations,
            gradients, short trials from where the fit started). Takes a fifth of the
            fit's own time or five seconds, whichever is more.
        allow: Code of a check → why its findings count for nothing.

    Raises:
        InputError: A code is unknown or has no reason.
    """

    def __init__(
        self, *, probe: bool = True, allow: Mapping[str, str] | None = None
    ) -> None:
        super().__init__()
        self._probe = probe
        self._excused = allowances((allow or {}).items())
        self._recording: Recording | None = None
        self._live: LiveFit | None = None
        self._findings: Findings | None = None

    @property
    def findings(self) -> Findings:
        """What was found, the gravest first.

        Raises:
            InputError: It was passed to no `fit`, or that `fit` has not ended.
        """
        if self._live is None:
            raise InputError(
                "This Watch has seen no fit to its end. Pass it to one:"
                " model.fit(…, callbacks=[watch])."
            )
        if self._findings is None:
            fit = self._live.fit
            if self._probe and self._live.training is not None:
                fit = fit.model_copy(update={"probes": probes.measure(self._live)})
            self._findings = found_in(fit, self._excused, "watch")
        return self._findings

    @property
    def report(self) -> Report:
        """The report that the findings stand in."""
        return self.findings.report

    def on_train_begin(self, logs: Any = None) -> None:
        self._live = self._findings = None
        frame = _frame_of_fit(self.model)
        given = {
            name: frame.f_locals[name]
            for name in _ARGUMENTS
            if frame is not None and frame.f_locals.get(name) is not None
        }
        given["callbacks"] = [self]
        caller = sys._getframe(1)
        recording = Recording([], contextlib.ExitStack(), None, self.model, caller)
        self._recording = recording if recording.begin(given) else None

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        if self._recording is not None:
            self._recording.clock.on_epoch_begin(epoch, logs)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if self._recording is not None:
            self._recording.clock.on_epoch_end(epoch, logs)

    def on_train_end(self, logs: Any = None) -> None:
        if self._recording is not None:
            self._live = self._recording.end()
            self._recording = None

    def __repr__(self) -> str:
        return "Watch()" if self._live is None else repr(self.findings)

    def _repr_html_(self) -> str | None:
        return None if self._live is None else self.findings._repr_html_()


def _frame_of_fit(model: Any) -> FrameType | None:
    """Return the running `fit` of the model: callbacks are not told the data."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        names = frame.f_locals
        fits = frame.f_code.co_name == "fit" and names.get("self") is model
        if fits and "validation_data" in names:
            return frame
        frame = frame.f_back
    return None
