"""Progress lines in their order → epochs, and what is no epoch left out.

Hard about it: a bar is printed many times and only the last one counts; `evaluate` and
`predict` print the same bars after or even within an epoch; messages of callbacks stand
in between; the log may begin late and end early.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable

from whylow.capture.logs._fits import Fits, RawFit
from whylow.capture.logs._open_epoch import OpenEpoch
from whylow.capture.logs._pieces import Piece
from whylow.capture.logs._progress import START, Entry, from_match, may_go_on, read_chain

KERAS = "Keras progress lines"
LIGHTNING = "Lightning progress bars"
_BROKEN = re.compile(
    r"(?:(?<![A-Za-z_])Epoch(?:\s+\d{1,9}\s*/?)?|(?<![\w.,])\d{1,12}/\d{1,12}"
    r"|Train\s+(?:on|for)(?:\s+\d{1,12}(?:\s+(?:samples|steps),?(?:\s*validate"
    r"(?:\s+(?:on|for)(?:\s+\d{1,12})?)?)?)?)?)\s*$"
)
"""What a forum's line end may have cut: "Epoch" and "2/3", "164/164" and its bar."""
_MAY_HOLD = re.compile(r"[Ee]poch|\d\s?/|[-\u2013\u2014]\s*\d+s |Train ")


class Epochs:
    """Reads progress lines into fits.

    Args:
        fits: Where the epochs go.
        leave: Takes the text that is no progress line.
    """

    def __init__(self, fits: Fits, leave: Callable[[str], None]) -> None:
        self._fits = fits
        fits.on_take_over = self.finish
        self._leave = leave
        self._open: OpenEpoch | None = None
        self._chain: Entry | None = None
        self._rest = ""
        self._overwritten = False
        self._sizes: tuple[int, int | None, str] | None = None
        self._stride = 0
        self._cut = False
        self._held = ""

    def feed(self, piece: Piece) -> None:
        """Read one line."""
        text, position = self._held + piece.text, 0
        self._held = ""
        if self._chain is not None:
            text, position = self._go_on(self._chain, text)
        if self._chain is None and not _MAY_HOLD.search(text, position):
            self._leave(text[position:])
        else:
            self._scan(text, position)
        self._overwritten = piece.end == "overwritten"
        self._cut = piece.end == "cut"
        if not self._cut:
            self._rest = self._rest and self._rest + " "

    def finish(self) -> None:
        """Close what is open: the input is over, or another kind of table begins."""
        self._leave(self._held)
        self._held = ""
        self._end_chain(input_ends=True)
        self._close_epoch(followed=False)
        self._sizes = None

    def _go_on(self, chain: Entry, text: str) -> tuple[str, int]:
        """Try to continue the chain of the line before; forums break lines anywhere."""
        joined = self._rest + text
        position = read_chain(chain, joined, 0)
        if position or (may_go_on(joined) and len(joined) < 100):
            self._rest = ""
            if may_go_on(joined[position:]):
                self._rest = joined[position:]
                return joined, len(joined)
            self._end_chain()
            return joined, position
        self._leave(self._rest)
        self._end_chain()
        return text, 0

    def _scan(self, text: str, position: int) -> None:
        while match := START.search(text, position):
            self._end_chain()
            if match.start() > position:
                self._leave(text[position : match.start()])
            first = not text[: match.start()].strip()
            position = match.end()
            if match["epoch"] is not None:
                self._header(int(match["epoch"]), int(match["epochs"]))
            elif match["train"] is not None:
                self._train_on(match)
            else:
                if match["tqdm"] is not None:
                    self._tqdm_epoch(int(match["tqdm"]) + 1, int(match["tqdm_done"]))
                self._chain = from_match(match, overwrote=first and self._overwritten)
                position = read_chain(self._chain, text, position)
                rest = text[position:]
                if may_go_on(rest):
                    self._rest = rest
                    return
        if position < len(text):
            self._end_chain()
            broken = _BROKEN.search(text, max(position, len(text) - 100))
            end = broken.start() if broken else len(text)
            self._held = text[end:] + " " if broken else ""
            self._leave(text[position:end])

    def _end_chain(self, input_ends: bool = False) -> None:
        entry, self._chain, self._rest = self._chain, None, ""
        if entry is None:
            return
        if input_ends and self._cut and entry.cut:
            del entry.metrics[entry.cut]
        self._entry(entry)

    def _train_on(self, match: re.Match[str]) -> None:
        self._close_epoch(followed=True)
        self._fits.close()
        validate = int(match["validate"]) if match["validate"] else None
        self._sizes = (int(match["train"]), validate, match["unit"])

    def _header(self, number: int, planned: int) -> None:
        self._close_epoch(followed=True)
        fit = self._fits.current
        last = fit.numbers[-1] if fit and fit.epochs else 0
        goes_on = (
            fit is not None
            and fit.form == KERAS
            and number > last
            and (number == last + 1 or fit.planned == planned)
            and not (number == 1 and self._sizes)
        )
        if not goes_on:
            self._start(KERAS)
        self._open = OpenEpoch(number, planned)

    def _tqdm_epoch(self, number: int, done: int) -> None:
        epoch = self._open
        if epoch is not None and epoch.number == number and done >= epoch.done:
            return
        self._close_epoch(followed=True)
        fit = self._fits.current
        if not fit or fit.form != LIGHTNING or (fit.epochs and number <= fit.numbers[-1]):
            self._start(LIGHTNING)
        self._open = OpenEpoch(number, None)

    def _start(self, form: str) -> RawFit:
        fit = self._fits.start(form)
        self._stride = 0
        if self._sizes:
            train, validate, unit = self._sizes
            fit.counts, self._sizes = unit, None
            if unit == "samples":
                fit.training_rows, fit.validation_rows = train, validate
        return fit

    def _entry(self, entry: Entry) -> None:
        epoch = self._open
        if epoch is None:
            if not (entry.validated and entry.complete):
                return  # a bar of `evaluate` or `predict`
            fit = self._fits.current
            if fit is None or fit.form != KERAS:
                fit = self._start(KERAS)
            epoch = self._open = OpenEpoch(fit.epochs + 1, None)
            self._take(epoch, entry)
            self._close_epoch(followed=True)
        elif epoch.admits(entry):
            self._take(epoch, entry)

    def _take(self, epoch: OpenEpoch, entry: Entry) -> None:
        if entry.done is not None and epoch.done < entry.done < (entry.total or 0):
            self._stride = math.gcd(self._stride, entry.done)
        epoch.take(entry)
        self._facts(entry)

    def _facts(self, entry: Entry) -> None:
        fit = self._fits.current
        if fit is None or entry.style == "tqdm":
            return
        if entry.total is not None:
            fit.total = entry.total
        if entry.per == "sample":
            fit.counts = "samples"
        elif fit.counts is None and entry.style in ("line", "plain") and entry.done:
            fit.counts = "steps"
        if fit.total is not None and fit.total == fit.training_rows:
            fit.counts = "samples"

    def _close_epoch(self, followed: bool) -> None:
        epoch, self._open = self._open, None
        fit = self._fits.current
        if epoch is None or fit is None:
            return
        if epoch.planned is not None:
            fit.planned = max(epoch.planned, fit.planned or 0)
        if not (epoch.through or followed) and epoch.metrics:
            fit.cut_off = (epoch.number, epoch.done, epoch.total or 0)
            return
        if fit.counts == "samples" and self._stride > 1:
            fit.batch_size = self._stride
        self._fits.add(epoch.number, epoch.metrics, epoch.seconds)
