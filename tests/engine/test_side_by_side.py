"""Several lanes at a time: in order, stopped together, never more than memory holds."""

import threading
import time

import pytest
from fits import bilstm, dense, recorded

from whylow import engine
from whylow.engine import Clock, _side_by_side
from whylow.engine._clock import OutOfTime, StoppableClock
from whylow.engine._fused import FusedRunner
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


def test_free_memory_is_known_here():
    free = _side_by_side.free_memory()

    assert free is None or free > 2**20
