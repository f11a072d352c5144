"""A fused lane gives the numbers of `model.fit`, from the same start and order."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from fits import MODELS, OPTIMIZERS, ROWS, bilstm, dense, plain_fit, recorded

from whylow import keras2
from whylow.engine import Clock
from whylow.engine._fused import FusedRunner
from whylow.engine._plain import PlainRunner
from whylow.engine._seeds import draw_start, epoch_order

SEED = 1234
# Of the weights after 20 steps, relative to the largest of a variable (or a hundredth).
# What divides by the root of a mean square, or takes a sign, makes rounding of a tiny
# gradient larger.
TOLERANCE = {"adafactor": 2e-3, "lion": 5e-3, "adadelta": 1e-3, "ftrl": 1e-3}
COMMON_TOLERANCE = 2e-4


@pytest.fixture(autouse=True)
def _own_programs(tmp_path_factory, monkeypatch):
    """Programs of these tests are kept for these tests, not with the user's."""
    folder = tmp_path_factory.getbasetemp() / "programs"
    monkeypatch.setenv("WHYLOW_CACHE", str(folder))


def orders_of(live):
    size, epochs = live.training.batch_size, live.fit.settings.epochs
    return [
        epoch_order(ROWS, size, shuffle=True, whole_batches=False, seed=SEED, epoch=epoch)
        for epoch in range(epochs)
    ]


def lane_steps(live, **kwargs):
    """Train a lane step by step: loss of each step alone, and the weights it ends with."""
    runner = FusedRunner(live, 2, **kwargs)
    state, losses = runner._states.drawn(SEED), []
    for order in orders_of(live):
        for first in range(0, ROWS, 32):
            state = (*state[:3], runner._states.no_metrics(), state[4])
            chunk = runner._batches.chunk(order[None, first : first + 32], 1)
            state = runner._train(state, chunk, 1, Clock(None))
            losses.append(float(np.mean(runner._steps.logs(state[3])["loss"])))
    if runner.plan.batch_rows is not None:
        everything = [np.arange(len(group.occurring)) for group in runner.plan.groups]
        state = runner.plan.batch_rows.taken(state, everything)
    weights = [np.asarray(value) for part in state[:2] for value in part]
    return runner, np.array(losses), weights


def plain_steps(live):
    """Train by the live model's own `train_step` alone, as `train_on_batch` does."""
    model, rows = live.model, live.training
    parts = (model.trainable_variables, model.non_trainable_variables)
    state = [draw_start(part, live.start, SEED) for part in parts]
    state.append(draw_start(live.optimizer.variables, live.start, SEED))
    program, losses = None, []
    with keras2.emulated(model):
        for order in orders_of(live):
            for first in range(0, ROWS, 32):
                batch = order[first : first + 32]
                data = tuple(
                    jax.tree.map(lambda part, batch=batch: jnp.asarray(part[batch]), part)
                    for part in (rows.x, rows.y, rows.sample_weight)
                    if part is not None
                )
                metrics = [jnp.zeros(v.shape, v.dtype) for v in model.metrics_variables]
                state = jax.tree.map(jnp.asarray, [*state[:3], metrics])
                if program is None:
                    lowered = jax.jit(model.train_step).lower(tuple(state), data)
                    program = lowered.compile({"xla_backend_optimization_level": "1"})
                logs, state = program(tuple(state), data)
                losses.append(float(np.mean(logs["loss"])))
    return np.array(losses), [np.asarray(value) for part in state[:2] for value in part]


def agree(live, tolerance=COMMON_TOLERANCE):
    """Hold a lane against plain training; return the runner."""
    runner, losses, weights = lane_steps(live)
    expected, expected_weights = plain_steps(live)

    assert len(losses) == 20
    np.testing.assert_allclose(losses, expected, rtol=1e-5)
    kept = {
        (table.trained, table.index): group.occurring
        for group in runner.plan.groups
        for table in group.tables
    }
    trained = len(live.model.trainable_variables)
    for number, (weight, other) in enumerate(zip(weights, expected_weights, strict=True)):
        place = (number < trained, number if number < trained else number - trained)
        other = other[kept[place]] if place in kept else other
        if other.dtype.kind == "f":
            largest = max(np.abs(other).max(), 0.01)
            np.testing.assert_allclose(weight, other, atol=tolerance * largest)
        else:
            np.testing.assert_array_equal(weight, other)  # a seed generator's state
    return runner


@pytest.mark.parametrize("name", MODELS)
def test_a_lane_is_a_fit(name):
    build, settings = MODELS[name]
    agree(recorded(build, trained=False, **settings))


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer(name):
    live = recorded(dense, optimizer=OPTIMIZERS[name](), trained=False)
    agree(live, TOLERANCE.get(name, COMMON_TOLERANCE))


def test_a_whole_lane_is_a_whole_fit():
    """Epoch losses and predictions too; 320 rows in batches of 48 leave one of 32."""
    live = recorded(bilstm, batch_size=48)
    lane = FusedRunner(live, 2).run(0, SEED, Clock(None))
    start = draw_start([*live.model.variables, *live.optimizer.variables], live.start, SEED)
    losses, predicted = plain_fit(live, start, orders_of(live))

    np.testing.assert_allclose(lane.history["loss"], losses, rtol=1e-5)
    np.testing.assert_allclose(lane.probabilities, predicted, rtol=1e-3, atol=2e-5)


def test_another_order_gives_other_numbers():
    """The control: agreement is no accident of a loss that order cannot move."""
    live = recorded(bilstm, trained=False)
    lane = FusedRunner(live, 2).run(0, SEED, Clock(None))
    start = draw_start([*live.model.variables, *live.optimizer.variables], live.start, SEED)
    losses, _ = plain_fit(live, start, [np.arange(ROWS)] * 2)

    assert not np.allclose(lane.history["loss"], losses, rtol=1e-5)


def test_a_seed_alone_agrees_with_its_lane_among_many():
    live = recorded(MODELS["bilstm-dropout"][0], trained=False)
    runner = FusedRunner(live, 2)
    _, second = (runner.run(pair, seed, Clock(None)) for pair, seed in enumerate((1, SEED)))
    alone = FusedRunner(live, 2).run(0, SEED, Clock(None))

    np.testing.assert_array_equal(second.probabilities, alone.probabilities)


def test_seeds_differ_and_the_live_model_is_left_alone():
    live = recorded(bilstm)
    before = live.model.get_weights()
    runner = FusedRunner(live, 2)
    lanes = [runner.run(0, seed, Clock(None)) for seed in (1, 2)]

    assert np.abs(lanes[0].probabilities - lanes[1].probabilities).max() > 1e-3
    for weight, old in zip(live.model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(weight, old)
    assert "call" not in vars(live.model.layers[1])


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
