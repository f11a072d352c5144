"""Fits of logs → findings, comparisons, the report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from whylow.capture.logs import Logs
from whylow.checks import run_checks
from whylow.exceptions import InputError
from whylow.reading._answer import (
    LIMITS,
    about_many,
    about_one,
    common_metric,
    next_step,
    sentences,
)
from whylow.reading._assume import Known, assume
from whylow.reading._claims import claim_of, ladder
from whylow.reading._options import Options
from whylow.reading._suspects import SEEN, suspects
from whylow.records import CheckNotRun, Comparison, Finding, Fit, Report, Split

_SMALLEST_DIFFERENCE = 0.01
_NOMINAL = 100_000
_ORDER = {"error": 0, "warning": 1, "info": 2}
_NEEDS = {
    "WL401": "the share of the largest class (--majority-share)",
    "WL403": "the number of validation rows (--val-size)",
}
_NEEDS_CODE = "the code of the model (paste it with the log)"


def build(logs: Logs, options: Options, files: Sequence[str] = ()) -> Report:
    """Judge what was read.

    Raises:
        InputError: There is no log in the input.
    """
    if not logs.fits:
        raise InputError(
            "No training log was found. Expected what `fit` prints (`Epoch 1/3 …"
            " loss: 0.34 - accuracy: 0.93`), a CSVLogger file, or `History.history` as"
            " JSON or as a Python dict. Received: text without any."
        )
    known = assume(logs, options)
    fits = tuple(_with_sizes(fit, known) for fit in logs.fits)
    comparisons = _comparisons(fits, logs, known)
    findings, not_run = _findings(fits, comparisons, logs, known)
    step, command = next_step(_main(fits) or fits, logs.text, files)
    comparisons = tuple(
        one.model_copy(update={"next_step": f"{step}: {command}"}) for one in comparisons
    )
    main = _main(fits)
    if len(comparisons) > 1:
        answer = about_many(main, known)
    elif comparisons:
        answer = sentences(comparisons[0], main[0], main[1], known)
    else:
        answer = about_one(fits, findings, known)
    return Report(
        command="read",
        fits=fits,
        findings=findings,
        checks_not_run=not_run,
        comparisons=comparisons,
        notes=(*logs.notes, *known.notes, *_notes(known)),
        protocol=_protocol(known, options, answer, step, command, fits),
    )


def _main(fits: Sequence[Fit]) -> list[Fit]:
    return [fit for fit in fits if fit.role in ("baseline", "variant")]


def _with_sizes(fit: Fit, known: Known) -> Fit:
    if fit.log is None:
        return fit
    facts = fit.log.model_copy(
        update={
            "training_rows": known.training.get(fit.name),
            "validation_rows": known.validation.get(fit.name, ()),
        }
    )
    return fit.model_copy(update={"log": facts})


def _comparisons(fits: Sequence[Fit], logs: Logs, known: Known) -> tuple[Comparison, ...]:
    main = _main(fits)
    made = []
    for variant in main[1:]:
        claim, stated = claim_of(main[0], variant, logs.text)
        comparison = Comparison(
            baseline=main[0].name,
            variant=variant.name,
            metric=claim.metric if claim else common_metric((main[0], variant)),
            smallest_meaningful_difference=_SMALLEST_DIFFERENCE,
            claim=claim,
            ladder=ladder(main[0], variant, claim),
            self_test={"claim_in_figures": stated},
        )
        said = " ".join(sentences(comparison, main[0], variant, known))
        made.append(comparison.model_copy(update={"sentence": said}))
    return tuple(made)


def _findings(
    fits: Sequence[Fit], comparisons: Sequence[Comparison], logs: Logs, known: Known
) -> tuple[tuple[Finding, ...], tuple[CheckNotRun, ...]]:
    found, refused = run_checks([_for_checks(fit, known) for fit in fits], comparisons)
    findings = [_marked(finding, known) for finding in found]
    for fit in fits:
        sizes = known.validation.get(fit.name, ())[:2]
        refuted = sizes if fit.name in known.no_fraction else ()
        findings += suspects(fit, logs.text, refuted)
    findings.sort(key=lambda finding: (_ORDER[finding.severity], finding.code))
    seen = any(fit.model is not None for fit in fits)
    return tuple(findings), tuple(_not_run(refused, seen))


def _for_checks(fit: Fit, known: Known) -> Fit:
    """Give the checks what is known or assumed, which the record itself must not hold."""
    rows = known.rows(fit.name) or 0
    counts = None
    if known.majority is not None:
        many = _NOMINAL
        largest = round(known.majority.share * many)
        counts = {known.majority.answer: largest, "all others": many - largest}
        if 2 * largest < many:  # of several classes none is larger
            parts = max(1, round(1 / known.majority.share))
            counts = {f"class {n}": largest for n in range(1, parts)}
            counts = {known.majority.answer: largest, **counts}
    validation = Split(rows=rows, class_counts=counts) if rows or counts else None
    # The labels' shape is not in a log: the check of labels over time must not guess it.
    return fit.model_copy(update={"training": None, "validation": validation})


def _marked(finding: Finding, known: Known) -> Finding:
    evidence: dict[str, Any] = dict(finding.evidence)
    message = finding.message
    if finding.code == "WL401" and known.majority is not None:
        evidence["rows"] = known.rows(finding.fit or "")
        evidence["assumed"] = known.majority.assumed
        message = message.replace("'", '"')
    if finding.code in ("WL403", "WL405") and any(
        one.what == "validation rows" for one in known.assumptions
    ):
        evidence["rows_assumed"] = True
    if finding.code == "WL203":
        evidence |= {"seen_in_code": True, "measured": False}
        message = f"{message} ({SEEN})"
    return finding.model_copy(update={"evidence": evidence, "message": message})


def _not_run(refused: Sequence[CheckNotRun], seen: bool) -> list[CheckNotRun]:
    """Say what is missing in the words of this command, each code once."""
    said: dict[str, str] = {}
    for refusal in refused:
        if refusal.code in ("WL201", "WL202"):
            if not seen:  # what the code shows was looked at
                said[refusal.code] = f"needs {_NEEDS_CODE}"
        elif refusal.code == "WL203":
            if not seen:
                said[refusal.code] = f"needs {_NEEDS_CODE}"
        elif refusal.code in _NEEDS and "validation accuracy" not in refusal.why:
            said[refusal.code] = f"needs {_NEEDS[refusal.code]}"
        else:
            said.setdefault(refusal.code, refusal.why)
    return [CheckNotRun(code=code, why=why) for code, why in sorted(said.items())]


def _notes(known: Known) -> list[str]:
    return [
        f"Assumed ({one.sure}): {one.what} {one.value}, from {one.why}; {one.option} says"
        " otherwise."
        for one in known.assumptions
    ]


def _protocol(
    known: Known,
    options: Options,
    answer: Sequence[str],
    step: str,
    command: str,
    fits: Sequence[Fit],
) -> dict[str, Any]:
    main = _main(fits) or list(fits)
    limit = LIMITS[min(len(main), 3)]
    return {
        "answer": list(answer),
        "assumptions": [one.as_evidence() for one in known.assumptions],
        "majority": (
            {
                "share": known.majority.share,
                "answer": known.majority.answer,
                "assumed": known.majority.assumed,
            }
            if known.majority
            else None
        ),
        "options": {
            "train_size": options.train_size,
            "val_size": options.val_size,
            "majority_share": options.majority_share,
            "batch_size": options.batch_size,
        },
        "limit": limit.format(variant=main[1].name if len(main) == 2 else ""),
        "next": step,
        "command": command,
    }
