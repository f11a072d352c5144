"""Everything a study came to, as one report."""

from __future__ import annotations

import importlib.metadata
import platform
import sys
from collections.abc import Mapping, Sequence

from whylow import records
from whylow.causes import differences
from whylow.study._causes import Caused
from whylow.study._pairs import Compared


def summed_up(
    *,
    path: str,
    command: str,
    exit_status: int,
    fits: Sequence[records.Fit],
    findings: Sequence[records.Finding],
    not_run: Sequence[records.CheckNotRun],
    compared: Compared,
    caused: Caused,
    notes: Sequence[str],
) -> records.Report:
    """Return the report."""
    by_name = {fit.name: fit for fit in fits}
    attributed = caused.attributed
    protocol = compared.protocol or {}
    if caused.protocol is not None:
        protocol = {**protocol, "causes": caused.protocol}
    return records.Report(
        command=command,
        script=records.Script(path=path, exit_status=exit_status),
        fits=tuple(fits),
        findings=tuple(findings),
        checks_not_run=tuple(not_run),
        comparisons=tuple(
            _mend_first(_with_changes(one, by_name), findings, attributed.causes)
            for one in compared.comparisons
        ),
        causes=attributed.causes,
        remainder=attributed.remainder,
        causes_difference=attributed.difference,
        interactions=attributed.interactions,
        causes_not_examined=caused.not_examined,
        notes=tuple(dict.fromkeys(notes)),
        protocol=protocol,
        versions=_versions(),
    )


def _with_changes(
    comparison: records.Comparison, fits: Mapping[str, records.Fit]
) -> records.Comparison:
    """List all in which the two fits differ."""
    both = fits[comparison.baseline], fits[comparison.variant]
    changed = tuple(one.record() for one in differences(*both))
    return comparison.model_copy(update={"changed": changed})


def _mend_first(
    comparison: records.Comparison,
    findings: Sequence[records.Finding],
    causes: Sequence[records.Cause],
) -> records.Comparison:
    """Advise to mend an error before anything is kept because of the verdict.

    Not where a cause was measured: what to do about it is known better than by rule.
    """
    if any(one.role == "cause" and one.fit == comparison.variant for one in causes):
        return comparison
    sides = (comparison.baseline, comparison.variant)
    errors = [
        one
        for one in findings
        if one.severity == "error" and one.allowed is None and one.fit in sides
    ]
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
