"""A fused lane gives the numbers of `model.fit`, from the same start and order."""

import keras
import numpy as np
import pytest
from fits import MODELS, ROWS, dense, plain_fit, recorded

from whylow.engine import Clock
from whylow.engine._fused import FusedRunner
from whylow.engine._plain import PlainRunner
from whylow.engine._seeds import draw_start, epoch_order

SEED = 1234
SCHEDULED = keras.optimizers.SGD(
    keras.optimizers.schedules.ExponentialDecay(0.1, 5, 0.7), momentum=0.9, clipnorm=0.1
)


def both_ways(live, *, orders=None):
    """Train one lane fused and the same by `model.fit`."""
    lane = FusedRunner(live, 2).run(0, SEED, Clock(None))
    size, epochs = live.training.batch_size, live.fit.settings.epochs
    start = draw_start([*live.model.variables, *live.optimizer.variables], live.start, SEED)
    imposed = orders or [
        epoch_order(ROWS, size, shuffle=True, whole_batches=False, seed=SEED, epoch=epoch)
        for epoch in range(epochs)
    ]
    return lane, plain_fit(live, start, imposed)


@pytest.mark.parametrize("name", MODELS)
def test_a_lane_is_a_fit(name):
    """330 rows in batches of 32 leave a last batch of 10, a step of its own."""
    lane, (losses, predicted) = both_ways(recorded(MODELS[name]))

    np.testing.assert_allclose(lane.history["loss"], losses, rtol=1e-5)
    np.testing.assert_allclose(lane.probabilities, predicted, rtol=1e-3, atol=2e-5)


@pytest.mark.parametrize(
    "optimizer",
    ["sgd", "rmsprop", "adagrad", "adadelta", "adamax", "nadam", "ftrl", "adamw", "lion"],
)
def test_every_optimizer(optimizer):
    lane, (losses, predicted) = both_ways(recorded(dense, optimizer=optimizer))

    np.testing.assert_allclose(lane.history["loss"], losses, rtol=1e-5)
    np.testing.assert_allclose(lane.probabilities, predicted, rtol=1e-3, atol=2e-5)


@pytest.mark.parametrize(
    "settings",
    [
        {"class_weight": {0: 1.0, 1: 7.0}},
        {"sample_weight": np.linspace(0, 2, ROWS)},
        {"optimizer": SCHEDULED},
    ],
    ids=["class_weight", "sample_weight", "schedule-and-clipping"],
)
def test_weights_and_schedules(settings):
    lane, (losses, predicted) = both_ways(recorded(dense, **settings))

    np.testing.assert_allclose(lane.history["loss"], losses, rtol=1e-5)
    np.testing.assert_allclose(lane.probabilities, predicted, rtol=1e-3, atol=2e-5)


def test_another_order_gives_other_numbers():
    """The control: agreement is no accident of a loss that order cannot move."""
    live = recorded(MODELS["bilstm"])
    lane, (losses, _) = both_ways(live, orders=[np.arange(ROWS)] * 2)

    assert not np.allclose(lane.history["loss"], losses, rtol=1e-5)


def test_a_seed_alone_agrees_with_its_lane_among_many():
    live = recorded(MODELS["bilstm-dropout"])
    runner = FusedRunner(live, 2)
    _, second = (runner.run(pair, seed, Clock(None)) for pair, seed in enumerate((1, SEED)))
    alone = FusedRunner(live, 2).run(0, SEED, Clock(None))

    np.testing.assert_array_equal(second.probabilities, alone.probabilities)


def test_seeds_differ_and_the_live_model_is_left_alone():
    live = recorded(MODELS["bilstm"])
    before = live.model.get_weights()
    runner = FusedRunner(live, 2)
    lanes = [runner.run(0, seed, Clock(None)) for seed in (1, 2)]

    assert np.abs(lanes[0].probabilities - lanes[1].probabilities).max() > 1e-3
    for weight, old in zip(live.model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(weight, old)


def test_plain_fit_starts_where_the_fused_lane_does():
    """With one batch and no shuffling there is no order left to differ in."""
    live = recorded(dense, batch_size=ROWS, shuffle=False, epochs=3)
    before = live.model.get_weights()
    fused, plain = (
        kind(live, 2).run(0, SEED, Clock(None)) for kind in (FusedRunner, PlainRunner)
    )

    np.testing.assert_allclose(fused.history["loss"], plain.history["loss"], rtol=1e-5)
    np.testing.assert_allclose(
        fused.probabilities, plain.probabilities, rtol=1e-4, atol=1e-6
    )
    for weight, old in zip(live.model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(weight, old)
