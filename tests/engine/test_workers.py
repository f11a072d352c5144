"""Lanes in worker processes: the same lanes, and a killed worker takes few along."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from types import SimpleNamespace

import keras
import numpy as np
import pytest
from fits import MODELS, OPTIMIZERS, bilstm, dense, recorded, sequential
from keras import layers

from whylow import engine
from whylow.engine import Clock, _crew, _process, _staffed
from whylow.engine._clock import OutOfTime
from whylow.engine._fused import FusedRunner
from whylow.engine._travel import CannotTravel, packed, unpacked


def replayed(lives, pairs=3, **kwargs):
    given = {"seed": 0, "clock": Clock(None), "classes": 2} | kwargs
    until = iter((pairs, None))
    return engine.replay(lives, pairs_to_reach=lambda _: next(until), **given)


def same(lanes, others):
    for lane, other in zip(lanes, others, strict=True):
        assert (lane.pair, lane.seed) == (other.pair, other.seed)
        assert lane.history == other.history
        np.testing.assert_array_equal(lane.probabilities, other.probabilities)


# A fit that travels -----------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["bilstm-dropout", "attention-pooled", "stacked-masked", "two-inputs", "subclassed"],
)
def test_a_fit_is_built_again_to_the_letter(name):
    build, settings = MODELS[name]
    live = recorded(build, trained=False, **settings)
    again = unpacked(packed(live))

    assert again.model is not live.model
    assert FusedRunner(again, 2).digest() == FusedRunner(live, 2).digest()


@pytest.mark.parametrize("name", ["adamw", "sgd-nesterov-schedule-clipnorm"])
def test_an_optimizer_travels(name):
    live = recorded(dense, optimizer=OPTIMIZERS[name](), trained=False)
    again = FusedRunner(unpacked(packed(live)), 2)

    assert again.digest() == FusedRunner(live, 2).digest()


def test_functions_of_the_script_travel():
    """A lambda as loss, and a callback's, are no names that could be looked up."""
    live = recorded(
        dense,
        loss=lambda y, p: keras.ops.mean(keras.ops.square(y - p)),
        epochs=2,
        callbacks=[keras.callbacks.LearningRateScheduler(lambda epoch: 0.1 / (1 + epoch))],
    )
    again = unpacked(packed(live))
    lanes = [FusedRunner(one, 2).run(0, 1, Clock(None)) for one in (live, again)]

    same(*[[lane] for lane in lanes])


def test_a_fit_with_other_numbers_has_another_digest():
    digests = {
        FusedRunner(recorded(build, trained=False, **given), 2).digest()
        for build, given in (
            (dense, {}),
            (dense, {"optimizer": keras.optimizers.Adam(0.002)}),
            (dense, {"optimizer": keras.optimizers.Adam(clipnorm=1.0)}),
            (lambda: dense(layers.Activation("tanh")), {}),
            (dense, {"sample_weight": np.full(320, 0.5)}),
        )
    }

    assert len(digests) == 5


def test_what_was_compiled_anew_stays():
    live = recorded(dense, trained=False)
    live.model.compile("sgd", "mse")

    with pytest.raises(CannotTravel, match="compiled anew"):
        packed(live)


# Worker processes -------------------------------------------------------------------


def test_a_lane_in_the_hands_of_a_killed_worker_is_lost_and_no_other():
    with _crew.Crew({}, 2, count=2, lanes_each=1, cores=[0]) as crew:
        for answers in crew._answers.values():
            answers.result()
        for worker in crew.workers:
            os.kill(worker.pid, signal.SIGSTOP)
        first, second, third = (
            crew.submit("fit", pair, 0, Clock(None)) for pair in range(3)
        )
        os.kill(crew.workers[0].pid, signal.SIGKILL)
        with pytest.raises(_crew.Lost, match="worker process 1"):
            first.result(60)
        assert crew.alive
        assert len(crew.notes) == 1
        assert "(1) was trained here again" in crew.notes[0]
        assert not second.done()
        assert not third.done()
        os.kill(crew.workers[1].pid, signal.SIGKILL)
        for lane in (second, third):
            with pytest.raises(_crew.Lost, match="worker process 2"):
                lane.result(60)

        assert not crew.alive


@pytest.mark.slow
def test_a_killed_worker_takes_only_what_it_had_in_hand(monkeypatch):
    """One of two workers is killed after a lane; all others are there, and Ctrl-C works."""
    lives = [recorded(build, trained=False) for build in (dense, bilstm)]
    alone, crews = replayed(lives, pairs=2), []
    begin = _crew.Crew.agree

    def remembered(self, *args):
        crews.append(self)
        return begin(self, *args)

    monkeypatch.setattr(_crew.Crew, "agree", remembered)
    trained = []

    def kill_one(lanes):
        trained.append(sum(map(len, lanes.values())))
        if len(trained) == 1:
            os.kill(crews[0].workers[0].pid, signal.SIGKILL)
        if len(trained) == 4:
            os.kill(os.getpid(), signal.SIGINT)

    together = replayed(lives, pairs=9, workers=2, progress=kill_one)

    assert trained == [1, 2, 3, 4]
    assert together.ended == "interrupt"
    assert crews[0].names == {live.fit.name for live in lives}
    assert any("Worker process 1 was killed" in note for note in together.notes)
    for name, lanes in alone.lanes.items():
        same(lanes, together.lanes[name])
    assert all(gone(worker.pid, seconds=0) for worker in crews[0].workers)


def test_workers_do_not_outlive_whoever_began_them(tmp_path):
    script = tmp_path / "study.py"
    script.write_text(
        textwrap.dedent(
            """
            import os
            from whylow.engine._crew import Crew

            crew = Crew({}, 2, count=1, lanes_each=1, cores=[0])
            print(crew.workers[0].pid, flush=True)
            crew._answers[1].result()
            os.kill(os.getpid(), 9)
            """
        )
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True)

    assert done.returncode == -9, done.stderr
    assert gone(int(done.stdout))


def gone(pid, seconds=20.0):
    until = time.monotonic() + seconds
    while True:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        if time.monotonic() > until:
            return False
        time.sleep(0.05)


# What cannot go ---------------------------------------------------------------------


def test_one_worker_is_this_process(monkeypatch):
    monkeypatch.setattr(_staffed, "Crew", None)
    ended = replayed([recorded(dense, trained=False)], pairs=1, workers=1)

    assert ended.notes == ()
    assert len(ended.lanes["dense"]) == 1


def test_what_cannot_travel_is_trained_here(monkeypatch):
    def cannot(live):
        raise CannotTravel("its loss holds an open file")

    monkeypatch.setattr(_staffed, "packed", cannot)
    ended = replayed([recorded(dense, trained=False)], pairs=2, workers=2)

    assert ended.notes == (
        "`dense` was trained in this process and not in workers: its loss holds an open "
        "file.",
    )
    assert [lane.pair for lane in ended.lanes["dense"]] == [0, 1]


def test_memory_says_how_many_workers_there_are(monkeypatch):
    live = recorded(lambda: sequential(layers.LSTM(3)), trained=False)
    runner, goes, notes = FusedRunner(live, 2), {"lstm": b"0" * 1000}, []
    process = _staffed._PROCESS_BYTES + runner.lane_bytes + 2000
    monkeypatch.setattr(_staffed, "available_cores", lambda: range(8))

    def fitting(processes):
        free = int(processes * process / _staffed.SHARE)
        monkeypatch.setattr(_staffed, "free_memory", lambda: free)
        return _staffed._fitting(4, goes, {"lstm": runner}, notes)

    assert fitting(100) == (4, 2)
    assert notes == []
    assert fitting(3.5) == (3, 2)
    assert "memory holds 3 processes" in notes[-1]
    assert fitting(1.5) == (1, 1)
    assert "memory holds this process alone" in notes[-1]


def test_only_what_a_worker_has_to_the_letter_goes_to_it():
    crew = _crew.Crew({}, 2, count=0, lanes_each=1, cores=[0])
    crew.workers = [SimpleNamespace(number=1), SimpleNamespace(number=2)]
    crew._answers = {1: _crew.Future(), 2: _crew.Future()}
    theirs = {"same": ("a", ""), "other": ("x", ""), "none": (None, "no such class")}
    crew._answers[1].set_result(theirs)
    crew._answers[2].set_exception(_crew.Lost())
    stays = crew.agree({"same": "a", "other": "b", "none": "c"}, Clock(None))

    assert crew.names == {"same"}
    assert stays == {
        "other": "another process would train other numbers",
        "none": "no such class",
    }


def test_what_a_worker_answers_is_what_comes_of_a_lane():
    job = [_crew.Job("fit", 0, 0, Clock(None), _crew.Future()) for _ in range(3)]
    _crew._settle(job[0], "lane", "a lane")
    _crew._settle(job[1], "time", None)
    _crew._settle(job[2], "failed", "ValueError: no")

    assert _crew.lane_of(job[0].lane, Clock(None)) == "a lane"
    with pytest.raises(OutOfTime):
        _crew.lane_of(job[1].lane, Clock(None))
    with pytest.raises(_crew.Lost):
        _crew.lane_of(job[2].lane, Clock(None))


def test_workers_have_as_many_threads_as_this_process(monkeypatch):
    """XLA splits sums by them; see docs/engine.md."""
    monkeypatch.delenv("NPROC", raising=False)
    assert _process._environment()["NPROC"] == str(len(_process.available_cores()))
    monkeypatch.setenv("NPROC", "3")
    assert _process._environment()["NPROC"] == "3"


def test_cores_are_shared_out():
    assert [list(_crew._share(range(5), n, 2)) for n in range(2)] == [[0, 1], [2, 3, 4]]
    assert [list(_crew._share([3], n, 3)) for n in range(3)] == [[3], [3], [3]]


def test_nobody_waits_longer_than_the_budget(monkeypatch):
    monkeypatch.setattr(_crew, "_PATIENCE", 0.01)
    with pytest.raises(OutOfTime):
        _crew.lane_of(_crew.Future(), Clock(0.0))
