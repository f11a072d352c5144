"""Several lanes at a time: in order, stopped together, never more than memory holds."""

import subprocess
import sys
import threading
import time

import jax
import numpy as np
import pytest
from fits import bilstm, dense, recorded

from whylow import engine
from whylow.engine import Clock, _side_by_side
from whylow.engine._clock import OutOfTime, StoppableClock
from whylow.engine._fused import FusedRunner
from whylow.engine._memory import OutOfMemory, is_of_memory
from whylow.engine._plain import PlainRunner
from whylow.exceptions import ReplayError


@pytest.fixture
def lives():
    return [recorded(build, trained=False) for build in (dense, bilstm)]


def replayed(lives, **kwargs):
    given = {"seed": 0, "clock": Clock(None), "classes": 2} | kwargs
    pairs = iter((3, None))
    return engine.replay(lives, pairs_to_reach=lambda _: next(pairs), **given)


def test_lanes_side_by_side_are_lanes_one_by_one(lives, monkeypatch):
    seen = []
    monkeypatch.setattr(_side_by_side, "available_cores", lambda: range(3))
    several = replayed(
        lives, progress=lambda lanes: seen.append(sum(map(len, lanes.values())))
    )
    monkeypatch.setattr(_side_by_side, "available_cores", lambda: range(1))
    single = replayed(lives)

    assert seen == [1, 2, 3, 4, 5, 6]
    for name, lanes in single.lanes.items():
        assert [lane.pair for lane in several.lanes[name]] == [0, 1, 2]
        for lane, other in zip(lanes, several.lanes[name], strict=True):
            assert lane.seed == other.seed
            assert (lane.probabilities == other.probabilities).all()


@pytest.mark.parametrize("kind", [FusedRunner, PlainRunner])
def test_a_lane_tells_the_time_that_its_training_took(kind):
    runner = kind(recorded(dense, trained=False, epochs=30), 2)
    runner.run(0, 0, Clock(None))  # compiles
    began = time.perf_counter()
    short = runner.run(0, 0, Clock(None), epochs=1)
    long = runner.run(0, 0, Clock(None))
    elapsed = time.perf_counter() - began

    assert 0 < short.seconds < long.seconds
    assert short.seconds + long.seconds <= elapsed


def test_whatever_ends_it_ends_every_lane(lives, monkeypatch):
    monkeypatch.setattr(_side_by_side, "available_cores", lambda: range(2))
    before = threading.active_count()

    def interrupt(lanes):
        raise KeyboardInterrupt

    ended = replayed(lives, progress=interrupt)

    assert ended.ended == "interrupt"
    assert sum(map(len, ended.lanes.values())) == 1
    # The pool's threads are gone, whatever else keeps some.
    assert not [t for t in threading.enumerate() if t.name.startswith("lane")]
    assert threading.active_count() <= before + 1


def test_a_stopped_clock_has_no_time_left():
    clock = StoppableClock(Clock(100.0))
    clock.check(50.0)
    assert 99 < clock.left <= 100
    clock.stop()

    assert clock.left == 0
    with pytest.raises(OutOfTime):
        clock.check()
    with pytest.raises(OutOfTime), clock.compiling():
        pass


def test_the_clock_behind_it_goes_on():
    clock = StoppableClock(Clock(0.01))
    time.sleep(0.02)

    assert clock.spent >= 0.02
    with pytest.raises(OutOfTime):
        clock.check()


def test_as_many_lanes_as_memory_holds(lives, monkeypatch):
    runners = [FusedRunner(live, 2) for live in lives]
    largest = max(runner.lane_bytes for runner in runners)
    monkeypatch.setattr(_side_by_side, "available_cores", lambda: range(4))
    at_once = {}
    for lanes in (0.5, 2.5, 100):
        free = lanes * largest / _side_by_side.SHARE
        monkeypatch.setattr(_side_by_side, "free_memory", lambda free=free: free)
        at_once[lanes] = _side_by_side.lanes_at_once(runners)

    assert at_once == {0.5: 1, 2.5: 2, 100: 4}
    monkeypatch.setattr(_side_by_side, "free_memory", lambda: None)
    assert _side_by_side.lanes_at_once(runners) == 4
    assert _side_by_side.lanes_at_once([*runners, PlainRunner(lives[0], 2)]) == 1


def test_what_does_not_fit_is_refused_in_a_sentence(lives, monkeypatch):
    monkeypatch.setattr(_side_by_side, "free_memory", lambda: 2**10)
    with pytest.raises(ReplayError, match="a lane needs about"):
        _side_by_side.check_memory(FusedRunner(lives[0], 2))
    notes = replayed(lives).notes

    assert all("was not trained again: a lane needs about" in note for note in notes)


class Hungry:
    """Trains a lane for a moment, in memory that holds so many lanes at a time."""

    def __init__(self, holds):
        self._holds, self._now, self.begun = holds, 0, 0

    def run(self, pair, seed, clock, *, epochs=None):
        self._now, self.begun = self._now + 1, self.begun + 1
        try:
            time.sleep(0.02)
            if self._now > self._holds:
                raise MemoryError
        finally:
            self._now -= 1
        return pair


@pytest.mark.parametrize("at_once", [1, 3])
def test_where_memory_runs_out_lanes_train_one_at_a_time(at_once, monkeypatch):
    monkeypatch.setattr(_side_by_side, "lanes_at_once", lambda _: at_once)
    runner = Hungry(holds=1)
    jobs = [("fit", pair, 0) for pair in range(7)]
    with _side_by_side.trained({"fit": runner}, jobs, Clock(None)) as lanes:
        found = list(lanes)

    assert found == [("fit", pair) for pair in range(7)]
    # Those that had begun when the first one failed, and each of them once more.
    assert runner.begun <= 2 * 7


def test_a_fit_of_which_not_one_lane_fits_is_named():
    jobs = [("large", 0, 0)]
    with (
        pytest.raises(OutOfMemory, match=r"^large$"),
        _side_by_side.trained({"large": Hungry(holds=0)}, jobs, Clock(None)) as lanes,
    ):
        list(lanes)


def test_what_memory_cannot_hold_is_left_out_and_the_others_go_on(lives, monkeypatch):
    """XLA says it in its own way, here after the first lane."""
    alone = replayed(lives[:1])
    run = FusedRunner.run

    def fails(self, pair, *args, **kwargs):
        if self._live is lives[1] and pair:
            raise jax.errors.JaxRuntimeError("RESOURCE_EXHAUSTED: Out of memory")
        return run(self, pair, *args, **kwargs)

    monkeypatch.setattr(FusedRunner, "run", fails)
    ended = replayed(lives, repeat_first=True)

    assert ended.ended == "planned"
    assert ended.notes == ("`bilstm` was not trained again: memory ran out.",)
    assert set(ended.lanes) == set(ended.repeated) == {"dense"}
    for lane, other in zip(ended.lanes["dense"], alone.lanes["dense"], strict=True):
        assert (lane.probabilities == other.probabilities).all()


def test_other_errors_are_no_lack_of_memory():
    assert not is_of_memory(ValueError("out of memory"))
    assert not is_of_memory(jax.errors.JaxRuntimeError("INTERNAL: no such thing"))
    assert is_of_memory(np._core._exceptions._ArrayMemoryError((2,), np.dtype("int8")))


def test_a_limit_on_the_process_counts():
    code = (
        "import resource; from whylow.engine._memory import free_memory; "
        "resource.setrlimit(resource.RLIMIT_AS, (2**33, 2**33)); print(free_memory())"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    assert 0 < int(said.stdout) < 2**33, said.stderr


def test_what_programs_take_while_they_run_counts(lives):
    runner = FusedRunner(lives[1], 2)
    before = runner.lane_bytes
    runner.prepare(1, Clock(None))

    assert runner.lane_bytes > before


def test_free_memory_is_known_here():
    free = _side_by_side.free_memory()

    assert free is None or free > 2**20
