"""Everything a study came to, as one report."""

from __future__ import annotations

import importlib.metadata
import platform
import sys
from collections.abc import Sequence

from whylow import records
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
    notes: Sequence[str],
) -> records.Report:
    """Return the report."""
    variants = {comparison.variant for comparison in compared.comparisons}
    suspects = [
        f"{finding.name} ({finding.fit})"
        for finding in findings
        if finding.fit in variants and finding.code.startswith(("WL2", "WL3"))
    ]
    return records.Report(
        command=command,
        script=records.Script(path=path, exit_status=exit_status),
        fits=tuple(fits),
        findings=tuple(findings),
        checks_not_run=tuple(not_run),
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
