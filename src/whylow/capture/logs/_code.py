"""Models in code that was pasted with a log: seen, not measured."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from whylow.capture.logs._calls import Call, calls, constants, last_name, plain
from whylow.capture.logs._layers import layer_from, with_shapes
from whylow.records import Compile, Layer, Model, Settings

_WANTED = re.compile(
    r"(?:[\w.]+\.)?(?:add|compile|fit|fit_generator|Sequential|Model|train_test_split"
    r"|[A-Z]\w*)"
)
_MOST_LAYERS = 200


@dataclass
class CodeFit:
    """A model that the code builds and, as a rule, trains.

    Args:
        variable: What the code calls it.
        segment: The text it stands in: the number of the log that follows.
        fitted: Whether `fit` is called on it.
        validation_split: As given to `fit`.
        test_size: As given to `train_test_split` before.
    """

    variable: str
    segment: int
    layers: list[Layer] = field(default_factory=list)
    class_name: str = "Sequential"
    chain: bool = True
    compile: Compile | None = None
    settings: Settings | None = None
    fitted: bool = False
    validation_split: float = 0.0
    test_size: float | None = None

    def model(self) -> Model | None:
        """Return the model as a record, with shapes where the layers form a chain."""
        if not self.layers:
            return None
        layers = with_shapes(self.layers) if self.chain else tuple(self.layers)
        return Model(
            class_name=self.class_name,
            backend="unknown",
            layers=layers,
            output_shape=layers[-1].output_shape,
        )


def read_code(texts: Mapping[int, str]) -> list[CodeFit]:
    """Return the trainings that the code describes, in the order of their `fit` calls."""
    reader = _CodeReader(constants("\n".join(texts.values())))
    for segment, text in texts.items():
        reader.read(segment, text)
    return reader.result()


class _CodeReader:
    def __init__(self, known: Mapping[str, Any]) -> None:
        self._known = known
        self._models: dict[str, CodeFit] = {}
        self._all: list[CodeFit] = []
        self._fits: list[CodeFit] = []
        self._loose: list[tuple[Layer, str | None, str | None]] = []
        self._test_size: float | None = None

    def result(self) -> list[CodeFit]:
        """Fits first; of models without a `fit` only if there is no `fit` at all."""
        return self._fits or [model for model in self._all if model.layers]

    def read(self, segment: int, text: str) -> None:
        for call in calls(text, _WANTED):
            if call.node is not None:
                self._read_call(call, call.node, segment)

    def _read_call(self, call: Call, node: ast.Call, segment: int) -> None:
        owner, _, method = call.name.rpartition(".")
        if method == "Sequential":
            self._sequential(call, node, segment)
        elif method == "Model" and (node.args or node.keywords):
            self._functional(call, segment)
        elif method == "add" and len(node.args) == 1:
            self._add(owner, node.args[0], segment)
        elif method == "compile" and owner and owner != "re":
            self._model(owner, segment).compile = _compile(node, self._known)
        elif method in ("fit", "fit_generator") and owner:
            self._fit(owner, node, segment)
        elif method == "train_test_split":
            size = _keyword(node, "test_size", self._known)
            self._test_size = size if isinstance(size, float) else self._test_size
        elif call.applied_to is not None or method == "Input":
            layer = layer_from(node, self._known, len(self._loose) + 1)
            if layer is not None and len(self._loose) < _MOST_LAYERS:
                self._loose.append((layer, call.assigned_to, call.applied_to))

    def _new(self, variable: str, segment: int) -> CodeFit:
        model = CodeFit(variable, segment)
        self._models[variable] = model
        self._all.append(model)
        return model

    def _model(self, variable: str, segment: int) -> CodeFit:
        return self._models.get(variable) or self._new(variable, segment)

    def _sequential(self, call: Call, node: ast.Call, segment: int) -> None:
        model = self._new(call.assigned_to or "model", segment)
        listed = node.args[0] if node.args else None
        if isinstance(listed, ast.List | ast.Tuple):
            for item in listed.elts[:_MOST_LAYERS]:
                self._append(model, item)

    def _functional(self, call: Call, segment: int) -> None:
        model = self._new(call.assigned_to or "model", segment)
        model.class_name = "Functional"
        model.layers = [layer for layer, _, _ in self._loose]
        # Layers form a chain where each takes what the one before it made.
        made = [to for _, to, _ in self._loose]
        taken = [of for _, _, of in self._loose]
        model.chain = taken[1:] == made[:-1] and None not in made[:-1]
        self._loose = []

    def _add(self, owner: str, argument: ast.AST, segment: int) -> None:
        if owner in self._models or (
            isinstance(argument, ast.Call)
            and (last_name(argument.func) or "")[:1].isupper()
        ):
            self._append(self._model(owner, segment), argument)

    def _append(self, model: CodeFit, node: ast.AST) -> None:
        layer = layer_from(node, self._known, len(model.layers) + 1)
        if layer is None:
            model.chain = False
        elif len(model.layers) < _MOST_LAYERS:
            model.layers.append(layer)

    def _fit(self, owner: str, node: ast.Call, segment: int) -> None:
        model = self._models.get(owner) or self._built_elsewhere(owner)
        arguments = {word.arg for word in node.keywords}
        # Scalers, tokenizers and linear models have a `fit` too.
        if model is None and not arguments & {
            "epochs",
            "nb_epoch",
            "validation_data",
            "batch_size",
        }:
            return
        model = model or self._new(owner, segment)
        if model.fitted:
            again = CodeFit(**{**vars(model), "layers": list(model.layers)})
            model = again
        model.fitted, model.segment = True, segment
        model.test_size = self._test_size
        model.settings = _settings(node, self._known)
        split = _keyword(node, "validation_split", self._known)
        model.validation_split = (
            split if isinstance(split, float) and 0 < split < 1 else 0.0
        )
        self._fits.append(model)

    def _built_elsewhere(self, owner: str) -> CodeFit | None:
        """Take `model = build()` for the one model that was built and not yet trained."""
        built = [model for model in self._all if model.layers and not model.fitted]
        if len(built) != 1 or not re.fullmatch(r"\w*(?:model|net|clf)\w*", owner, re.I):
            return None
        built[0].variable = owner
        return built[0]


def _compile(node: ast.Call, known: Mapping[str, Any]) -> Compile:
    named = {word.arg: word.value for word in node.keywords if word.arg}
    for name, argument in zip(("optimizer", "loss", "metrics"), node.args, strict=False):
        named.setdefault(name, argument)
    loss = named.get("loss")
    from_logits = False
    if isinstance(loss, ast.Call):
        from_logits = _keyword(loss, "from_logits", known) is True
    metrics = named.get("metrics")
    listed = metrics.elts if isinstance(metrics, ast.List | ast.Tuple) else []
    return Compile(
        optimizer=_word(named.get("optimizer"), known),
        loss=_word(loss, known),
        from_logits=from_logits,
        metrics=tuple(word for item in listed if (word := _word(item, known))),
    )


def _settings(node: ast.Call, known: Mapping[str, Any]) -> Settings:
    def whole(*names: str) -> int | None:
        for name in names:
            value = _keyword(node, name, known)
            if isinstance(value, int) and not isinstance(value, bool) and value > 0:
                return value
        return None

    split = _keyword(node, "validation_split", known)
    callbacks = next((w.value for w in node.keywords if w.arg == "callbacks"), None)
    listed = callbacks.elts if isinstance(callbacks, ast.List | ast.Tuple) else []
    weights = any(w.arg == "sample_weight" for w in node.keywords)
    return Settings(
        epochs=whole("epochs", "nb_epoch") or 1,
        batch_size=whole("batch_size"),
        shuffle=_keyword(node, "shuffle", known) is not False,
        validation_split=split if isinstance(split, float) and 0 < split < 1 else 0.0,
        sample_weight=weights,
        callbacks=tuple(word for item in listed if (word := _word(item, known))),
    )


def _keyword(node: ast.Call, name: str, known: Mapping[str, Any]) -> Any:
    found = next((word.value for word in node.keywords if word.arg == name), None)
    return None if found is None else plain(found, known)


def _word(node: ast.AST | None, known: Mapping[str, Any]) -> str | None:
    """Return the name of a loss, metric, optimizer or callback, however it is given."""
    if node is None:
        return None
    if isinstance(node, ast.Call):
        return last_name(node.func)
    value = plain(node, known)
    return value if isinstance(value, str) else last_name(node)
