"""Which fits go to worker processes, and to how many."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from whylow.engine._clock import Clock
from whylow.engine._crew import Crew
from whylow.engine._fused import FusedRunner
from whylow.engine._memory import free_memory
from whylow.engine._process import available_cores
from whylow.engine._side_by_side import SHARE, Runner
from whylow.engine._travel import CannotTravel, packed
from whylow.live import LiveFit

# A process with Keras and JAX that has compiled a program or two, measured.
_PROCESS_BYTES = 600 * 2**20


@contextmanager
def staffed(
    fits: Sequence[LiveFit],
    runners: Mapping[str, Runner],
    classes: int,
    *,
    workers: int,
    clock: Clock,
    notes: list[str],
) -> Iterator[Crew | None]:
    """Begin worker processes for the lanes of fits, and end them.

    Args:
        fits: The fits.
        runners: Name of each fit that can be trained again → what trains it here.
        classes: Number of classes of the held-out labels.
        workers: How many processes are wanted; 1 for none beside this one.
        clock: The budget.
        notes: Told which fits stay in this process and why, and which workers were lost.

    Yields:
        The workers, ready; `None` where all lanes are to be trained in this process.

    Raises:
        OutOfTime: The workers were not ready in time.
    """
    # Plain `fit` acts on the one live model, and is said to.
    fused = {name: one for name, one in runners.items() if isinstance(one, FusedRunner)}
    goes = _packed(fits, fused, notes) if workers > 1 else {}
    count, lanes_each = _fitting(workers, goes, fused, notes) if goes else (1, 1)
    if count < 2:
        yield None
        return
    cores = available_cores()
    with Crew(goes, classes, count=count, lanes_each=lanes_each, cores=cores) as crew:
        try:
            digests = {name: fused[name].digest() for name in goes}
            notes += [_stays(name, why) for name, why in crew.agree(digests, clock).items()]
            yield crew
        finally:
            notes += crew.notes


def _packed(
    fits: Sequence[LiveFit], runners: Mapping[str, FusedRunner], notes: list[str]
) -> dict[str, bytes]:
    import jax

    found: dict[str, bytes] = {}
    for live in fits:
        name = live.fit.name
        if name not in runners:
            continue
        if jax.default_backend() != "cpu":
            notes.append(_stays(name, "processes share a device other than a CPU badly"))
            continue
        try:
            found[name] = packed(live)
        except CannotTravel as why:
            notes.append(_stays(name, str(why)))
    return found


def _stays(name: str, why: str) -> str:
    return f"`{name}` was trained in this process and not in workers: {why}."


def _fitting(
    workers: int,
    goes: Mapping[str, bytes],
    runners: Mapping[str, FusedRunner],
    notes: list[str],
) -> tuple[int, int]:
    """Return for how many workers there is memory, and how many lanes each trains."""
    lane = max(runner.lane_bytes for runner in runners.values())
    each = _PROCESS_BYTES + 2 * sum(map(len, goes.values()))
    cores, free = len(available_cores()), free_memory()
    if free is None:
        return workers, max(1, cores // workers)
    count = min(workers, int(SHARE * free / (each + lane)))
    if count < workers:
        held = f"{count} processes" if count > 1 else "this process alone"
        notes.append(
            f"{workers} worker processes were asked for; memory holds {held} "
            f"({free / 2**30:.1f} GiB are free)."
        )
    if count < 2:
        return 1, 1
    return count, max(1, min(cores // count, int((SHARE * free / count - each) / lane)))
