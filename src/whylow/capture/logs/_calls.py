"""Calls in pasted code, found and taken apart without running or even compiling it.

Pasted code has lost its line ends, its indentation, half of its imports. What survives are
calls: a name, brackets that match, arguments. Each one is parsed by itself.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

LONGEST = 6_000
"""Characters that a call may have."""

_MOST_CALLS = 3_000
_CALL = re.compile(
    r"(?<![\w.])(?P<name>[A-Za-z_]\w{0,60}(?:\s?\.\s?[A-Za-z_]\w{0,60}){0,5})\s?\("
)
_ASSIGNED = re.compile(r"(?P<to>[A-Za-z_]\w{0,60})\s*=\s*$")
_APPLIED = re.compile(r"\s*\(\s*(?P<to>[A-Za-z_]\w{0,60}|\[[^\[\]()]{0,200}\])")
_CONSTANT = re.compile(
    r"(?<![\w.])([A-Za-z_]\w{0,60})\s*=\s*(-?\d{1,12}(?:\.\d{1,12})?(?:e-?\d{1,3})?|True|False"
    r"|'[^'\n]{0,60}'|\"[^\"\n]{0,60}\")(?![\w.*/%+(-])"
)
_OPEN, _CLOSE = "([{", ")]}"


@dataclass(frozen=True)
class Call:
    """One call.

    Args:
        name: What is called, dots included.
        start: Where its name begins.
        end: Behind its closing bracket.
        assigned_to: The variable that takes the result, if that is plain to see.
        applied_to: The argument of a second call, `x` in `LSTM(10)(x)`.
        node: Its syntax tree; `None` where it cannot be parsed.
    """

    name: str
    start: int
    end: int
    assigned_to: str | None
    applied_to: str | None
    node: ast.Call | None = field(repr=False)


def calls(text: str, wanted: re.Pattern[str]) -> Iterator[Call]:
    """Yield the calls whose name `wanted` matches in full, outermost first, in order."""
    position, count = 0, 0
    while match := _CALL.search(text, position):
        position = match.end()
        name = re.sub(r"\s", "", match["name"])
        if not wanted.fullmatch(name):
            continue
        count += 1
        if count > _MOST_CALLS:
            return
        end = _closing(text, match.end() - 1)
        if end is None:
            continue
        before = _ASSIGNED.search(text, max(0, match.start() - 80), match.start())
        applied = _APPLIED.match(text, end)
        yield Call(
            name,
            match.start(),
            end,
            before["to"] if before else None,
            applied["to"] if applied else None,
            _parsed(text[match.start() : end]),
        )
        position = end


def constants(text: str) -> dict[str, Any]:
    """Return variables that are set to a plain number, word or truth value just once."""
    found: dict[str, Any] = {}
    for name, literal in _CONSTANT.findall(text[:200_000]):
        value = _literal(literal)
        found[name] = value if found.get(name, value) == value else None
    return {name: value for name, value in found.items() if value is not None}


def plain(node: ast.AST, known: Mapping[str, Any]) -> Any:
    """Return the value of an expression that needs no running, else `None`."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, bool | int | float | str) else None
    if isinstance(node, ast.Name):
        return known.get(node.id)
    if isinstance(node, ast.Tuple | ast.List):
        return tuple(plain(item, known) for item in node.elts)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = plain(node.operand, known)
        return -value if isinstance(value, int | float) else None
    return None


def last_name(node: ast.AST) -> str | None:
    """Return `LSTM` for `keras.layers.LSTM`."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else None


def _literal(text: str) -> bool | int | float | str:
    """Return what stands there; `007` and digits of other scripts are no Python."""
    if text in ("True", "False"):
        return text == "True"
    if text[0] in "'\"":
        return text[1:-1]
    return int(text) if text.removeprefix("-").isdecimal() else float(text)


def _closing(text: str, position: int) -> int | None:
    """Return where the bracket that opens at `position` has closed."""
    depth, quote, end = 0, "", min(len(text), position + LONGEST)
    while position < end:
        letter = text[position]
        if quote:
            if letter == "\\":
                position += 1
            elif letter == quote:
                quote = ""
        elif letter in "'\"":
            quote = letter
        elif letter == "#":
            line_end = text.find("\n", position, end)
            if line_end < 0:
                return None
            position = line_end
        elif letter in _OPEN:
            depth += 1
            if depth > 40:
                return None
        elif letter in _CLOSE:
            depth -= 1
            if depth == 0:
                return position + 1
        position += 1
    return None


def _parsed(source: str) -> ast.Call | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source.replace("\0", ""), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return tree.body if isinstance(tree.body, ast.Call) else None
