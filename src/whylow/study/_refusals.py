"""What whylow refuses to study: one sentence each that says what, and how to mend it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace

from whylow import records
from whylow.capture._groups import Groups, group
from whylow.capture._recorder import Recorder
from whylow.capture._script import ScriptOutcome
from whylow.exceptions import InputError, ScriptError
from whylow.study._options import Options


def grouped(
    script: str | os.PathLike[str],
    args: Sequence[str],
    recorder: Recorder,
    outcome: ScriptOutcome,
    options: Options,
) -> Groups:
    """Return the fits that belong together, or refuse what nothing can be told of.

    Raises:
        InputError: A name is that of no fit, or the data of a fit cannot be judged.
        ScriptError: The script trained nothing.
    """
    if not recorder.fits:
        raise no_fit(os.fspath(script), list(args), outcome.error, outcome.exit_status)
    groups = group(recorder.fits, baseline=options.baseline, variants=options.variants)
    # Without a comparison the checks say what is wrong with the rows, which helps more.
    if groups.variants and options.replay:
        for live in groups.fits:
            refuse_unusable(live.fit)
    return groups


def without_replay_if_interrupted(
    options: Options, outcome: ScriptOutcome
) -> tuple[Options, tuple[str, ...]]:
    """Return the options, replay switched off where the person ended the script."""
    if not isinstance(outcome.error, KeyboardInterrupt):
        return options, ()
    note = "The script was interrupted, so nothing was trained again."
    return replace(options, replay=False, confirm=False), (note,)


def no_fit(
    script: str, args: list[str], error: BaseException | None, exit_status: int
) -> ScriptError:
    from whylow.capture._packages import missing_package

    missing = missing_package(error, script, args)
    if missing is not None:
        return missing
    if isinstance(error, KeyboardInterrupt):
        return ScriptError(f"{script} was interrupted before it trained a model.")
    ours = [arg for arg in args if arg.partition("=")[0] in _OWN_OPTIONS]
    if exit_status and ours:
        return ScriptError(
            f"{script} ended with exit status {exit_status} before it trained a model. "
            f"{ours[0]} stands behind the script's name and went to the script; "
            f"options of whylow stand before it: whylow run {ours[0]} … {script} …"
        )
    if exit_status:
        why = f" ({type(error).__name__})" if error is not None else ""
        return ScriptError(
            f"{script} ended with exit status {exit_status}{why} before it trained a "
            "model; what it printed above says why."
        )
    return ScriptError(
        f"{script} ran to its end and never called `fit` of a Keras model. whylow records "
        "calls of `keras.Model.fit`; it cannot see own training loops or other processes."
    )


_OWN_OPTIONS = frozenset(
    "--budget --max-pairs --metric --smallest-difference --claim --baseline --variant "
    "--test --prepare --format --report --checks-only --no-replay --exit-zero".split()
)


def refuse_unusable(fit: records.Fit) -> None:
    """Refuse data on which no two fits can be compared.

    Raises:
        InputError: A value is NaN or infinite, or all labels are of one class.
    """
    for part, split in (("training", fit.training), ("validation", fit.validation)):
        if split is None:
            continue
        if split.nan_count:
            raise InputError(
                f"The {part} data of `{fit.name}` hold {split.nan_count} NaN or infinite "
                "values. Expected finite numbers: fill or drop them before `fit`."
            )
        if split.class_counts is not None and len(split.class_counts) < 2:
            raise InputError(
                f"The {part} labels of `{fit.name}` are all of class "
                f"{next(iter(split.class_counts))}. Expected at least two classes: check "
                "how the labels were read and split."
            )
