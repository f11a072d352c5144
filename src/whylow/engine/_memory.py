"""How much memory there is for lanes, by whatever limits it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

_GROUPS = Path("/sys/fs/cgroup")


class OutOfMemory(Exception):  # noqa: N818  a way to go on, said in the report
    """A lane of this fit, trained with no other beside it, found no memory."""


def is_of_memory(error: BaseException) -> bool:
    """Whether an error says that memory ran out."""
    if isinstance(error, MemoryError):
        return True
    said = str(error).lower()
    return type(error).__name__ in ("XlaRuntimeError", "JaxRuntimeError") and any(
        words in said for words in ("resource_exhausted", "out of memory", "bad_alloc")
    )


@contextlib.contextmanager
def without_memory_errors() -> Iterator[None]:
    """Do without what is inside where there is no memory for it."""
    try:
        yield
    except Exception as error:
        if not is_of_memory(error):
            raise


def free_memory() -> int | None:
    """Return how many bytes this process may still take, or `None` where none can tell."""
    return min((*_of_the_system(), *_of_the_group(), *_of_the_process()), default=None)


def _of_the_system() -> Iterator[int]:
    with contextlib.suppress(OSError, ValueError, IndexError):
        yield _kilobytes("/proc/meminfo", "MemAvailable:")


def _of_the_group() -> Iterator[int]:
    """Return what the control groups of the process leave it, its own and those above."""
    with contextlib.suppress(OSError):
        lines = Path("/proc/self/cgroup").read_text().splitlines()
        named = [line[3:].lstrip("/") for line in lines if line.startswith("0::")]
        own = _GROUPS / (named[0] if named else "")
        for folder in (own, *own.parents):
            if not folder.is_relative_to(_GROUPS):
                break
            # Not every folder has a limit, and `max` is none.
            with contextlib.suppress(OSError, ValueError):
                limit = int((folder / "memory.max").read_text())
                yield limit - int((folder / "memory.current").read_text())


def _of_the_process() -> Iterator[int]:
    """Return what `ulimit -v` leaves the process."""
    with contextlib.suppress(ImportError, OSError, ValueError, IndexError):
        import resource

        limit, _ = resource.getrlimit(resource.RLIMIT_AS)
        if limit != resource.RLIM_INFINITY:
            yield max(0, limit - _kilobytes("/proc/self/status", "VmSize:"))


def _kilobytes(file: str, field: str) -> int:
    lines = Path(file).read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(field))
