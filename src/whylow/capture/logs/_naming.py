"""Names for fits: by what their models differ in, if the code shows it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePath

from whylow.capture.logs._code import CodeFit
from whylow.records import Layer

_LABEL = re.compile(r"(?:^|\n)[\s#*>-]*([A-Za-z][^\n:=()\[\]{}]{1,28}?)\s*:?\s*[*#]*\s*$")
_LONGEST = 24


def names(
    codes: Sequence[CodeFit | None], before: Sequence[str], files: Sequence[str]
) -> list[str]:
    """Return a name for each fit, all different.

    Args:
        codes: What the code says of each fit.
        before: The text before each log, whose last line may be a heading.
        files: The file of each.
    """
    if len(codes) == 1:
        variable = codes[0].variable if codes[0] else ""
        return [variable or _stem(files[0]) or "the fit"]
    for candidates in (
        _by_layers(codes),
        [_stem(file) for file in files],
        [_heading(text) for text in before],
        [code.variable if code else "" for code in codes],
    ):
        if all(candidates) and len(set(candidates)) == len(codes):
            return [name[:_LONGEST] for name in candidates]
    return [f"fit {number}" for number in range(1, len(codes) + 1)]


def _by_layers(codes: Sequence[CodeFit | None]) -> list[str]:
    if not all(code is not None and code.layers for code in codes):
        return []
    classes = [_classes(code.layers) for code in codes if code is not None]
    common = set(classes[0]).intersection(*classes)
    own = [[name for name in listed if name not in common] for listed in classes]
    words = [" + ".join(dict.fromkeys(map(_word, listed))) for listed in own]
    if words.count("") == 1:
        others = {word for word in words if word}
        words[words.index("")] = f"no {others.pop()}" if len(others) == 1 else "plain"
    return words if all(len(word) <= _LONGEST for word in words) else []


def _classes(layers: Sequence[Layer]) -> list[str]:
    found = []
    for layer in layers:
        wrapped = layer.config.get("layer")
        if isinstance(wrapped, dict):
            found.append(str(wrapped.get("class_name")))
        found.append(layer.class_name)
    return list(dict.fromkeys(found))


def _word(class_name: str) -> str:
    return "attention" if "attention" in class_name.lower() else class_name


def _heading(text: str) -> str:
    match = _LABEL.search(text[-200:].rstrip())
    return match[1].strip() if match else ""


def _stem(file: str) -> str:
    return PurePath(file).stem if file and file != "-" else ""
