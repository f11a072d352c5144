"""Compiled programs, each compiled once, kept on disk between runs."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import platform
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from whylow.engine._clock import Clock

# What the folder may hold; the programs used longest ago go first.
_MOST_BYTES = 512 * 2**20
# Seconds of compilation from which on a program is kept.
_SHORTEST = 0.1
_FOR_CPU = {
    # Halves the time to compile, and runs as fast.
    "xla_backend_optimization_level": "1",
    # Where the processor has them, vectors of 512 bits halve what sums over pairs of
    # positions take; XLA's default is 256.
    "xla_cpu_prefer_vector_width": "512",
    # One lane a core: a step that is split between the cores waits for the other lane's.
    "xla_disable_hlo_passes": "cpu-parallel-task-assigner",
    # Compiled in one piece, functions of a loop see one another.
    "xla_cpu_parallel_codegen_split_count": "1",
}
# Tracing shadows methods of the live model and sets JAX's options: one at a time.
_ONE_AT_A_TIME = threading.RLock()


class Programs:
    """Compiles functions for the shapes they are called with, each once."""

    def __init__(self) -> None:
        self._compiled: dict[Any, Any] = {}
        self._scratch = 0

    @property
    def scratch_bytes(self) -> int:
        """What the hungriest of them takes while it runs, besides what it is given."""
        return self._scratch

    def get(
        self,
        key: Any,
        function: Callable[..., Any],
        *args: Any,
        clock: Clock,
        donated: tuple[int, ...] = (),
    ) -> Any:
        """Return the program for `key`, compiled for arguments of these shapes.

        Raises:
            OutOfTime: There is no time left to compile it.
        """
        import jax

        found = self._compiled.get(key)
        if found is not None:
            return found
        with _ONE_AT_A_TIME:
            if key not in self._compiled:
                options: Any = _FOR_CPU if jax.default_backend() == "cpu" else {}
                with clock.compiling(), _kept_on_disk():
                    lowered = self.lowered(function, *args, donated=donated)
                    compiled = lowered.compile(compiler_options=options)
                self._scratch = max(self._scratch, _scratch(compiled))
                self._compiled[key] = compiled
            return self._compiled[key]

    def lowered(
        self, function: Callable[..., Any], *args: Any, donated: tuple[int, ...] = ()
    ) -> Any:
        """Return a program as it reads before it is compiled."""
        import jax

        with _ONE_AT_A_TIME:
            return jax.jit(function, donate_argnums=donated).lower(*args)


def _scratch(compiled: Any) -> int:
    analysis = compiled.memory_analysis()  # none on some devices
    return 0 if analysis is None else int(analysis.temp_size_in_bytes)


def cache_folder() -> Path | None:
    """Return where compiled programs are kept, or `None` where nothing may be.

    `WHYLOW_CACHE` names another folder; empty, it switches the cache off. Otherwise it is
    the user's cache folder by the XDG rules. Each kind of processor has a folder of its
    own: a program holds its instructions, and a home may be shared between machines.
    """
    named = os.environ.get("WHYLOW_CACHE")
    if named == "":
        return None
    if named:
        return Path(named) / "programs" / _processor()
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "whylow" / "programs" / _processor()


@functools.cache
def _processor() -> str:
    """Return a digest of what this machine's processor is and can do."""
    said = platform.machine() + platform.processor()
    with contextlib.suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        kinds = ("model name", "flags", "Features", "CPU part")
        said += "".join(sorted({line for line in lines if line.startswith(kinds)}))
    return hashlib.blake2b(said.encode(), digest_size=6).hexdigest()


@contextmanager
def _kept_on_disk() -> Iterator[None]:
    """Let JAX read and keep what is compiled inside, and nothing of the script's own.

    A folder that is broken, full or not ours to write costs the time to compile, no more:
    JAX goes on without it, and its warnings say nothing a person could act on here.
    """
    import warnings

    import jax
    from jax.experimental.compilation_cache import compilation_cache

    folder = _ready(cache_folder())
    if folder is None:
        yield
        return
    ours = {
        "jax_compilation_cache_dir": str(folder),
        "jax_enable_compilation_cache": True,
        "jax_persistent_cache_min_compile_time_secs": _SHORTEST,
        "jax_compilation_cache_max_size": -1,  # _ready keeps it small
        "jax_persistent_cache_min_entry_size_bytes": -1,
        "jax_persistent_cache_enable_xla_caches": "none",
        "jax_raise_persistent_cache_errors": False,
    }
    before = {name: getattr(jax.config, name) for name in ours}
    try:
        _set(ours)
        compilation_cache.reset_cache()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            yield
    finally:
        _set(before)
        compilation_cache.reset_cache()


def _set(options: dict[str, Any]) -> None:
    import jax

    for name, value in options.items():
        jax.config.update(name, value)


def _ready(folder: Path | None) -> Path | None:
    """Make the folder and keep it small; `None` if it cannot be written."""
    if folder is None:
        return None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            return None
        files = [(path.stat(), path) for path in folder.iterdir() if path.is_file()]
        files.sort(key=lambda entry: max(entry[0].st_atime, entry[0].st_mtime))
        total = sum(stat.st_size for stat, _ in files)
        for stat, path in files:
            if total <= _MOST_BYTES:
                break
            path.unlink(missing_ok=True)
            total -= stat.st_size
        # Left by a run that was stopped while it wrote.
        for stat, path in files:
            if path.name.endswith(".tmp") and time.time() - stat.st_mtime > 3600:
                path.unlink(missing_ok=True)
    except OSError:
        return None
    return folder
