"""Keras' epoch-level callbacks steer a fused lane as they steer `model.fit`."""

import keras
import numpy as np
import pytest
from fits import bilstm, dense, recorded

from whylow.engine import Clock
from whylow.engine._callbacks import Served
from whylow.engine._fused import FusedRunner
from whylow.engine._plain import PlainRunner
from whylow.engine._why_not import why_not_fused

callbacks = keras.callbacks


def lanes_of(live):
    """The same lane fused and by `model.fit`; no shuffling, so that orders agree."""
    return [kind(live, 2).run(0, 7, Clock(None)) for kind in (FusedRunner, PlainRunner)]


def test_a_lane_stops_early_and_lowers_its_rate_as_fit_does():
    live = recorded(
        dense,
        trained=False,
        optimizer=keras.optimizers.Adam(0.05),
        epochs=9,
        shuffle=False,
        callbacks=[
            callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.97),
            callbacks.ReduceLROnPlateau(monitor="val_loss", patience=0, factor=0.5),
            callbacks.EarlyStopping("val_loss", patience=3, restore_best_weights=True),
        ],
    )
    assert why_not_fused(live) is None
    fused, plain = lanes_of(live)

    assert len(fused.history["loss"]) == len(plain.history["loss"]) < 9
    assert set(fused.history) == set(plain.history)
    for name, values in plain.history.items():
        np.testing.assert_allclose(fused.history[name], values, rtol=2e-4, err_msg=name)
    np.testing.assert_allclose(fused.probabilities, plain.probabilities, atol=2e-4)
    assert fused.history["learning_rate"][-1] < 0.05 * 0.97 * 0.6


@pytest.mark.parametrize(
    "own",
    [
        callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: None),
        type("EarlyStopping", (callbacks.EarlyStopping,), {})(),
    ],
    ids=["of-a-batch", "a-subclass"],
)
def test_other_callbacks_mean_plain_fit(own):
    live = recorded(dense, trained=False, callbacks=[own])

    assert "callbacks that may act within an epoch" in why_not_fused(live)


def test_a_schedule_leaves_no_rate_to_set():
    rate = keras.optimizers.schedules.ExponentialDecay(0.1, 5, 0.7)
    live = recorded(
        bilstm,
        trained=False,
        optimizer=keras.optimizers.SGD(rate),
        callbacks=[callbacks.ReduceLROnPlateau()],
    )

    assert "ReduceLROnPlateau" in why_not_fused(live)


def test_each_lane_has_callbacks_of_its_own():
    early = callbacks.EarlyStopping("loss", patience=0)
    live = recorded(dense, trained=False, callbacks=[early])
    first, second = Served(live, 0.1), Served(live, 0.1)

    assert first.after(0, {"loss": 1.0})
    assert not first.after(1, {"loss": 2.0})
    assert second.after(0, {"loss": 3.0})
    assert early.stopped_epoch == 0
