"""Keras 2's broadcast: found from shapes, and trained to the same numbers."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from whylow.keras2 import broadcast_of, emulated

ROWS, BATCH, STEPS, WORDS = 15, 5, 7, 11


def texts():
    random = np.random.default_rng(3)
    x = random.integers(1, WORDS, (ROWS, STEPS))
    return x, random.integers(0, 2, ROWS)


def per_step_model(*, mask=False, loss="binary_crossentropy", seed=0, **options):
    """A model that forgets to reduce over time: output `(n, STEPS, 1)`."""
    keras.utils.set_random_seed(seed)
    model = keras.Sequential(
        [
            keras.Input((STEPS,), dtype="int32"),
            layers.Embedding(WORDS, 3, mask_zero=mask),
            layers.SimpleRNN(2, return_sequences=True, name="remembers"),
            layers.Dropout(0.2),
            layers.Dense(1, activation="sigmoid", name="answer"),
        ]
    )
    model.compile(optimizer="sgd", loss=loss, **options)
    return model


def trained(y, *, emulate, seed=0, fit=None, **options):
    model = per_step_model(seed=seed, **options)
    arguments = {
        "epochs": 2,
        "batch_size": BATCH,
        "shuffle": False,
        "verbose": 0,
        **(fit or {}),
    }
    x, _ = texts()
    if emulate:
        with emulated(model):
            history = model.fit(x, y, **arguments)
    else:
        history = model.fit(x, y, **arguments)
    return model.get_weights(), history.history


def same(one, other):
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("label_shape", [(ROWS,), (ROWS, 1)])
def test_training_equals_training_on_repeated_labels_to_the_last_bit(label_shape):
    _, y = texts()
    weights, history = trained(y.reshape(label_shape), emulate=True, metrics=["accuracy"])
    repeated = np.repeat(y[:, None], STEPS, axis=1)
    expected, expected_history = trained(
        repeated, emulate=False, metrics=[keras.metrics.BinaryAccuracy("accuracy")]
    )
    assert same(weights, expected)
    assert history["loss"] == expected_history["loss"]


def test_the_comparison_of_weights_would_notice_other_labels():
    _, y = texts()
    assert not same(trained(y, emulate=True)[0], trained(1 - y, emulate=True)[0])


def test_accuracy_is_the_share_of_steps_that_agree_with_the_label():
    x, y = texts()
    model = per_step_model(metrics=["accuracy"])
    with emulated(model):
        answer = model.evaluate(x, y, verbose=0, return_dict=True)
    steps = model.predict(x, verbose=0)[:, :, 0] > 0.5
    assert answer["accuracy"] == pytest.approx(np.mean(steps == y[:, None]))


def test_evaluate_gives_the_mean_cross_entropy_over_steps():
    x, y = texts()
    model = per_step_model()
    with emulated(model):
        loss = model.evaluate(x, y, verbose=0)
    p = model.predict(x, verbose=0)[:, :, 0].astype("float64")
    expected = -np.mean(y[:, None] * np.log(p) + (1 - y[:, None]) * np.log(1 - p))
    assert loss == pytest.approx(expected, rel=1e-5)


def test_sample_weights_and_class_weights_say_the_same():
    _, y = texts()
    by_class, _ = trained(y, emulate=True, fit={"class_weight": {0: 1.0, 1: 3.0}})
    by_text, _ = trained(y, emulate=True, fit={"sample_weight": np.where(y == 1, 3.0, 1.0)})
    plain, _ = trained(y, emulate=True)
    assert same(by_class, by_text)
    assert not same(by_class, plain)


def test_a_text_of_weight_zero_does_not_count():
    _, y = texts()
    weight = np.ones(ROWS)
    weight[3] = 0
    other = y.copy()
    other[3] = 1 - other[3]
    assert same(
        trained(y, emulate=True, fit={"sample_weight": weight})[0],
        trained(other, emulate=True, fit={"sample_weight": weight})[0],
    )


def test_area_under_the_curve_sees_the_label_at_every_step():
    x, y = texts()
    model = per_step_model(metrics=["AUC"], weighted_metrics=[keras.metrics.AUC(name="w")])
    weight = np.linspace(0.5, 2.0, ROWS)
    with emulated(model):
        answer = model.evaluate(x, y, sample_weight=weight, verbose=0, return_dict=True)
    p = model.predict(x, verbose=0)[:, :, 0]
    steps, repeated = p.ravel(), np.repeat(y, STEPS)
    for name, weights in (("AUC", None), ("w", np.repeat(weight, STEPS))):
        reference = keras.metrics.AUC()
        reference.update_state(repeated, steps, weights)
        assert answer[name] == pytest.approx(float(reference.result()), abs=1e-6)


def test_a_metric_written_as_a_function_gets_the_shapes_of_keras_2():
    seen = []

    def f1(y_true, y_pred):
        seen.append((tuple(y_true.shape)[1:], tuple(y_pred.shape)[1:]))
        return ops.mean(y_true * y_pred)

    x, y = texts()
    model = per_step_model(metrics=[f1])
    with emulated(model):
        model.fit(x, y, verbose=0)
    assert set(seen) == {((1,), (STEPS,))}


def test_a_masked_output_is_averaged_over_the_steps_that_count():
    """By hand: the losses of the steps that are no padding, divided by their number."""
    x, y = texts()
    x = x.copy()
    x[:, 3:] = 0
    x[0, 1:] = 0
    model = per_step_model(mask=True, metrics=["accuracy"])
    with emulated(model):
        answer = model.evaluate(x, y, verbose=0, return_dict=True)
    p = model.predict(x, verbose=0)[:, :, 0].astype("float64")
    losses = -(y[:, None] * np.log(p) + (1 - y[:, None]) * np.log(1 - p))
    assert answer["loss"] == pytest.approx(losses[x != 0].mean(), rel=1e-5)
    hits = ((p > 0.5) == y[:, None])[x != 0]
    assert answer["accuracy"] == pytest.approx(hits.mean())
    with emulated(model):
        model.fit(x, y, sample_weight=np.ones(ROWS), verbose=0)


def test_weighted_metrics_weigh_the_steps_that_count():
    """By hand: a text's weight counts once for each of its steps that is no padding."""
    x, y = texts()
    x = x.copy()
    x[:6, 3:] = 0
    weight = np.linspace(0.5, 2.0, ROWS)
    accuracy = keras.metrics.BinaryAccuracy(name="weighted")
    model = per_step_model(mask=True, weighted_metrics=[accuracy])
    with emulated(model):
        answer = model.evaluate(x, y, sample_weight=weight, verbose=0, return_dict=True)
    hits = (model.predict(x, verbose=0)[:, :, 0] > 0.5) == y[:, None]
    weights = np.repeat(weight[:, None], STEPS, axis=1)[x != 0]
    expected = np.average(hits[x != 0], weights=weights)
    assert answer["weighted"] == pytest.approx(expected, rel=1e-5)


def test_a_traced_train_step_gives_the_loss_of_fit():
    import jax

    if keras.backend.backend() != "jax":
        pytest.skip("`train_step` is a pure function on the JAX backend only")
    x, y = texts()
    model = per_step_model(metrics=["accuracy"])
    with emulated(model):
        model._symbolic_build(data_batch=(x, y))
        state = model._get_jax_state(
            trainable_variables=True,
            non_trainable_variables=True,
            optimizer_variables=True,
            metrics_variables=True,
        )
        logs, _ = jax.jit(model.train_step)(state, (x, y))
    _, history = trained(
        y, emulate=True, metrics=["accuracy"], fit={"epochs": 1, "batch_size": ROWS}
    )
    assert float(logs["loss"]) == pytest.approx(history["loss"][0], rel=1e-6)


def test_nothing_stays_behind_after_an_exception():
    x, y = texts()
    model = per_step_model(metrics=["accuracy"])
    before = (dict(vars(model._compile_loss)), dict(vars(model._compile_metrics)))

    def interrupted():
        with emulated(model), emulated(model):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert (vars(model._compile_loss), vars(model._compile_metrics)) == before
    with pytest.raises(ValueError, match="same shape"):
        model.fit(x, y, verbose=0)


def test_twice_over_is_once():
    x, y = texts()
    model = per_step_model(metrics=["accuracy"])
    with emulated(model):
        with emulated(model):
            model.fit(x, y, epochs=2, batch_size=BATCH, shuffle=False, verbose=0)
        model.evaluate(x, y, verbose=0)
    assert same(model.get_weights(), trained(y, emulate=True, metrics=["accuracy"])[0])


def test_other_models_still_refuse():
    x, y = texts()
    model, other = per_step_model(), per_step_model()
    with emulated(model), pytest.raises(ValueError, match="same shape"):
        other.fit(x, y, verbose=0)


def test_labels_for_each_step_pass_through_untouched():
    steps = np.random.default_rng(5).integers(0, 2, (ROWS, STEPS, 1))
    assert same(trained(steps, emulate=True)[0], trained(steps, emulate=False)[0])


def test_an_emulated_fit_after_a_refused_one_trains():
    x, y = texts()
    model = per_step_model(metrics=["accuracy"])
    with pytest.raises(ValueError, match="same shape"):
        model.fit(x, y, verbose=0)
    with emulated(model):
        history = model.fit(x, y, epochs=2, batch_size=BATCH, shuffle=False, verbose=0)
    assert set(history.history) == {"accuracy", "loss"}


def test_the_broadcast_names_shapes_and_the_layer_that_keeps_time():
    _, y = texts()
    model = per_step_model()
    found = broadcast_of(model, y)
    assert found is not None
    assert found.output_shape == (None, STEPS, 1)
    assert found.label_shape == (None,)
    assert found.layer == "remembers"
    assert found.emulated
    assert broadcast_of(model, (ROWS, 1)).label_shape == (None, 1)
    assert broadcast_of(model, list(y)) == found
    assert broadcast_of(model, [y]) == found


def test_a_nested_model_is_opened_for_the_layer_that_keeps_time():
    _, y = texts()
    inner = keras.Sequential(
        [keras.Input((STEPS, 3)), layers.SimpleRNN(2, return_sequences=True, name="inside")]
    )
    inputs = keras.Input((STEPS,))
    output = layers.Dense(1)(inner(layers.Embedding(WORDS, 3)(inputs)))
    assert broadcast_of(keras.Model(inputs, output), y, "mse").layer == "inside"


def test_no_broadcast_where_the_shapes_agree():
    _, y = texts()
    steps = np.repeat(y[:, None], STEPS, axis=1)
    assert broadcast_of(per_step_model(), steps) is None
    assert broadcast_of(per_step_model(), steps[:, :, None]) is None
    pooled = keras.Sequential(
        [
            keras.Input((STEPS,)),
            layers.Embedding(WORDS, 3),
            layers.GlobalMaxPooling1D(),
            layers.Dense(1),
        ]
    )
    assert broadcast_of(pooled, y, "binary_crossentropy") is None
    assert broadcast_of(per_step_model(), None) is None
    assert broadcast_of(per_step_model(), y, {"answer": "mse"}) is None


def test_one_output_in_a_list_is_one_output():
    x, y = texts()
    inputs = keras.Input((STEPS,))
    output = layers.Dense(1, activation="sigmoid")(layers.Embedding(WORDS, 3)(inputs))
    model = keras.Model(inputs, [output])
    model.compile(loss="binary_crossentropy", metrics=["accuracy"])
    assert broadcast_of(model, y).emulated
    with emulated(model):
        model.fit(x, y, verbose=0)
    two = keras.Model(inputs, [output, output])
    assert broadcast_of(two, y, "binary_crossentropy") is None


def test_a_model_that_is_not_built_needs_the_inputs():
    x, y = texts()
    model = keras.Sequential([layers.Embedding(WORDS, 3), layers.Dense(1)])
    model.compile(loss="binary_crossentropy")
    assert broadcast_of(model, y) is None
    assert broadcast_of(model, y, x=x).output_shape == (None, STEPS, 1)
    with emulated(model):
        model.fit(x, y, verbose=0)


def test_a_subclassed_model_is_named_itself():
    class Own(keras.Model):
        def __init__(self):
            super().__init__(name="own")
            self.embedding, self.answer = layers.Embedding(WORDS, 3), layers.Dense(1)

        def call(self, inputs):
            return self.answer(self.embedding(inputs))

    x, y = texts()
    model = Own()
    model.compile(loss=keras.losses.BinaryCrossentropy(from_logits=True))
    assert broadcast_of(model, y, x=x).layer == "own"
    with emulated(model):
        model.fit(x, y, verbose=0)


def keras_losses():
    from keras.src.losses import ALL_OBJECTS

    skipped = ("Loss", "LossFunctionWrapper")
    return sorted(
        (
            loss
            for loss in ALL_OBJECTS
            if isinstance(loss, type) and loss.__name__ not in skipped
        ),
        key=lambda loss: loss.__name__,
    )


@pytest.mark.filterwarnings("ignore:In loss:SyntaxWarning")
@pytest.mark.parametrize("loss", keras_losses(), ids=lambda loss: loss.__name__)
def test_what_is_said_of_a_loss_is_what_keras_does(loss):
    """Emulated: Keras refuses `(n, 1)`, takes repeated labels. Silent: both agree."""
    random = np.random.default_rng(7)
    y = np.array([[0.0], [1.0]], "float32")
    p = random.uniform(0.1, 0.9, (2, 3, 1)).astype("float32")

    def value(labels):
        try:
            return float(loss()(labels, p))
        except (ValueError, TypeError):
            return None

    once, repeated = value(y), value(np.repeat(y, 3, axis=1))
    found = broadcast_of(per_step_model(loss=loss()), (ROWS,))
    if found is None:
        classes = ("Categorical", "Cosine", "Dice", "Tversky", "CTC", "Circle")
        assert any(word in loss.__name__ for word in classes)
    elif found.emulated:
        assert once is None
        assert repeated is not None
    else:
        assert once == pytest.approx(repeated)


def test_a_custom_loss_counts_only_if_keras_refuses_it():
    def focal(y_true, y_pred):
        return ops.mean(ops.binary_crossentropy(y_true, y_pred), axis=-1)

    def pooled(y_true, y_pred):
        return ops.square(y_true - ops.mean(y_pred, axis=1, keepdims=True))

    def broken(y_true, y_pred):
        raise RuntimeError

    _, y = texts()
    assert broadcast_of(per_step_model(loss=focal), y).emulated
    assert broadcast_of(per_step_model(loss=pooled), y) is None
    assert broadcast_of(per_step_model(loss=broken), y) is None
    x, y = texts()
    model = per_step_model(loss=focal)
    with emulated(model):
        model.fit(x, y, verbose=0)
