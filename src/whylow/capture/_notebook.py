"""The code cells of a Jupyter notebook as one script."""

from __future__ import annotations

import ast
import json
import re
import warnings
from typing import Any

from whylow.exceptions import InputError

# Magics whose statement or cell is code of the notebook all the same.
_TIMED_LINE = re.compile(r"^(\s*)%(?:time|prun)\s+(?:-\S+\s+)*(?=\S)")
_CODE_CELLS = frozenset({"%%capture", "%%prun", "%%time"})
_MAGIC = re.compile(r"^\s*(?:[%!?]|[\w.,\s]+=\s*[%!])|\?\s*$")


def notebook_source(raw: bytes, path: str) -> tuple[str, tuple[str, ...]]:
    """Join the code cells of a notebook; leave out magics and shell commands.

    A line such as `%matplotlib inline` or `!pip install …` becomes `pass`;
    `%time STATEMENT` and the cells of `%%time` and `%%capture` keep their code; other cell
    magics (`%%bash`, `%%writefile`) are left out whole.

    Args:
        raw: The file, JSON of nbformat 3 or 4.
        path: Its name, for messages.

    Returns:
        Python source, and a note on what was left out if anything was.

    Raises:
        InputError: It is no notebook, or one of another language.
    """
    left_out: list[str] = []
    cells = [_cell(source, left_out) for source in _code_cells(raw, path)]
    notes = ()
    if left_out:
        shown = ", ".join(f"`{line}`" for line in left_out[:3])
        more = f" and {len(left_out) - 3} more" if len(left_out) > 3 else ""
        notes = (f"Left out of the notebook, as it is no Python: {shown}{more}.",)
    return "\n\n".join(cells) + "\n", notes


def _code_cells(raw: bytes, path: str) -> list[str]:
    try:
        notebook: Any = json.loads(raw)
        sheets = notebook.get("worksheets") or [notebook]  # format 3 has worksheets
        cells = [cell for sheet in sheets for cell in sheet["cells"]]
        code = [cell for cell in cells if cell["cell_type"] == "code"]
        sources = [cell.get("source", cell.get("input", "")) for cell in code]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise InputError(f"{path!r} is no Jupyter notebook that whylow can read.") from None
    metadata = notebook.get("metadata", {})
    language = metadata.get("kernelspec", {}).get("language", "python")
    if language.lower() != "python":
        raise InputError(f"{path!r} is a notebook in {language}; whylow runs Python.")
    return [source if isinstance(source, str) else "".join(source) for source in sources]


def _cell(source: str, left_out: list[str]) -> str:
    lines = source.splitlines()
    first = next((line for line in lines if line.strip()), "").split()
    if first and first[0].startswith("%%"):
        left_out.append(first[0])
        if first[0] not in _CODE_CELLS:
            return ""
        start = next(number for number, line in enumerate(lines) if line.strip())
        lines[start] = ""
    # Let the parser find the magics: a line may well begin with the operator `%`.
    for _ in range(len(lines)):
        wrong = _syntax_error_line(lines)
        if wrong is None or not _MAGIC.search(lines[wrong]):
            break
        timed = _TIMED_LINE.match(lines[wrong])
        if timed:
            lines[wrong] = timed.group(1) + lines[wrong][timed.end() :]
            continue
        left_out.append(lines[wrong].strip())
        indent = lines[wrong][: len(lines[wrong]) - len(lines[wrong].lstrip())]
        lines[wrong] = f"{indent}pass"
    return "\n".join(lines)


def _syntax_error_line(lines: list[str]) -> int | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # shown when the script is compiled
            ast.parse("\n".join(lines))
    except SyntaxError as error:
        number = (error.lineno or 1) - 1
        return min(max(number, 0), len(lines) - 1)
    return None
