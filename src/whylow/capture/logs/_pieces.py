"""Bytes of any kind → lines of clean text, in bounded memory.

Terminals, notebooks and forums each leave their own dirt in a log: colours, carriage
returns and backspaces that overwrite a progress bar, UTF-16 from a Windows shell,
escaped characters from a web page. What leaves this module is plain text.
"""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Iterator
from typing import BinaryIO, Literal, NamedTuple

CHUNK = 65_536
"""Bytes that are read at a time."""

LONGEST = 65_536
"""Characters after which a line is cut, so that a file without line ends is no danger."""

_END = re.compile(r"\r*\n|[\r\x08]+|[\x0b\x0c\x85\u2028\u2029]")
_COLOUR = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b[@-Z\\-_]|\[\d{1,3}(?:;\d{1,3})*m")
_ENTITY = re.compile(r"&(?:#\d{1,6}|#x[0-9a-fA-F]{1,5}|[a-z]{2,6});")
_BOMS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}


class Piece(NamedTuple):
    """A line, or part of a very long one.

    Args:
        text: The line without its end, clean of colours and escapes.
        end: `"line"` at a line end, `"overwritten"` where a carriage return or backspaces
            take the line back, `"cut"` where a long line was cut or the input ends.
    """

    text: str
    end: Literal["line", "overwritten", "cut"]


def pieces(stream: BinaryIO) -> Iterator[Piece]:
    """Yield the lines of a binary stream, whatever its bytes are.

    Never holds more than about two chunks of text. Bytes that are no text become `�`.
    """
    buffer = ""
    for text in _decoded(stream):
        buffer += text
        start = 0
        for match in _END.finditer(buffer):
            # An end at the buffer's own end may go on in the next chunk: "\r" + "\n".
            if match.end() == len(buffer) and not match.group().endswith("\n"):
                break
            yield _piece(buffer[start : match.start()], match.group())
            start = match.end()
        buffer = buffer[start:]
        while len(buffer) > LONGEST:
            cut = _place_to_cut(buffer)
            yield Piece(_clean(buffer[:cut]), "cut")
            buffer = buffer[cut:]
    match = _END.search(buffer)
    if match:
        yield _piece(buffer[: match.start()], match.group())
    elif buffer:
        yield Piece(_clean(buffer), "cut")


def _decoded(stream: BinaryIO) -> Iterator[str]:
    first = stream.read(CHUNK)
    encoding = "utf-8"
    for bom, name in _BOMS.items():
        if first.startswith(bom):
            first, encoding = first[len(bom) :], name
            break
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    chunk = first
    while chunk:
        yield decoder.decode(chunk)
        chunk = stream.read(CHUNK)
    yield decoder.decode(b"", final=True)


def _piece(text: str, end: str) -> Piece:
    taken_back = "\n" not in end and ("\r" in end or "\x08" in end)
    return Piece(_clean(text), "overwritten" if taken_back else "line")


def _clean(text: str) -> str:
    if "\x1b" in text or "m" in text:
        text = _COLOUR.sub("", text)
    if "&" in text:
        text = _ENTITY.sub(lambda match: html.unescape(match.group()), text)
    return text.replace("\xa0", " ").replace("\0", "")


def _place_to_cut(buffer: str) -> int:
    """Cut before an epoch if there is one, else between two words or numbers."""
    for mark in ("Epoch ", " ", "\t", ","):
        cut = buffer.rfind(mark, LONGEST // 2, LONGEST)
        if cut > 0:
            return cut if mark == "Epoch " else cut + 1
    return LONGEST
