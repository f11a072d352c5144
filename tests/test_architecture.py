"""The house keeps to its plan: who may import whom, who prints, what starts when."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "whylow"
HEAVY = {"keras", "jax", "tensorflow", "torch"}

# What each room may import of the others. Only `study` and `cli` know the stages.
VALUES = {"records", "exceptions", "lanes", "live"}
ROOMS = {
    "capture": VALUES | {"keras2"},
    "keras2": VALUES | {"layers"},
    "engine": VALUES | {"keras2"},
    "verdict": VALUES,
    "remedies": VALUES | {"capture", "keras2", "layers"},
    "causes": VALUES | {"remedies", "verdict"},
    "probes": VALUES | {"keras2", "layers"},
    "checks": VALUES,
    "report": VALUES,
    "layers": set(),
    "testing": {"layers"},
    "reading": VALUES | {"capture", "checks"},
    "demo": set(),
    "watching": VALUES | {"capture", "checks", "probes", "report"},
}


def modules(room):
    return sorted((SOURCE / room).rglob("*.py"))


def whylow_imports(path):
    """Names of the rooms that a module imports, wherever in it it does."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module == "whylow":
            names = [f"whylow.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        else:
            continue
        yield from (name.split(".")[1] for name in names if name.startswith("whylow."))


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_what_it_may(room):
    for path in modules(room):
        if path.parent.name == "demo" and path.name == "script.py":
            continue  # a training script, which uses whylow as any other would
        beyond = set(whylow_imports(path)) - ROOMS[room] - {room}
        assert not beyond, f"{path.relative_to(SOURCE)} imports {sorted(beyond)}"


@pytest.mark.parametrize(
    "module",
    [
        "whylow",
        "whylow.capture.logs",
        "whylow.checks",
        "whylow.cli",
        "whylow.reading",
        "whylow.remedies",
        "whylow.report",
        "whylow.study",  # the script may still name its backend
        "whylow.verdict",
    ],
)
def test_importing_it_starts_no_backend(module):
    code = f"import sys, {module}; print(*sorted(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()

    assert module in loaded
    assert not HEAVY & set(loaded)


def test_only_the_command_line_prints_and_exits():
    programs = ("cli/", "demo/__main__.py", "demo/script.py")
    for path in SOURCE.rglob("*.py"):
        if path.relative_to(SOURCE).as_posix().startswith(programs):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            assert called not in {"print", "sys.exit", "exit", "quit"}, f"{path}: {called}"


def test_no_module_does_too_much():
    for path in SOURCE.rglob("*.py"):
        assert len(path.read_text().splitlines()) <= 350, path
