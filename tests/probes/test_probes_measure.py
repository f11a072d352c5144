"""Probes on live fits: what they measure, and that they leave no trace."""

import keras
import numpy as np
import pytest
from keras import layers

from whylow import probes
from whylow.capture._recorder import Recorder
from whylow.probes._state import start_of

generator = np.random.default_rng(8)
x = generator.normal(size=(90, 5)).astype("float32")
y = (x[:, 0] > 0).astype("int32")
ids = (generator.integers(1, 20, (90, 7)) * (np.arange(7) < 4)).astype("int32")


def value(variable):
    return np.array(keras.ops.convert_to_numpy(variable))


def stack(*parts, shape=(5,), dtype="float32"):
    return keras.Sequential([keras.Input(shape, dtype=dtype), *parts])


def recorded(make, **more):
    """Build under the recorder, as a script does, so that starts are known."""
    with Recorder() as recorder:
        model = make()
        before = [value(v) for v in model.trainable_variables]
        model.compile(
            optimizer=more.pop("optimizer", "adam"),
            loss=more.pop("loss", "binary_crossentropy"),
        )
        given = more.pop("x", x), more.pop("y", y)
        model.fit(*given, epochs=more.pop("epochs", 2), verbose=0, **more)
    return recorder.fits[0], before


def test_the_start_is_the_scripts_own_and_the_live_weights_stay():
    live, before = recorded(
        lambda: stack(layers.Dense(3, activation="relu"), layers.Dense(1, "sigmoid"))
    )
    ends = [value(v) for v in live.model.variables]

    for own, first in zip(start_of(live).trainable, before, strict=True):
        np.testing.assert_array_equal(own, first)
    found = probes.measure(live, seconds=20)

    assert found.failed == {}
    for end, variable in zip(ends, live.model.variables, strict=True):
        np.testing.assert_array_equal(end, value(variable))


def test_gradients_and_activations_by_hand():
    """One linear unit with squared error: the gradient is mean(2 (xw - y) x)."""
    answers = x[:, :1] * 2
    live, (kernel,) = recorded(
        lambda: stack(layers.Dense(1, use_bias=False)), y=answers, loss="mse"
    )
    found = probes.measure(live, seconds=20)

    gradient = (2 * (x @ kernel - answers) * x).mean(axis=0)
    (layer,) = found.layers
    assert layer.gradient_start == pytest.approx(np.sqrt((gradient**2).mean()), rel=1e-3)
    assert layer.activation_std_start == pytest.approx((x @ kernel).std(), rel=1e-3)
    assert found.loss_start == pytest.approx(((x @ kernel - answers) ** 2).mean(), rel=1e-3)
    assert found.loss_constant == pytest.approx(answers.var(), rel=1e-3)


def test_dead_and_equal_units_are_counted():
    """A bias of -100 keeps every unit of the first layer at zero."""
    live, _ = recorded(
        lambda: stack(
            layers.Dense(4, "relu", bias_initializer=keras.initializers.Constant(-100)),
            layers.Dense(3, "tanh", kernel_initializer="ones"),
            layers.Dense(1, "sigmoid"),
        )
    )
    first, second, _ = probes.measure(live, seconds=20).layers
    assert first.dead_start == first.dead_end == 1
    assert first.gradient_end == 0
    assert second.alike_start
    assert not first.alike_start
    assert first.drawn
    assert not second.drawn


def test_a_penalty_is_told_from_the_loss():
    live, _ = recorded(lambda: stack(layers.Dense(1, "sigmoid", kernel_regularizer="l2")))
    found = probes.measure(live, seconds=20)
    kernel = value(live.model.trainable_variables[0])
    assert found.penalty_end == pytest.approx(0.01 * (kernel**2).sum(), rel=1e-3)


def test_masks_are_followed_and_attention_is_weighed():
    def attentive():
        given = keras.Input((7,), dtype="int32")
        words = layers.Embedding(20, 4, mask_zero=True, name="words")(given)
        seen = layers.Attention(name="look")([words, words])
        flat = layers.GlobalAveragePooling1D()(seen)
        return keras.Model(given, layers.Dense(1, "sigmoid")(flat))

    live, _ = recorded(attentive, x=ids)
    found = probes.measure(live, seconds=20)
    assert "words" in found.masked_layers
    (look,) = found.attention
    assert (look.layer, look.on_padding) == ("look", 0)
    assert 0 < look.relative_entropy <= 1.01


def test_an_input_that_nobody_reads_is_named():
    def two():
        first, second = keras.Input((5,), name="first"), keras.Input((5,), name="second")
        both = layers.concatenate([first, second * 0])
        return keras.Model([first, second], layers.Dense(1, "sigmoid")(both))

    live, _ = recorded(two, x=[x, x + 1])
    assert probes.measure(live, seconds=20).unused_inputs == ("second",)


def test_trials_tell_a_rate_that_is_too_high():
    def wide():
        return stack(
            layers.Dense(16, "relu"), layers.Dense(16, "relu"), layers.Dense(1, "sigmoid")
        )

    live, _ = recorded(wide, optimizer=keras.optimizers.SGD(60.0), epochs=30)
    found = probes.measure(live, seconds=30)
    by_factor = {trial.factor: trial for trial in found.trials}
    assert found.training.skill < 0.2
    assert (by_factor[None].skill or 0) < 0.2
    assert by_factor[0.01].skill > 0.6
    assert by_factor[0.01].steps == by_factor[0.1].steps == found.steps


def test_a_fit_that_learnt_needs_no_trials():
    live, _ = recorded(
        lambda: stack(layers.Dense(1, "sigmoid")),
        optimizer=keras.optimizers.Adam(0.1),
        epochs=20,
        validation_split=0.3,
    )
    found = probes.measure(live, seconds=20)
    assert found.training.skill > 0.8
    assert found.validation.rows == 28  # Keras rounds the training part down
    assert found.trials == ()
    assert found.control is None


def test_without_time_every_probe_says_so():
    live, _ = recorded(lambda: stack(layers.Dense(1, "sigmoid")))
    found = probes.measure(live, seconds=0)
    assert set(found.failed.values()) == {"no time was left for it"}
    assert found.training is None


def test_what_raises_becomes_a_reason():
    live, _ = recorded(lambda: stack(layers.Dense(1, "sigmoid")))

    def broken(*_, **__):
        raise RuntimeError("mine")

    live.model.call = broken
    found = probes.measure(live, seconds=20)
    assert found.failed["training"] == "RuntimeError: mine"
    assert found.labels.form == "classes"


def test_the_allowance_stays_below_a_fifth_and_below_five_seconds():
    live, _ = recorded(lambda: stack(layers.Dense(1, "sigmoid")))
    assert probes.allowance(live) == 4.2
    slow = live.fit.model_copy(update={"seconds_per_epoch": 30.0, "epochs": 4})
    object.__setattr__(live, "fit", slow)
    assert probes.allowance(live) == pytest.approx(20.4)
