"""Run a training script in this process as `python SCRIPT ARGS` would.

The script is not changed and does not notice: it is `__main__`, its folder is first on
`sys.path`, its errors are printed the way Python prints them. Its `__main__` module stays
in `sys.modules` afterwards, since models that it defined are trained again and pickled.
"""

from __future__ import annotations

import builtins
import ctypes
import linecache
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType, TracebackType

from whylow.capture._notebook import notebook_source
from whylow.exceptions import InputError

# Frames that the script's author did not write and Python would not show.
_OURS = tuple(
    str(Path(__file__).resolve().parents[1] / room) + os.sep
    for room in ("capture", "keras2")
)


@dataclass(frozen=True, kw_only=True)
class ScriptOutcome:
    """How a script ended.

    Args:
        exit_status: What `python SCRIPT` would have exited with: 0 to 255, 1 after an
            exception, 130 after Ctrl-C.
        error: The exception that ended it (`KeyboardInterrupt` after Ctrl-C); `None`
            where it ran to its end or exited by itself.
        seconds: How long it ran.
        notes: What was left out of a notebook.
        module: Its `__main__`; `None` where it could not be compiled.
    """

    exit_status: int
    error: BaseException | None
    seconds: float
    notes: tuple[str, ...] = ()
    module: ModuleType | None = None


def run_script(
    path: str | os.PathLike[str],
    args: Sequence[str] = (),
    *,
    stdout_to_stderr: bool = False,
) -> ScriptOutcome:
    """Run a script, or the code cells of a notebook, unchanged.

    Keras gets the JAX backend unless the environment or the script itself chooses one.
    An exception of the script is printed to standard error and returned, not raised.
    What the script changed and whylow needs is put back: `sys.argv`, the standard
    streams, the exception hook, the handler of Ctrl-C and the working directory.
    `sys.modules["__main__"]` and `sys.path` stay the script's.

    Args:
        path: A `.py` file or a `.ipynb` notebook.
        args: Its arguments.
        stdout_to_stderr: Send its standard output to standard error, that of libraries
            in C and of subprocesses too.

    Raises:
        InputError: There is no such file, or it cannot be read.
    """
    given = os.fspath(path)
    source, notes = _read(given)
    os.environ.setdefault("KERAS_BACKEND", "jax")
    with _surroundings([given, *args]), _output(to_stderr=stdout_to_stderr):
        started = time.perf_counter()
        module, error = _execute(os.path.abspath(given), source)
        status = _report(error)
        _flush()
        seconds = time.perf_counter() - started
    return ScriptOutcome(
        exit_status=status,
        error=None if isinstance(error, SystemExit) else error,
        seconds=seconds,
        notes=notes,
        module=module,
    )


def _read(path: str) -> tuple[bytes | str, tuple[str, ...]]:
    try:
        raw = Path(path).read_bytes()
    except FileNotFoundError:
        raise InputError(f"There is no script {path!r} in {os.getcwd()!r}.") from None
    except IsADirectoryError:
        raise InputError(f"{path!r} is a folder; name the training script in it.") from None
    except OSError as error:
        raise InputError(f"Cannot read the script {path!r}: {error.strerror}.") from None
    if path.endswith(".ipynb"):
        return notebook_source(raw, path)
    if b"\0" in raw:
        raise InputError(f"{path!r} is no Python script: it holds null bytes.")
    return raw, ()


def _execute(
    filename: str, source: bytes | str
) -> tuple[ModuleType | None, BaseException | None]:
    """Compile and run as `__main__`; return the module and the exception, if any."""
    try:
        code = compile(source, filename, "exec", dont_inherit=True)
    except SyntaxError as error:
        return None, error.with_traceback(None)
    module = ModuleType("__main__")
    module.__file__ = filename
    module.__loader__ = SourceFileLoader("__main__", filename)
    module.__dict__.update(__builtins__=builtins, __cached__=None)
    if sys.version_info < (3, 14):
        module.__annotations__ = {}
    if isinstance(source, str):
        _make_notebook(module, filename, source)
    sys.modules["__main__"] = module
    if not sys.flags.safe_path:
        sys.path.insert(0, os.path.dirname(os.path.realpath(filename)))
    try:
        exec(code, module.__dict__)  # noqa: S102 - running the script is the job
    except BaseException as error:  # noqa: BLE001 - reported, as Python would
        return module, error
    return module, None


def _make_notebook(module: ModuleType, filename: str, source: str) -> None:
    """Give the joined cells what a notebook gives them."""
    # No modification time: the lines are never looked up in the notebook's JSON.
    lines = source.splitlines(keepends=True)
    linecache.cache[filename] = (len(source), None, lines, filename)
    module.__dict__["display"] = print
    # Python's own hook would print lines of that JSON.
    sys.excepthook = traceback.print_exception
    # Inline figures never wait for a window to be closed.
    os.environ.setdefault("MPLBACKEND", "Agg")


def _report(error: BaseException | None) -> int:
    """Print what Python prints at the end of a script; return its exit status."""
    if error is None:
        return 0
    with suppress(Exception):
        # What was printed before the error belongs before it.
        sys.stdout.flush()
    if isinstance(error, SystemExit):
        if error.code is None:
            return 0
        if isinstance(error.code, int):
            return error.code & 0xFF
        sys.stderr.write(f"{error.code}\n")
        return 1
    _forget_our_frames(error)
    sys.excepthook(type(error), error, error.__traceback__)
    return 130 if isinstance(error, KeyboardInterrupt) else 1


def _forget_our_frames(error: BaseException) -> None:
    """Take whylow's frames out of an exception and of those it came from."""
    pending: list[BaseException | None] = [error]
    seen: set[int] = set()
    while pending:
        current = pending.pop()
        if current is None or id(current) in seen:
            continue
        seen.add(id(current))
        frames = []
        entry = current.__traceback__
        while entry is not None:
            if not entry.tb_frame.f_code.co_filename.startswith(_OURS):
                frames.append(entry)
            entry = entry.tb_next
        rest: TracebackType | None = None
        for kept in reversed(frames):
            rest = TracebackType(rest, kept.tb_frame, kept.tb_lasti, kept.tb_lineno)
        current.__traceback__ = rest
        pending += [current.__cause__, current.__context__]


@contextmanager
def _surroundings(argv: list[str]) -> Iterator[None]:
    """Set up what a fresh interpreter has, and put back what whylow needs."""
    streams = sys.stdin, sys.stdout, sys.stderr
    before = sys.argv, sys.excepthook, os.getcwd()
    in_main = threading.current_thread() is threading.main_thread()
    interrupt = signal.getsignal(signal.SIGINT) if in_main else None
    # A command line library may have its own way to print exceptions.
    sys.argv, sys.excepthook = argv, sys.__excepthook__
    try:
        yield
    finally:
        sys.stdin, sys.stdout, sys.stderr = streams
        sys.argv, sys.excepthook = before[:2]
        with suppress(OSError):  # the script may have removed the folder
            os.chdir(before[2])
        if interrupt is not None:
            signal.signal(signal.SIGINT, interrupt)


@contextmanager
def _output(*, to_stderr: bool) -> Iterator[None]:
    """Send standard output to standard error at the level of file descriptors."""
    if not to_stderr:
        yield
        return
    stream = sys.stdout
    stream.flush()
    try:
        redirected = stream.fileno() == 1
    except (OSError, ValueError, AttributeError):  # a notebook's or a test's stream
        redirected = False
    kept = os.dup(1)
    os.dup2(2, 1)
    if not redirected:
        sys.stdout = sys.stderr
    try:
        yield
    finally:
        with suppress(Exception):  # the script may have closed it
            stream.flush()
        os.dup2(kept, 1)
        os.close(kept)
        sys.stdout = stream


def _flush() -> None:
    """Flush what the script and the libraries in C still hold back."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):  # closed, or not a stream at all
            stream.flush()
    if os.name == "posix":
        ctypes.CDLL(None).fflush(None)
