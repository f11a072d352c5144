"""A model built again with some of its layers changed, every other layer as it was.

Layers keep their names, so that a weight keeps its place, and with it the draw that it
starts from within a pair (`whylow.live.Drawn.key`). What started from a value of its own,
a pre-trained embedding for instance, starts from it again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from whylow.remedies._remedy import NotApplicable

# Layers that stand in the place of the one of that name, given that layer.
Change = Callable[[Any], Sequence[Any]]


def rebuilt_model(
    model: Any, changes: Mapping[str, Change], *, time: int | None = None
) -> Any:
    """Return the model built anew, not compiled, with fresh weights.

    Args:
        model: A Sequential or Functional model, nested ones included.
        changes: Name of a layer → what stands in its place, called with the layer.
        time: Another length of the only input's axis 1.

    Raises:
        NotApplicable: The model is no graph of layers, or a layer cannot be made again.
    """
    import keras

    if not isinstance(model, keras.Sequential) and not _is_graph(model):
        raise NotApplicable(
            f"`{model.name}` is a subclassed model, whose layers cannot be exchanged"
        )
    if isinstance(model, keras.Sequential) and type(model) is not keras.Sequential:
        # A plain Sequential would lack what the class adds, its own step for instance.
        raise NotApplicable(f"`{model.name}` is of a class of its own")
    names = {layer.name for layer in model._flatten_layers()}
    for name in changes:
        if name not in names:
            raise NotApplicable(f"`{model.name}` has no layer `{name}` of its own")
    classes = {type(layer).__name__: type(layer) for layer in model._flatten_layers()}
    with keras.saving.custom_object_scope(classes), _as_not_compiled(model):
        try:
            return _rebuilt(model, dict(changes), time)
        except NotApplicable:
            raise
        except Exception as error:  # noqa: BLE001  a layer may raise anything here
            first = next(iter(str(error).strip().splitlines()), type(error).__name__)
            raise NotApplicable(
                f"the model does not hold together with it ({first})"
            ) from None


def copied(layer: Any, /, **arguments: Any) -> Any:
    """Return a layer made again from its configuration, some arguments changed."""
    import keras

    if isinstance(layer, keras.layers.Lambda):  # Keras refuses to read functions back
        return type(layer)(
            layer.function,
            output_shape=layer._output_shape,
            mask=layer.mask,
            arguments=layer.arguments,
            name=layer.name,
        )
    _refuse_forgotten(layer)
    return type(layer).from_config(_not_built({**layer.get_config(), **arguments}))


def _refuse_forgotten(layer: Any) -> None:
    """Refuse a layer of one's own whose configuration leaves out what it was made with.

    The copy would be another layer, and every remedy seem to cure what it forgot.

    Raises:
        NotApplicable: A value that the layer holds is another one in a copy.
    """
    if type(layer).__module__.partition(".")[0] in ("keras", "whylow"):
        return
    copy = vars(type(layer).from_config(_not_built(layer.get_config())))
    for name, value in vars(layer).items():
        if name in _CHANGING or not isinstance(value, (bool, int, float, str)):
            continue
        if name in copy and copy[name] != value:
            raise NotApplicable(
                f"`{layer.name}` cannot be made again: `get_config` of "
                f"{type(layer).__name__} leaves out `{name}={value}`"
            )


# What Keras changes on a layer as it is built and called.
_CHANGING = frozenset(
    {"_called", "_lock", "_parent_path", "_path", "_post_build_called", "built", "name"}
)


def _not_built(config: Any) -> Any:
    """Return a configuration whose inner layers are built where they are called.

    Keras would build them while it reads the configuration, at a place of their own.
    """
    if isinstance(config, dict):
        return {key: _not_built(part) for key, part in config.items() if key != _BUILD}
    return config


_BUILD = "build_config"


def _rebuilt(model: Any, changes: dict[str, Change], time: int | None) -> Any:
    import keras

    behind: dict[int, Sequence[Any]] = {}

    def first_of(layer: Any) -> Any:
        if isinstance(layer, keras.Sequential) or _is_graph(layer):
            return _rebuilt(layer, changes, None)
        if layer.name not in changes:
            return copied(layer)
        first, *rest = changes[layer.name](layer)
        behind[id(first)] = rest
        return first

    if isinstance(model, keras.Sequential):
        layers = []
        for layer in model.layers:
            first = first_of(layer)
            layers += [first, *behind.get(id(first), ())]
        entry = [_input(one, time) for one in model._layers[:1] if _is_input(one)]
        return keras.Sequential(
            [*entry, *layers], name=model.name, trainable=model.trainable
        )

    def call(layer: Any, *args: Any, **kwargs: Any) -> Any:
        output = layer(*args, **kwargs)
        for following in behind.get(id(layer), ()):
            output = following(output)
        return output

    inputs = keras.tree.map_structure(
        lambda one: keras.Input(
            batch_shape=_longer(one.shape, time), dtype=one.dtype, name=one.name
        ),
        model.input,
    )
    rebuilt = keras.models.clone_model(
        model, input_tensors=inputs, clone_function=first_of, call_function=call
    )
    if type(rebuilt) is not type(model):
        raise NotApplicable(f"`{model.name}` is of a class of its own")
    return rebuilt


def _is_graph(model: Any) -> bool:
    from keras.src.models.functional import Functional

    return isinstance(model, Functional)


def _is_input(layer: Any) -> bool:
    import keras

    return isinstance(layer, keras.layers.InputLayer)


def _input(layer: Any, time: int | None) -> Any:
    import keras

    return keras.Input(
        batch_shape=_longer(layer.batch_shape, time), dtype=layer.dtype, name=layer.name
    )


def _longer(shape: tuple[int | None, ...], time: int | None) -> tuple[int | None, ...]:
    if time is None or len(shape) < 2 or shape[1] is None:
        return tuple(shape)
    return (shape[0], time, *shape[2:])


@contextmanager
def _as_not_compiled(model: Any) -> Iterator[None]:
    """Keep `clone_model` from compiling the copy, which cannot read own losses back."""
    models = [one for one in model._flatten_layers() if getattr(one, "compiled", False)]
    for one in models:
        one.compiled = False
    try:
        yield
    finally:
        for one in models:
            one.compiled = True
