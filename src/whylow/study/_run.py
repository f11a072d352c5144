"""The path of a study: script → fits → replay → verdict → findings → report."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from whylow import keras2, records
from whylow.capture._groups import Groups, group
from whylow.capture._recorder import Recorder
from whylow.capture._script import run_script
from whylow.checks import run_checks
from whylow.study._interrupts import finishing
from whylow.study._options import Options, Watcher
from whylow.study._pairs import Compared, compare_in_pairs
from whylow.study._refusals import no_fit, refuse_unusable
from whylow.verdict import known_metric


def run(
    script: str | os.PathLike[str],
    args: Sequence[str] = (),
    *,
    options: Options | None = None,
    watcher: Watcher = lambda _: None,
    stdout_to_stderr: bool = False,
    command: str = "run",
) -> records.Report:
    """Run a training script unchanged, train what it trained again in pairs, and report.

    Args:
        script: A `.py` file or a notebook.
        args: Its arguments.
        options: How the study is done.
        watcher: Told after each lane how far it is.
        stdout_to_stderr: Send what the script prints to standard error.
        command: The command that the report names.

    Returns:
        The report.

    Raises:
        InputError: There is no such script, a name or metric is unknown, or the data of a
            fit cannot be judged (one class, NaN).
        ScriptError: The script ended before it trained anything.
    """
    options = options or Options()
    if options.metric is not None:
        known_metric(options.metric)  # refused before the script runs, not an hour later
    # Replays run code of the script, which needs what stood in for its imports.
    with keras2.stand_ins() as stood_in:
        with Recorder() as recorder:
            outcome = run_script(script, args, stdout_to_stderr=stdout_to_stderr)
        if not recorder.fits:
            raise no_fit(os.fspath(script), list(args), outcome.error, outcome.exit_status)
        groups = group(recorder.fits, baseline=options.baseline, variants=options.variants)
        for live in groups.fits:
            refuse_unusable(live.fit)
        notes: list[str] = []
        if isinstance(outcome.error, KeyboardInterrupt):
            options = replace(options, replay=False)
            notes.append("The script was interrupted, so nothing was trained again.")
        compared = compare_in_pairs(groups, options, watcher)
    notes += (*outcome.notes, *stood_in, *groups.notes, *compared.notes)
    # Where the package lies on this machine is nobody's business.
    path = Path(script).name if command == "demo" else os.fspath(script)
    ran = records.Script(path=path, exit_status=outcome.exit_status)
    with finishing():
        return _report(command, ran, groups, compared, notes)


def _report(
    command: str,
    script: records.Script,
    groups: Groups,
    compared: Compared,
    notes: Sequence[str],
) -> records.Report:
    fits = tuple(live.fit for live in groups.fits)
    findings, not_run = run_checks(fits, compared.comparisons)
    variants = {comparison.variant for comparison in compared.comparisons}
    suspects = [
        f"{finding.name} ({finding.fit})"
        for finding in findings
        if finding.fit in variants and finding.code.startswith(("WL2", "WL3"))
    ]
    return records.Report(
        command=command,
        script=script,
        fits=fits,
        findings=findings,
        checks_not_run=not_run,
        comparisons=tuple(_mend_first(one, findings) for one in compared.comparisons),
        causes_not_examined=tuple(suspects),
        notes=tuple(dict.fromkeys(notes)),
        protocol=compared.protocol or {},
        versions=_versions(),
    )


def _mend_first(
    comparison: records.Comparison, findings: Sequence[records.Finding]
) -> records.Comparison:
    """Advise to mend an error before anything is kept because of the verdict."""
    sides = (comparison.baseline, comparison.variant)
    errors = [one for one in findings if one.severity == "error" and one.fit in sides]
    if comparison.verdict is None or not errors:
        return comparison
    first = errors[0]
    step = f"Mend {first.code} in `{first.fit}` first, then compare again: {first.fix}"
    return comparison.model_copy(update={"next_step": step})


def _versions() -> dict[str, str]:
    versions = {"python": platform.python_version(), "system": platform.system()}
    for package in ("whylow", "keras", "jax", "numpy", "scipy", "scikit-learn"):
        versions[package] = importlib.metadata.version(package)
    if "keras" in sys.modules:
        import keras

        versions["backend"] = keras.backend.backend()
    return versions
