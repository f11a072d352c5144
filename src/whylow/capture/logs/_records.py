"""What was read → `whylow.records.Fit`."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from whylow.capture.logs._code import CodeFit, read_code
from whylow.capture.logs._fits import RawFit
from whylow.capture.logs._naming import names
from whylow.capture.logs._reader import ReadLog
from whylow.records import Fit, LogFacts, Role, Settings, Split

_FOLDS = re.compile(r"\bk?-?folds?\b|n_splits|KFold", re.IGNORECASE)
_MOST_GAPS = 10_000
_MOST_VARIANTS = 8


@dataclass(frozen=True)
class Logs:
    """Fits read from logs, with what else was seen.

    Args:
        fits: In the order of the input; their histories are placed by epoch.
        codes: What the code says of each fit, `None` where nothing does.
        text: The prose and code around the logs.
        notes: What was joined, cut off or left out.
        unmatched: Models in the code that belong to no log in a way that can be told.
    """

    fits: tuple[Fit, ...]
    codes: tuple[CodeFit | None, ...]
    text: str
    notes: tuple[str, ...]
    unmatched: tuple[CodeFit, ...] = ()


def as_records(read: ReadLog, files: Sequence[str]) -> Logs:
    """Turn what one pass found into records.

    Args:
        read: What was found.
        files: The name of each input, `"-"` or `""` for one without.
    """
    found = read_code(read.texts)
    codes, unmatched = _matched(read.fits, found)
    text = "\n".join(read.texts.values())
    before = [read.texts.get(raw.segment, "") for raw in read.fits]
    several = len({raw.source for raw in read.fits}) == len(read.fits) > 1
    sources = [files[raw.source] if several or len(files) == 1 else "" for raw in read.fits]
    labels = names(codes, before, sources) if read.fits else []
    folds = len(read.fits) > 2 and len(found) <= 1 and _FOLDS.search(text) is not None
    fits, notes = [], []
    for place, (raw, code, label) in enumerate(zip(read.fits, codes, labels, strict=True)):
        fit = _fit(raw, code, label, _role(place, len(read.fits), folds))
        if folds and place == 0:
            fit = fit.model_copy(update={"members": tuple(labels[1:])})
        fits.append(fit)
        notes += _notes(raw, label)
    if folds:
        notes.append(
            f"{len(fits)} fits of one model (folds): they are not compared with each other."
        )
    if read.left_out:
        notes.append(
            f"Too long to keep whole: {read.left_out:,} later epochs were left out."
        )
    return Logs(tuple(fits), tuple(codes), text, tuple(notes), tuple(unmatched))


def _matched(
    fits: Sequence[RawFit], found: Sequence[CodeFit]
) -> tuple[list[CodeFit | None], list[CodeFit]]:
    """Give each log the code it came from; where that is not plain, none."""
    if len(found) == len(fits):
        return list(found), []
    if len(found) == 1 and fits:
        return [found[0]] * len(fits) if len(fits) != 2 else [None, None], list(found)
    codes: list[CodeFit | None] = []
    free = list(found)
    for place, fit in enumerate(fits):
        after = fits[place - 1].segment if place else -1
        own = [code for code in free if after < code.segment <= fit.segment]
        codes.append(own[-1] if len(own) == 1 else None)
        free = [code for code in free if code not in own]
    used = [code for code in codes if code is not None]
    return codes, [code for code in found if code not in used]


def _role(place: int, count: int, folds: bool) -> Role:
    if count == 1 or (folds and place) or place > _MOST_VARIANTS:
        return "other"
    return "variant" if place else "baseline"


def _fit(raw: RawFit, code: CodeFit | None, label: str, role: Role) -> Fit:
    settings = code.settings if code else None
    batch_size = raw.batch_size or (settings.batch_size if settings else None)
    if raw.planned and (settings is None or settings.epochs != raw.planned):
        base = settings or Settings(epochs=raw.planned)
        settings = base.model_copy(update={"epochs": raw.planned, "batch_size": batch_size})
    model = code.model() if code else None
    history, missing = _history(raw)
    return Fit(
        name=label,
        role=role,
        history=history,
        epochs=max(map(len, history.values()), default=0),
        seconds_per_epoch=_seconds(raw),
        replay_note="read from a log: there is nothing to train again",
        source="log",
        model=model,
        compile=code.compile if code else None,
        settings=settings,
        training=_rows(raw.training_rows),
        validation=_rows(raw.validation_rows),
        log=LogFacts(
            form=raw.form,
            planned_epochs=raw.planned,
            steps_per_epoch=raw.total if _counts_steps(raw) else None,
            decimals={n: s.decimals for n, s in raw.series.items() if s.decimals >= 0},
            missing={name: count for name, count in missing.items() if count},
        ),
    )


def _history(raw: RawFit) -> tuple[dict[str, tuple[float | None, ...]], dict[str, int]]:
    """Place each value at its epoch; epochs that the log leaves out become nulls."""
    last = raw.numbers[-1]
    gaps = last - raw.epochs
    place_all = 0 < gaps <= _MOST_GAPS and raw.numbers[0] >= 1
    history, missing = {}, {}
    for name, series in raw.series.items():
        values = [None if math.isnan(value) else value for value in series.values]
        missing[name] = series.missing
        if place_all:
            placed: list[float | None] = [None] * last
            for number, value in zip(raw.numbers, values, strict=True):
                placed[number - 1] = value
            values = placed
            missing[name] += gaps
        history[name] = tuple(values)
    return history, missing


def _seconds(raw: RawFit) -> float | None:
    """Return the median; the first epoch also builds the model and is left out."""
    known = [value for value in raw.seconds if not math.isnan(value)]
    later = known[1:] if len(known) == raw.epochs > 1 else known
    return median(later) if later else None


def _counts_steps(raw: RawFit) -> bool:
    if raw.counts is not None:
        return raw.counts == "steps"
    # Keras 1 and 2.0 to 2.2 counted samples and said `acc`.
    return raw.total is not None and "acc" not in raw.series


def _rows(rows: int | None) -> Split | None:
    return Split(rows=rows) if rows else None


def _notes(raw: RawFit, label: str) -> list[str]:
    notes = [f"{label}: {note}." for note in raw.notes]
    if raw.cut_off:
        epoch, done, total = raw.cut_off
        notes.append(f"{label}: epoch {epoch} breaks off at {done} of {total}.")
    if raw.epochs and raw.numbers[-1] != raw.epochs:
        notes.append(
            f"{label}: the log holds {raw.epochs} epochs, numbered up to {raw.numbers[-1]}."
        )
    return notes
