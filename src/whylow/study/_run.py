"""The path of a study: script → fits → probes → replay → verdict → findings → report."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from whylow import engine, keras2, records
from whylow.capture._recorder import Recorder
from whylow.capture._script import run_script
from whylow.checks import allow, counted, run_checks
from whylow.study._causes import find_causes
from whylow.study._confirm import confirmed
from whylow.study._interrupts import finishing
from whylow.study._options import Options, Watcher
from whylow.study._pairs import compare_in_pairs
from whylow.study._probed import probed
from whylow.study._refusals import grouped, without_replay_if_interrupted
from whylow.study._summed_up import summed_up
from whylow.study._test_file import read_given
from whylow.study._test_part import with_test_part
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
        InputError: There is no such script, a name or metric is unknown, the data of a
            fit cannot be judged (one class, NaN), or a test file is not what it should be.
        ScriptError: The script ended before it trained anything.
    """
    options = options or Options()
    if options.metric is not None:
        known_metric(options.metric)  # refused before the script runs, not an hour later
    given = read_given(options.test, options.prepare)
    # Replays run code of the script, which needs what stood in for its imports.
    with keras2.stand_ins() as stood_in:
        # Record the script, see which fits belong together, measure each.
        with Recorder() as recorder:
            outcome = run_script(script, args, stdout_to_stderr=stdout_to_stderr)
        groups = probed(grouped(script, args, recorder, outcome, options))
        options, why_not = without_replay_if_interrupted(options, outcome)
        if options.replay:
            groups = with_test_part(groups, given, options.prepare, outcome.module)
        clock = engine.Clock(options.budget)
        # Compare in pairs, then look for what is wrong with model, training and data.
        compared = compare_in_pairs(groups, options, watcher, clock)
        with finishing():
            fits = tuple(live.fit for live in groups.fits)
            findings, not_run = run_checks(fits, compared.comparisons)
            findings = allow(findings, options.allow)
        findings = confirmed(groups, findings, options, clock)
        # Undo each suspect, train again, and see how much comes back.
        caused = find_causes(groups, compared, counted(findings), options, watcher, clock)
    studied = (*groups.notes, *compared.notes, *caused.notes)
    notes = (*why_not, *outcome.notes, *stood_in, *studied)
    with finishing():
        return summed_up(
            # Where the package lies on this machine is nobody's business.
            path=Path(script).name if command == "demo" else os.fspath(script),
            command=command,
            exit_status=outcome.exit_status,
            fits=fits,
            findings=findings,
            not_run=not_run,
            compared=compared,
            caused=caused,
            notes=notes,
        )
