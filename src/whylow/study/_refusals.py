"""What whylow refuses to study: one sentence each that says what, and how to mend it."""

from __future__ import annotations

from whylow import records
from whylow.exceptions import InputError, ScriptError


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
    "--format --report --checks-only --no-replay --exit-zero".split()
)


def refuse_unusable(fit: records.Fit) -> None:
    """Refuse data on which nothing can be told.

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
