"""One pass over any input: fits, and the text around them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO

from whylow.capture.logs._dicts import Histories, TrainerLines
from whylow.capture.logs._epochs import Epochs
from whylow.capture.logs._fits import Fits, RawFit
from whylow.capture.logs._merge import merged
from whylow.capture.logs._notebook import unwrapped
from whylow.capture.logs._pieces import Piece, pieces
from whylow.capture.logs._tables import Tables

_HEAD = 48_000
_TAIL = 16_000
_MOST_SEGMENTS = 20


class Texts:
    """What stands around the logs: code and prose; of long texts both ends are kept."""

    def __init__(self) -> None:
        self._heads: dict[int, list[str]] = {}
        self._tails: dict[int, list[str]] = {}
        self._sizes: dict[int, int] = {}

    def add(self, segment: int, text: str) -> None:
        """Keep a text that stands before fit number `segment`."""
        if not text:
            return
        if segment not in self._heads and len(self._heads) >= _MOST_SEGMENTS:
            return
        size = self._sizes.get(segment, 0)
        self._sizes[segment] = size + len(text)
        if size + len(text) <= _HEAD:
            self._heads.setdefault(segment, []).append(text)
            return
        self._heads.setdefault(segment, [])
        tail = self._tails.setdefault(segment, [])
        tail.append(text[-_TAIL:])
        if len(tail) > 200 or sum(map(len, tail[-3:])) > 2 * _TAIL:
            tail[:] = ["".join(tail)[-_TAIL:]]

    def get(self) -> dict[int, str]:
        """Return segment → text."""
        return {
            segment: "".join(parts) + "".join(self._tails.get(segment, []))[-_TAIL:]
            for segment, parts in sorted(self._heads.items())
        }


@dataclass(frozen=True)
class ReadLog:
    """What one pass found.

    Args:
        fits: In the order of the input.
        texts: Number of the fit it stands before → code and prose.
        left_out: Epochs that were read but not kept.
    """

    fits: tuple[RawFit, ...]
    texts: dict[int, str]
    left_out: int


def read_streams(streams: Iterable[BinaryIO]) -> ReadLog:
    """Read logs from open binary files, in memory that does not grow with them."""
    fits, texts = Fits(), Texts()
    for number, stream in enumerate(streams):
        fits.source = number
        _Reader(fits, texts).read(stream)
    return ReadLog(merged(fits.done, texts.get()), texts.get(), fits.left_out)


class _Reader:
    def __init__(self, fits: Fits, texts: Texts) -> None:
        self._fits = fits
        self._texts = texts
        self._epochs = Epochs(fits, self._leave)
        self._tables = Tables(fits)
        self._histories = Histories(fits)
        self._trainer = TrainerLines(fits)

    def read(self, stream: BinaryIO) -> None:
        for piece in pieces(unwrapped(stream)):
            self._feed(piece)
        self._tables.finish()
        self._histories.finish()
        rest = self._trainer.finish()
        self._epochs.feed(Piece(rest, "cut")) if rest else None
        self._epochs.finish()
        self._fits.close()
        self._fits.segment += 1

    def _feed(self, piece: Piece) -> None:
        text, end = piece
        whole = end != "cut" or self._tables.open
        if whole and not self._histories.open and self._tables.feed(text):
            return
        line_end = "\n" if end == "line" else ""
        rest = self._histories.feed(text + line_end)
        rest = self._trainer.feed(rest)
        self._epochs.feed(Piece(rest.removesuffix("\n"), end))
        if rest.endswith("\n"):
            self._leave("\n")

    def _leave(self, text: str) -> None:
        self._texts.add(self._fits.segment, text)
