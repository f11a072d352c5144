"""What the person allows: on the command line, and in `pyproject.toml`.

```toml
[tool.whylow]
allow = [{ code = "WL202", reason = "0 is a token like any other here" }]
```
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from whylow.exceptions import InputError

_EXPECTED = 'Expected allow = [{ code = "WL202", reason = "why" }]'


def allowed(given: Sequence[str] | None) -> dict[str, str]:
    """Return code → reason of what is allowed; the command line comes last and wins.

    Args:
        given: Values of `--allow`, each `CODE=REASON`.

    Raises:
        InputError: A check is unknown, a reason is missing, or `pyproject.toml` cannot be
            read.
    """
    from whylow.checks import allowances

    return allowances([*_in_project(Path.cwd()), *map(_pair, given or ())])


def _pair(given: str) -> tuple[str, str]:
    code, _, reason = given.partition("=")
    return code, reason


def _in_project(folder: Path) -> list[tuple[str, str]]:
    """Read the nearest `pyproject.toml`, from the working folder upwards."""
    for parent in (folder, *folder.parents):
        path = parent / "pyproject.toml"
        if path.is_file():
            return _entries(path)
    return []


def _entries(path: Path) -> list[tuple[str, str]]:
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise InputError(f"Cannot read {path}: {error}.") from None
    own: Any = settings.get("tool", {}).get("whylow", {})
    unknown = sorted(set(own) - {"allow"}) if isinstance(own, dict) else ["no table"]
    if unknown:
        raise InputError(
            f"[tool.whylow] in {path} holds {', '.join(unknown)}. {_EXPECTED} and no more."
        )
    entries = own.get("allow", [])
    if not isinstance(entries, list):
        raise InputError(f"`allow` in {path} is no list. {_EXPECTED}.")
    return [_entry(entry, path) for entry in entries]


def _entry(entry: Any, path: Path) -> tuple[str, str]:
    texts = isinstance(entry, dict) and all(isinstance(v, str) for v in entry.values())
    if not texts or "code" not in entry or not set(entry) <= {"code", "reason"}:
        raise InputError(f"An entry of `allow` in {path} is {entry!r}. {_EXPECTED}.")
    return entry["code"], entry.get("reason", "")
