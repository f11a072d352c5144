"""Who is suspected: real fits, what they differ in, and what cannot be examined and why."""

import sys
from pathlib import Path

import keras
import pytest
from keras import layers, ops

sys.path.insert(0, str(Path(__file__).parents[1] / "remedies"))
from remedy_fits import TIME, WORDS, dense, recorded

from whylow import remedies
from whylow.causes import suspects
from whylow.records import Finding


def optimizer(rate):
    return keras.optimizers.Adam(rate)


def finding(code, severity, fit="dense", faults=()):
    return Finding(
        code=code, name="", severity=severity, fit=fit, message="", fix="", faults=faults
    )


def named(found):
    return {suspect.remedy.name: suspect for suspect in found}


def rate(live):
    return live.fit.compile.optimizer_config["learning_rate"]


def test_a_regularizer_is_put_back_and_planted_as_a_whole():
    """Half of one object and half of another is neither: L2 has no counterpart in None."""
    penalty = keras.regularizers.L2(0.5)
    baseline = recorded(lambda: dense(layers.Dense(4, name="middle")))
    variant = recorded(
        lambda: dense(layers.Dense(4, kernel_regularizer=penalty, name="middle"))
    )
    found, refused = suspects(baseline, variant, [])
    (one,) = found

    assert one.remedy.name == "kernel_regularizer-of-middle"
    assert one.remedy.does == "putting back `kernel_regularizer=None` of `middle`"
    assert one.variant.model.get_layer("middle").kernel_regularizer is None
    assert one.planted.model.get_layer("middle").kernel_regularizer.l2 == 0.5
    assert not refused


def test_another_initializer_is_one_difference():
    baseline = recorded(lambda: dense(layers.Dense(4, name="middle")))
    variant = recorded(
        lambda: dense(
            layers.Dense(
                4, kernel_initializer=keras.initializers.RandomNormal(0, 2), name="middle"
            )
        )
    )
    found, _ = suspects(baseline, variant, [])

    assert list(named(found)) == ["kernel_initializer-of-middle"]


def test_a_difference_is_undone_in_the_variant_and_planted_in_the_baseline():
    baseline = recorded(dense, optimizer=optimizer(0.01))
    variant = recorded(dense, optimizer=optimizer(0.3), epochs=5)
    found, _ = suspects(baseline, variant, [])
    one, other = (
        named(found)[key] for key in ("learning-rate-as-before", "epochs-as-before")
    )

    assert rate(one.variant) == pytest.approx(0.01)
    assert one.variant.fit.settings.epochs == 5
    assert rate(one.planted) == pytest.approx(0.3)
    assert one.planted.fit.settings.epochs == 2
    assert other.planted.fit.settings.epochs == 5
    assert rate(other.planted) == pytest.approx(0.01)


def test_an_added_layer_is_taken_out_and_planted_where_it_stood():
    baseline = recorded(dense)
    variant = recorded(lambda: dense(layers.Dropout(0.9, name="drop")))
    found, _ = suspects(baseline, variant, [])
    one = named(found)["without-drop"]

    assert [type(layer).__name__ for layer in one.planted.model.layers] == [
        "Embedding", "Flatten", "Dropout", "Dense"
    ]  # fmt: skip


def test_a_removed_layer_is_put_back_and_its_removal_planted():
    baseline = recorded(lambda: dense(layers.Dropout(0.9, name="drop")))
    variant = recorded(dense)
    found, _ = suspects(baseline, variant, [])
    one = named(found)["with-drop"]

    assert [type(layer).__name__ for layer in one.variant.model.layers] == [
        "Embedding", "Flatten", "Dropout", "Dense"
    ]  # fmt: skip
    assert "Dropout" not in [type(layer).__name__ for layer in one.planted.model.layers]


def bidirectional(inner):
    def build():
        both = layers.Bidirectional(inner, name="both")
        table = layers.Embedding(WORDS, 5)
        head = layers.Dense(1, activation="sigmoid")
        return keras.Sequential([keras.Input((TIME,)), table, both, head], name="dense")

    return build


def test_a_layer_of_another_class_is_put_in_the_place_of_the_other():
    """A maximum for a mean, say: taking one out and putting the other in are one change."""

    def build(pooling):
        table = layers.Embedding(WORDS, 5)
        head = layers.Dense(1, activation="sigmoid")
        return keras.Sequential([keras.Input((TIME,)), table, pooling, head], name="dense")

    baseline = recorded(lambda: build(layers.GlobalAveragePooling1D(name="pool")))
    variant = recorded(lambda: build(layers.GlobalMaxPooling1D(name="pool")))
    found, refused = suspects(baseline, variant, [])
    (one,) = found

    assert one.remedy.does == "putting back `GlobalAveragePooling1D` in place of `pool`"
    assert type(one.variant.model.get_layer("pool")) is layers.GlobalAveragePooling1D
    assert type(one.planted.model.get_layer("pool")) is layers.GlobalMaxPooling1D
    assert not refused


def test_what_is_wrapped_both_ways_is_put_back_both_ways():
    baseline = recorded(bidirectional(layers.LSTM(3)))
    variant = recorded(bidirectional(layers.GRU(3)))
    found, _ = suspects(baseline, variant, [])
    one = named(found)["layer-of-both"]
    both = one.variant.model.get_layer("both")

    assert one.remedy.does == "putting back `layer=LSTM` of `both`"
    assert [type(way) for way in (both.forward_layer, both.backward_layer)] == [
        layers.LSTM, layers.LSTM
    ]  # fmt: skip


def test_a_layer_that_stood_first_is_listed_with_the_reason():
    plain = [keras.Input((TIME,)), layers.Dense(1, activation="sigmoid")]
    scaled = [keras.Input((TIME,)), layers.Rescaling(0.1, name="scale"), plain[1]]
    baseline = recorded(lambda: keras.Sequential(scaled, name="dense"))
    variant = recorded(
        lambda: keras.Sequential(
            [keras.Input((TIME,)), layers.Dense(1, activation="sigmoid")], name="dense"
        )
    )
    _, refused = suspects(baseline, variant, [])

    assert any(
        one == "with-scale: there is no layer behind which `scale` would stand"
        for one in refused
    )


def test_what_a_difference_sets_anyway_is_no_suspect_of_its_own():
    """Both would share the credit of one fault."""
    baseline = recorded(dense, optimizer=optimizer(0.01))
    variant = recorded(dense, optimizer=optimizer(0.3))
    found, refused = suspects(baseline, variant, [finding("WL304", "warning")])

    assert "learning-rate-as-before" in named(found)
    assert "lower-learning-rate" not in named(found)
    assert "lower-learning-rate: learning-rate-as-before sets the same thing" in refused


def test_without_such_a_difference_it_is_one():
    baseline = recorded(dense)
    variant = recorded(lambda: dense(layers.Dense(4)))
    found, _ = suspects(baseline, variant, [finding("WL304", "warning")])

    assert "lower-learning-rate" in named(found)


def test_settings_to_try_come_behind_faults_and_differences():
    baseline = recorded(dense)
    variant = recorded(lambda: dense(layers.Dense(4, name="middle")))
    found, _ = suspects(
        baseline, variant, [finding("WL301", "warning"), finding("WL401", "error")]
    )
    order = [suspect.remedy.name for suspect in found]

    # An error's remedy comes first, whatever its kind; a warning's to try comes last.
    assert order.index("class-weights") < order.index("without-middle")
    assert order.index("without-middle") < order.index("dropout")
    assert order.index("dropout") < order.index("weight-decay")


def test_two_names_for_one_change_are_examined_once_and_both_named():
    baseline = recorded(dense, shuffle=True)
    variant = recorded(dense, shuffle=False)
    again = remedies.own("same-model", lambda config: config)
    found, refused = suspects(baseline, variant, [], own=[again])

    assert list(named(found)) == ["shuffle-as-before"]
    assert "same-model: it changes nothing here" in refused


class Halved(layers.Layer):
    """Leaves out of its configuration what it was made with."""

    def __init__(self, share=1.0, **kwargs):
        super().__init__(**kwargs)
        self.share = share

    def get_config(self):
        return super().get_config()

    def call(self, inputs):
        return inputs * self.share


class Own(keras.Sequential):
    """Trains on labels of its own."""

    def train_step(self, state, data):
        x, y = data[0], ops.zeros_like(data[1])
        return super().train_step(state, (x, y))


def parts(*middle):
    return [
        keras.Input((TIME,)),
        layers.Embedding(WORDS, 5),
        layers.Flatten(),
        *middle,
        layers.Dense(1, activation="sigmoid"),
    ]


def test_a_layer_that_forgets_what_it_was_made_with_is_not_made_again():
    """Its copy would be another layer, and every remedy seem to cure what it forgot."""
    live = recorded(lambda: keras.Sequential(parts(Halved(0.5, name="halved"))))

    with pytest.raises(
        remedies.NotApplicable, match=r"`halved` cannot be made again: .* `share=0.5`"
    ):
        remedies.named("dropout").apply(live)
    remedies.named("more-epochs").apply(live)  # leaves the layers alone


def test_a_layer_of_ones_own_that_says_all_is_made_again():
    live = recorded(lambda: keras.Sequential(parts(Halved(1.0, name="halved"))))

    remedies.named("dropout").apply(live)


def test_a_model_of_a_class_of_its_own_keeps_its_step():
    live = recorded(lambda: Own(parts(), name="mine"))

    with pytest.raises(remedies.NotApplicable, match="`mine` is of a class of its own"):
        remedies.named("dropout").apply(live)


def test_weights_that_start_from_values_of_their_own_are_not_drawn_instead():
    """Of another width they would be drawn, and the remedy cure what their start did."""

    def build(units):
        model = dense(layers.Dense(units, name="middle"))
        weight = model.get_layer("middle").kernel
        weight.assign(weight + 3.0)
        return model

    baseline = recorded(lambda: dense(layers.Dense(4, name="middle")))
    variant = recorded(lambda: build(6))
    _, refused = suspects(baseline, variant, [])

    assert any(
        one.startswith("units-of-middle: `")
        and one.endswith("starts from values of its own, which do not fit another shape")
        for one in refused
    )
    remedies.named("dropout").apply(variant)  # every weight keeps its shape
