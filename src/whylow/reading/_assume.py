"""What follows from the log, the code and the options; what is assumed, and how sure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from whylow.capture.logs import (
    CodeFit,
    Logs,
    Printed,
    fits_digits,
    is_accuracy,
    training_range,
    validation_sizes,
)
from whylow.reading._datasets import named_in
from whylow.reading._options import Options
from whylow.reading._suspects import keeps_time
from whylow.records import Fit

Sure = Literal["likely", "guess"]
KERAS_BATCH_SIZE = 32
_FEWEST_DIGITS = 3
_MOST_SHARES = 200


@dataclass(frozen=True)
class Assumption:
    """Something that nobody said.

    Args:
        what: What it is about.
        value: What is assumed.
        sure: `"likely"` or `"guess"`.
        why: What it rests on.
        option: The option that replaces it.
    """

    what: str
    value: str
    sure: Sure
    why: str
    option: str

    def as_evidence(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Majority:
    """The share of the most frequent class, and its name."""

    share: float
    answer: str
    assumed: bool


@dataclass
class Known:
    """Sizes and shares of a report's fits.

    Args:
        training: Fit → lowest and highest number of training rows.
        validation: Fit → numbers of validation rows that are consistent, best first.
        no_fraction: Fits whose printed accuracies are no fractions of those rows.
        majority: The most frequent class; `None` where nothing is known of it.
    """

    training: dict[str, tuple[int, int]] = field(default_factory=dict)
    validation: dict[str, tuple[int, ...]] = field(default_factory=dict)
    no_fraction: set[str] = field(default_factory=set)
    majority: Majority | None = None
    assumptions: list[Assumption] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def rows(self, fit: str) -> int | None:
        """Return the best guess at the validation rows of a fit."""
        sizes = self.validation.get(fit)
        return sizes[0] if sizes else None


def assume(logs: Logs, options: Options) -> Known:
    """Infer what can be inferred; what the person said comes first."""
    known = Known(majority=_majority(logs.text, options))
    if known.majority and known.majority.assumed:
        data_set = named_in(logs.text)
        assert data_set is not None  # noqa: S101 - that is where the share comes from
        sure: Sure = "guess" if data_set.sure == "guess" else "likely"
        known.assumptions.append(
            Assumption(
                "majority class",
                f'{100 * data_set.share:.1f} % "{data_set.answer}"',
                sure,
                f"as in {data_set.name}",
                "--majority-share",
            )
        )
    for fit, code in zip(logs.fits, logs.codes, strict=True):
        rows = _training_rows(fit, code, options, known)
        if rows is not None:
            known.training[fit.name] = rows
    _validation_rows(logs, options, known)
    return known


def shares(fit: Fit) -> tuple[Printed, ...]:
    """Return the validation accuracies that were printed, with their digits."""
    found = []
    for name, values in fit.history.items():
        digits = fit.log.decimals.get(name, 0) if fit.log else 0
        if name.startswith("val_") and is_accuracy(name) and digits >= _FEWEST_DIGITS:
            found += [
                Printed(value, min(digits, 7))
                for value in dict.fromkeys(values)
                if value is not None and 0 <= value <= 1
            ]
    return tuple(found[:_MOST_SHARES])


def _majority(text: str, options: Options) -> Majority | None:
    if options.majority_share is not None:
        return Majority(options.majority_share, "the largest class", False)
    data_set = named_in(text)
    return Majority(data_set.share, data_set.answer, True) if data_set else None


def _training_rows(
    fit: Fit, code: CodeFit | None, options: Options, known: Known
) -> tuple[int, int] | None:
    log = fit.log
    steps = log.steps_per_epoch if log else None
    batch_size = options.batch_size or (fit.settings.batch_size if fit.settings else None)
    if options.train_size is not None:
        if steps and batch_size and math.ceil(options.train_size / batch_size) != steps:
            low, high = training_range(steps, batch_size)
            known.notes.append(
                f"{fit.name}: {options.train_size:,} training rows do not take {steps}"
                f" steps of {batch_size}; {low:,} to {high:,} would."
            )
        return options.train_size, options.train_size
    if fit.training is not None:
        return fit.training.rows, fit.training.rows
    if not steps:
        return None
    if not batch_size and code is not None and code.fitted:
        batch_size = KERAS_BATCH_SIZE
        default = Assumption(
            "batch size", str(batch_size), "likely", "Keras' default", "--batch-size"
        )
        if default not in known.assumptions:
            known.assumptions.append(default)
    return training_range(steps, batch_size) if batch_size else None


def _validation_rows(logs: Logs, options: Options, known: Known) -> None:
    """Find sizes that fit the digits of all fits with the same training rows together."""
    groups: dict[tuple[int, int] | None, list[tuple[Fit, CodeFit | None]]] = {}
    for fit, code in zip(logs.fits, logs.codes, strict=True):
        given = options.val_size or (fit.validation.rows if fit.validation else None)
        if given:
            known.validation[fit.name] = (given,)
            _check_given(fit, given, known)
        else:
            groups.setdefault(known.training.get(fit.name), []).append((fit, code))
    for training, members in groups.items():
        if training is not None:
            _infer(training, members, known)


def _check_given(fit: Fit, rows: int, known: Known) -> None:
    wrong = [printed for printed in shares(fit) if not fits_digits(rows, [printed])]
    if not wrong or keeps_time(fit):
        known.no_fraction |= {fit.name} if wrong else set()
        return
    known.no_fraction.add(fit.name)
    share, digits = wrong[0].share, wrong[0].decimals
    near = next(
        (
            size
            for off in range(1, 200)
            for size in (rows - off, rows + off)
            if size > 0 and fits_digits(size, shares(fit))
        ),
        None,
    )
    hint = f" {near:,} would fit." if near else ""
    known.notes.append(
        f"{fit.name}: {share:.{digits}f} is no fraction of {rows:,} validation rows.{hint}"
    )


def _infer(
    training: tuple[int, int], members: Sequence[tuple[Fit, CodeFit | None]], known: Known
) -> None:
    # One answer for each time step is no fraction of texts: such a fit says nothing.
    telling = [fit for fit, _ in members if shares(fit) and not keeps_time(fit)]
    part = next((held for _, code in members if (held := _held_out(code))), None)
    together = [printed for fit in telling for printed in shares(fit)]
    found = validation_sizes(training, together, part) if telling else None
    if found is None:
        return
    guessed, sizes = found
    for fit, _ in members:
        known.validation[fit.name] = sizes
        if not any(fits_digits(size, shares(fit)) for size in sizes):
            known.no_fraction.add(fit.name)
    known.assumptions.append(
        Assumption(
            "validation rows",
            " or ".join(f"{size:,}" for size in sorted(sizes[:2]))
            + (" or a few more" if len(sizes) > 2 else ""),
            "likely" if part else "guess",
            f"{100 * guessed:.0f} % held out, by the printed digits",
            "--val-size",
        )
    )


def _held_out(code: CodeFit | None) -> float | None:
    if code is None:
        return None
    if code.validation_split:
        return code.validation_split
    return code.test_size if code.test_size and 0 < code.test_size < 1 else None
