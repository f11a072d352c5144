"""One call of `fit`, from its arguments to its `LiveFit`.

The observer never raises: what cannot be recorded becomes a `replay_note`.
"""

from __future__ import annotations

import contextlib
import inspect
import re
from collections.abc import Callable
from typing import Any

from whylow.capture import _data, _describe, _variables
from whylow.capture._clock import clock, nullable, own_callbacks, typical, with_clock
from whylow.live import LiveFit, Rows
from whylow.records import Fit, Settings

# What a helper calls any model; its caller may know better.
_GENERIC_NAMES = ("self", "model", "net", "clf", "estimator")
_AUTOMATIC_NAME = re.compile(r"(sequential|functional|model)(_[0-9]+)?")


class Recording:
    """One call of `fit`, from its arguments to its `LiveFit`.

    Args:
        fits: Where the `LiveFit` goes.
        installed: Holds what stays in place for as long as the script runs.
        inherited: Keras' own `fit`.
        model: The model that is trained.
        caller: The frame that called `fit`.
    """

    def __init__(
        self,
        fits: list[LiveFit],
        installed: contextlib.ExitStack,
        inherited: Any,
        model: Any,
        caller: Any,
    ) -> None:
        self._fits = fits
        self._installed = installed
        self._fit = inherited
        self._model = model
        self._caller = caller
        self._notes: list[str] = []
        self._digests: dict[int, str] = {}

    def run(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        arguments = self._observe(self._before, args, kwargs)
        if arguments is None:  # Not bound: Keras says what is wrong with the call.
            return self._fit(self._model, *args, **kwargs)
        error: BaseException | None = None
        try:
            return self._train(arguments)
        except BaseException as raised:
            error = raised
            raise
        finally:
            self._observe(self._after, error)

    def begin(self, arguments: dict[str, Any]) -> bool:
        """Record a `fit` that is running already: its arguments; False if it cannot be."""
        return self._observe(self._before, (), arguments) is not None

    def end(self) -> LiveFit | None:
        """Record how that `fit` ended; None where even that is not to be had."""
        if self._batches is not None:
            self._observe(self._batches.draw)
        self._observe(self._after, None)
        return self._fits[-1] if self._fits else None

    @property
    def clock(self) -> Any:
        """The callback that notes what each epoch logged and how long it took."""
        return self._clock

    def _train(self, arguments: dict[str, Any]) -> Any:
        from whylow import keras2

        try:
            return self._fit(self._model, **arguments)
        except ValueError:
            x, y = arguments.get("x"), arguments.get("y")
            self._broadcast = self._observe(
                lambda: keras2.broadcast_of(self._model, y, x=x)
            )
            if self._broadcast is None or not self._broadcast.emulated:
                raise
        # `evaluate` and `predict` come later and need it too.
        self._installed.enter_context(keras2.emulated(self._model))
        return self._fit(self._model, **arguments)

    def _observe(self, step: Callable[..., Any], *args: Any) -> Any:
        try:
            return step(*args)
        except Exception as error:  # noqa: BLE001  the script must not notice us
            self._notes.append(
                f"whylow could not record it ({type(error).__name__}: {error})"
            )
            return None

    # Before training ------------------------------------------------------------------

    def _before(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        from keras.src.trainers.trainer import Trainer

        # The signature that Keras documents, not that of whoever else wrapped `fit`.
        bound = inspect.signature(Trainer.fit).bind(self._model, *args, **kwargs)
        arguments = dict(list(bound.arguments.items())[1:])
        self._given = dict(arguments)
        self._broadcast = None
        self._training = self._validation = self._batches = self._validation_batches = None
        self._optimizer = getattr(self._model, "optimizer", None)
        self._name = self._observe(self._name_of_model) or self._model.name
        self._own_callbacks = own_callbacks(arguments.get("callbacks"))
        self._compiled = self._observe(_describe.describe_compile, self._model)
        self._kept = (
            self._observe(_variables.changed_since_creation, self._variables()) or {}
        )
        self._observe(self._hold_data, arguments)
        self._clock = clock()
        arguments["callbacks"] = with_clock(arguments.get("callbacks"), self._clock)
        return arguments

    def _variables(self) -> list[Any]:
        optimizer = getattr(self._model, "optimizer", None)
        return [*self._model.variables, *getattr(optimizer, "variables", ())]

    def _hold_data(self, arguments: dict[str, Any]) -> None:
        x, y, weight = (arguments.get(key) for key in ("x", "y", "sample_weight"))
        validation = arguments.get("validation_data")
        if _data.is_batched(x):
            self._batches = _data.Batches(x, arguments.get("steps_per_epoch"))
            arguments["x"] = self._batches.passed
        elif _data.is_arrays(x):
            share = arguments.get("validation_split") or 0.0
            if share and validation is None:
                x, y, weight, validation = _split(x, y, weight, share)
            self._training = self._rows(
                x,
                y,
                weight,
                arguments.get("class_weight"),
                arguments.get("batch_size"),
                arguments.get("steps_per_epoch"),
            )
        else:
            self._notes.append(
                f"its data came as {type(x).__name__}, which whylow cannot hold"
            )
        if validation is None:
            return
        if _data.is_batched(validation):
            self._validation_batches = _data.Batches(
                validation, arguments.get("validation_steps")
            )
            arguments["validation_data"] = self._validation_batches.passed
        elif isinstance(validation, (tuple, list)) and len(validation) >= 2:
            weight = validation[2] if len(validation) > 2 else None
            self._validation = self._rows(
                validation[0], validation[1], weight, None, None, None
            )
        else:
            self._notes.append(
                f"its validation data came as {type(validation).__name__}, "
                "which whylow cannot hold"
            )

    def _rows(self, *given: Any) -> Rows:
        rows = _data.rows_of(*given)
        self._digests[id(rows)] = _data.digest(rows)
        return rows

    def _name_of_model(self) -> str:
        """Name the fit as its author does: the model's name, or the variable it is in."""
        if not _AUTOMATIC_NAME.fullmatch(self._model.name):
            return self._model.name
        frame, generic = self._caller, None
        while frame is not None:
            for scope in (frame.f_locals, frame.f_globals):
                for name, value in list(scope.items()):
                    if value is not self._model or name.startswith("_"):
                        continue
                    if name not in _GENERIC_NAMES:
                        return name
                    generic = generic or name
            frame = frame.f_back
        if generic == "model":
            return generic
        return self._model.name

    # After training -------------------------------------------------------------------

    def _after(self, error: BaseException | None) -> None:
        broadcast = self._broadcast or self._silent_broadcast()
        if self._batches is not None:
            self._training = self._observe(
                self._batches.rows, self._given.get("class_weight")
            )
        if self._validation_batches is not None:
            self._validation = self._observe(self._validation_batches.rows, None)
        name = self._model.name
        start = (
            self._observe(_variables.start_of, self._variables(), self._kept, name) or {}
        )
        settings = self._settings()
        x = None if self._training is None else self._training.x
        described = self._observe(_describe.describe_model, self._model, x)
        training, validation, overlap = self._observe(
            _data.summaries, self._training, self._validation
        ) or (None, None, None)
        configured = settings.model_dump(
            include={"epochs", "batch_size", "shuffle", "callbacks"}
        )
        configuration = self._observe(
            _describe.configuration_digest, self._model, configured
        )
        held = ((self._training, training), (self._validation, validation))
        if any(
            split is not None and self._digests.get(id(rows), split.digest) != split.digest
            for rows, split in held
        ):
            self._notes.append("the script changed its arrays while it trained")
        if error is not None and not self._clock.history:
            self._notes.append("it failed before its first epoch ended")
        if self._training is None and not self._notes:
            self._notes.append("whylow could not hold its data")
        fit = Fit(
            name=self._name,
            history=nullable(self._clock.history),
            epochs=len(self._clock.seconds),
            seconds_per_epoch=typical(self._clock.seconds),
            failed=f"{type(error).__name__}: {_first_line(error)}" if error else None,
            replayable=not self._notes,
            replay_note="; ".join(self._notes) or None,
            model=described,
            compile=self._compiled,
            settings=settings,
            training=training,
            validation=validation,
            broadcast=broadcast,
            overlap=overlap,
        )
        self._fits.append(
            LiveFit(
                fit=fit,
                model=self._model,
                optimizer=self._optimizer,
                start=start,
                training=self._training,
                validation=self._validation,
                callbacks=self._own_callbacks,
                configuration=configuration or f"unknown-{id(self)}",
            )
        )

    def _silent_broadcast(self) -> Any:
        from whylow import keras2

        labels = self._training.y if self._training is not None else self._given.get("y")
        return self._observe(keras2.broadcast_of, self._model, labels)

    def _settings(self) -> Settings:
        given = self._given
        weight = given.get("class_weight")
        return Settings(
            epochs=given.get("epochs", 1),
            batch_size=self._training.batch_size
            if self._training
            else given.get("batch_size"),
            shuffle=bool(given.get("shuffle", True)),
            validation_split=given.get("validation_split") or 0.0,
            class_weight={str(k): float(v) for k, v in weight.items()} if weight else None,
            sample_weight=given.get("sample_weight") is not None,
            callbacks=tuple(type(callback).__name__ for callback in self._own_callbacks),
        )


def _split(x: Any, y: Any, weight: Any, share: float) -> tuple[Any, Any, Any, Any]:
    """Cut off the last rows as `validation_split` does."""
    from keras.src.trainers.data_adapters.array_slicing import train_validation_split

    parts: Any = train_validation_split((x, y, weight), share)
    return (*parts[0], parts[1])


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).strip().splitlines()), "")
