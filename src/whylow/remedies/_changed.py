"""A changed fit beside the one that it came from: same rows, same draws, same settings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from whylow import keras2
from whylow.capture._data import summary
from whylow.capture._describe import describe_compile, describe_model
from whylow.capture._variables import places, remember_initializers, start_of
from whylow.live import Kept, LiveFit, Rows
from whylow.remedies._rebuild import Change, rebuilt_model
from whylow.remedies._remedy import NotApplicable


def with_layers(
    live: LiveFit,
    remedy: str,
    changes: Mapping[str, Change],
    *,
    rows: tuple[Rows, Rows] | None = None,
    time: int | None = None,
    **compiled: Any,
) -> LiveFit:
    """Return the fit with some layers changed.

    Args:
        live: The fit.
        remedy: Name of the remedy, for the name of the changed fit.
        changes: Name of a layer → what stands in its place.
        rows: Other training and validation rows.
        time: Another length of the texts.
        **compiled: Arguments of `compile` that change too; see `with_compile`.

    Raises:
        NotApplicable: The model cannot be built that way.
    """
    if live.training is None or live.validation is None:
        raise NotApplicable("the rows of the fit could not be held")
    with rebuilding():
        model = rebuilt_model(live.model, changes, time=time)
        return _recorded(live, remedy, model, compiled, rows)


def with_model(live: LiveFit, remedy: str, model: Any) -> LiveFit:
    """Return the fit with another model, compiled as the fit's own was."""
    return _recorded(live, remedy, model, {}, None)


def with_compile(live: LiveFit, remedy: str, **compiled: Any) -> LiveFit:
    """Return the fit compiled in another way.

    Args:
        live: The fit.
        remedy: Name of the remedy.
        **compiled: `loss` or `metrics` as `compile` takes them; `optimizer` as a function
            that makes it; `optimizer_config` as arguments of the fit's own that change.
    """
    return with_layers(live, remedy, {}, **compiled)


def with_settings(live: LiveFit, remedy: str, **settings: Any) -> LiveFit:
    """Return the fit with other settings of `fit`; the model is the same one."""
    assert live.fit.settings is not None  # noqa: S101  held by whoever calls
    changed = live.fit.settings.model_copy(update=settings)
    training = live.training
    if training is not None and "batch_size" in settings:
        training = replace(training, batch_size=settings["batch_size"])
    fit = live.fit.model_copy(update={"settings": changed, "name": _named(live, remedy)})
    return replace(live, fit=fit, training=training)


def with_rows(
    live: LiveFit, remedy: str, training: Rows, validation: Rows | None = None
) -> LiveFit:
    """Return the fit on other rows; the model is the same one."""
    validation = validation or live.validation
    splits = {
        "training": summary(training),
        "validation": None if validation is None else summary(validation),
    }
    fit = live.fit.model_copy(update={**splits, "name": _named(live, remedy)})
    return replace(live, fit=fit, training=training, validation=validation)


def _named(live: LiveFit, remedy: str) -> str:
    return f"{live.fit.name} + {remedy}"


@contextmanager
def rebuilding() -> Iterator[None]:
    """Remember what new variables start from, as capture does while a script runs."""
    from keras.src.backend.common.variables import Variable

    original = remember_initializers(Variable)
    try:
        yield
    finally:
        Variable.__init__ = original


def _recorded(
    live: LiveFit,
    remedy: str,
    model: Any,
    compiled: dict[str, Any],
    rows: tuple[Rows, Rows] | None,
) -> LiveFit:
    """Compile and build the model as `fit` would, and record it as capture does."""
    training, validation = rows or (live.training, live.validation)
    assert training is not None  # noqa: S101  whoever calls has looked
    assert validation is not None  # noqa: S101
    config = compiled.pop("optimizer_config", {})
    make = compiled.pop("optimizer", lambda: optimizer_again(live, config))
    with rebuilding():
        optimizer = make()
        model.compile(**{**_compile_arguments(live.model), **compiled}, optimizer=optimizer)
        try:
            with keras2.emulated(model):
                model._symbolic_build(data_batch=_batch(training))
        except (ValueError, TypeError, RuntimeError) as error:
            first = next(iter(str(error).strip().splitlines()), "")
            raise NotApplicable(f"it would not train with it ({first})") from None
        optimizer.build(model.trainable_variables)
    _refuse_lost_start(live, model)
    model_start = _start(live, live.model.variables, model.variables)
    optimizer_start = _start(
        live,
        live.optimizer.variables,
        optimizer.variables,
        fresh=getattr(optimizer, "_learning_rate", None),
    )
    broadcast = keras2.broadcast_of(model, training.y, x=training.x)
    splits = (
        {"training": summary(training), "validation": summary(validation)} if rows else {}
    )
    fit = live.fit.model_copy(
        update={
            "name": _named(live, remedy),
            "model": describe_model(model, training.x),
            "compile": describe_compile(model),
            "broadcast": broadcast,
            **splits,
        }
    )
    return replace(
        live,
        fit=fit,
        model=model,
        optimizer=optimizer,
        start=model_start | optimizer_start,
        training=training,
        validation=validation,
        configuration=f"{live.configuration}+{remedy}",
    )


def _refuse_lost_start(live: LiveFit, model: Any) -> None:
    """Refuse where a weight that starts from a value of its own would be drawn instead.

    In another shape it would, and the remedy would cure what the start is to blame for.

    Raises:
        NotApplicable: There is such a weight.
    """
    new = set(places(model.weights))
    paths = {place.partition("(")[0] for place in new}
    for variable, place in zip(live.model.weights, places(live.model.weights), strict=True):
        path = place.partition("(")[0]
        kept = isinstance(live.start.get(id(variable)), Kept)
        if kept and place not in new and path in paths:
            raise NotApplicable(
                f"`{path}` starts from values of its own, which do not fit another shape"
            )


def _start(
    live: LiveFit, old: Iterable[Any], new: Iterable[Any], fresh: Any = None
) -> dict[int, Any]:
    """Say where the new variables start; values that were kept at the same place stay."""
    old, new = list(old), list(new)
    start = start_of(new, {}, live.model.name)
    known = dict(zip(places(old), old, strict=True))
    for place, variable in zip(places(new), new, strict=True):
        before = live.start.get(id(known.get(place)))
        if isinstance(before, Kept) and variable is not fresh:
            start[id(variable)] = before
    return start


def optimizer_again(live: LiveFit, changed: Mapping[str, Any]) -> Any:
    """Return a fit's optimizer made anew, not built, with some arguments changed."""
    config = dict(live.optimizer.get_config())
    rate = live.start.get(id(getattr(live.optimizer, "_learning_rate", None)))
    if isinstance(rate, Kept) and not isinstance(config.get("learning_rate"), dict):
        config["learning_rate"] = float(rate.value)  # a callback may have changed it since
    return type(live.optimizer).from_config({**config, **changed})


def _compile_arguments(model: Any) -> dict[str, Any]:
    import keras

    if type(model).compile is not keras.Model.compile:
        raise NotApplicable(f"`{model.name}` has a `compile` of its own")
    given = dict(getattr(model._compile_config, "config", {}))
    given.pop("optimizer", None)

    def fresh(metric: Any) -> Any:
        if isinstance(metric, keras.metrics.Metric):
            return type(metric).from_config(metric.get_config())
        return metric

    for key in ("metrics", "weighted_metrics"):
        given[key] = keras.tree.map_structure(fresh, given.get(key))
    return given


def _batch(rows: Rows) -> Any:
    import keras

    parts = (rows.x, rows.y, rows.sample_weight)
    return keras.tree.map_structure(
        lambda part: part[: rows.batch_size],
        tuple(part for part in parts if part is not None),
    )
