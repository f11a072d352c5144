"""A notebook file: the code and the printed output of its cells, in their order."""

from __future__ import annotations

import io
import json
import re
from typing import Any, BinaryIO, cast

LARGEST = 16 * 2**20
"""Bytes up to which a notebook is read as one; a larger one is read as plain text."""

_LOOKS_LIKE = re.compile(rb'\s*\{[^\[]{0,2000}"cells"\s*:\s*\[')


def unwrapped(stream: BinaryIO) -> BinaryIO:
    """Return a stream of what a notebook shows; any other input as it is."""
    head = stream.read(4096)
    if not _LOOKS_LIKE.match(head):
        return cast(BinaryIO, _Rest(head, stream))
    body = head + stream.read(LARGEST)
    if len(body) >= LARGEST:
        return cast(BinaryIO, _Rest(body, stream))
    try:
        notebook = json.loads(body)
    except (ValueError, RecursionError):
        return io.BytesIO(body)
    return io.BytesIO("\n".join(_texts(notebook)).encode())


def _texts(notebook: Any) -> list[str]:
    texts = []
    for cell in _list(notebook, "cells"):
        texts.append(_text(cell.get("source")))
        for output in _list(cell, "outputs"):
            texts.append(_text(output.get("text")))
            data = output.get("data")
            if isinstance(data, dict):
                texts.append(_text(data.get("text/plain")))
    return [text for text in texts if text]


def _list(parent: Any, key: str) -> list[dict[str, Any]]:
    found = parent.get(key) if isinstance(parent, dict) else None
    return (
        [item for item in found if isinstance(item, dict)]
        if isinstance(found, list)
        else []
    )


def _text(lines: Any) -> str:
    if isinstance(lines, list):
        return "".join(line for line in lines if isinstance(line, str))
    return lines if isinstance(lines, str) else ""


class _Rest(io.RawIOBase):
    """A stream whose beginning was read already."""

    def __init__(self, head: bytes, stream: BinaryIO) -> None:
        self._head = head
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        if self._head:
            head, self._head = self._head[:size], self._head[size:]
            return head
        return self._stream.read(size)
