"""What two recorded fits differ in, from their records alone."""

import pytest

from whylow.causes import differences
from whylow.records import Compile, Fit, Layer, Model, Settings, Split


def fit(*layers, rate=0.001, loss="binary_crossentropy", optimizer="Adam", **settings):
    digest = settings.pop("digest", "a")
    return Fit(
        name="fit",
        model=Model(class_name="Sequential", backend="jax", layers=layers),
        compile=Compile(
            optimizer=optimizer,
            optimizer_config={"name": "adam", "learning_rate": rate},
            loss=loss,
        ),
        settings=Settings(**{"epochs": 3, "batch_size": 32, **settings}),
        training=Split(rows=100, digest=digest),
    )


def layer(class_name, name, **config):
    return Layer(class_name=class_name, name=name, config={"name": name, **config})


EMBEDDING = layer("Embedding", "embedding", mask_zero=False, seed=1)
DENSE = layer("Dense", "dense", units=1)


def whats(baseline, variant):
    return [one.what for one in differences(baseline, variant)]


def test_equal_fits_differ_in_nothing_whatever_their_names_and_seeds():
    other = layer("Embedding", "embedding_7", mask_zero=False, seed=2)

    assert not differences(fit(EMBEDDING, DENSE), fit(other, DENSE))


@pytest.mark.parametrize(
    ("variant", "expected"),
    [
        (fit(EMBEDDING, DENSE, rate=0.01), ["learning rate"]),
        (fit(EMBEDDING, DENSE, optimizer="SGD", rate=0.01), ["optimizer"]),
        (fit(EMBEDDING, DENSE, loss="mean_squared_error"), ["loss"]),
        (fit(EMBEDDING, DENSE, epochs=5, shuffle=False), ["epochs", "shuffle"]),
        (fit(EMBEDDING, DENSE, digest="b"), ["training rows"]),
        (
            fit(EMBEDDING, DENSE, digest="b", class_weight={"0": 1.0, "1": 9.0}),
            ["class weight"],
        ),
        (fit(EMBEDDING, layer("Dense", "dense", units=2)), ["`units` of `dense`"]),
        (
            fit(EMBEDDING, layer("SeqSelfAttention", "attention"), DENSE),
            ["`attention` added"],
        ),
    ],
)
def test_each_difference_is_listed_by_itself(variant, expected):
    assert whats(fit(EMBEDDING, DENSE), variant) == expected


def test_inner_arguments_of_a_wrapper_are_compared_one_by_one():
    def wrapped(units, sequences):
        inner = {"class_name": "LSTM", "config": {"units": units, "name": f"l{units}"}}
        inner["config"]["return_sequences"] = sequences
        return layer("Bidirectional", "both", layer=inner)

    found = differences(fit(wrapped(10, False)), fit(wrapped(20, True)))

    assert [one.argument for one in found] == [
        "layer.config.units",
        "layer.config.return_sequences",
    ]
    assert [one.record().baseline for one in found] == ["10", "False"]


def test_a_layer_that_went_is_placed_behind_the_one_before_it():
    dropout = layer("Dropout", "dropout", rate=0.5)
    (gone,) = differences(fit(EMBEDDING, dropout, DENSE), fit(EMBEDDING, DENSE))

    assert (gone.what, gone.there, gone.baseline) == (
        "no `dropout`",
        "embedding",
        "Dropout",
    )


def test_records_of_a_log_without_model_or_data_give_no_differences():
    assert not differences(Fit(name="a"), Fit(name="b"))


def test_a_layer_before_the_last_is_the_added_one_though_both_are_of_a_class():
    middle = layer("Dense", "middle", units=4)

    assert whats(fit(EMBEDDING, DENSE), fit(EMBEDDING, middle, DENSE)) == ["`middle` added"]
    assert whats(fit(EMBEDDING, middle, DENSE), fit(EMBEDDING, DENSE)) == ["no `middle`"]


def test_an_object_that_is_another_one_differs_as_a_whole():
    def with_penalty(value):
        return fit(layer("Dense", "dense", units=1, kernel_regularizer=value))

    def penalty(kind, **config):
        return {"class_name": kind, "module": "keras", "config": config}

    none, one, two = None, penalty("L2", l2=0.1), penalty("L2", l2=0.2)
    (added,) = differences(with_penalty(none), with_penalty(one))
    (stronger,) = differences(with_penalty(one), with_penalty(two))
    (other,) = differences(with_penalty(one), with_penalty(penalty("L1", l1=0.1)))

    assert (added.argument, added.baseline) == ("kernel_regularizer", None)
    assert added.record().variant == "L2(l2=0.1)"
    assert stronger.argument == "kernel_regularizer.config.l2"
    assert (other.argument, other.record().baseline) == ("kernel_regularizer", "L2(l2=0.1)")


def test_a_layer_that_does_the_same_to_shapes_stands_in_the_place_of_another():
    """The mean over time is now a maximum, and an activation came behind it."""

    def shaped(class_name, name, before, behind):
        return Layer(
            class_name=class_name, name=name, input_shape=before, output_shape=behind
        )

    mean = shaped("GlobalAveragePooling1D", "mean", (None, 7, 5), (None, 5))
    largest = shaped("GlobalMaxPooling1D", "largest", (None, 7, 5), (None, 5))
    tanh = shaped("Activation", "tanh", (None, 5), (None, 5))
    found = differences(fit(EMBEDDING, mean, DENSE), fit(EMBEDDING, largest, tanh, DENSE))

    assert [(one.what, one.there) for one in found] == [
        ("`largest` in place of `mean`", "mean"), ("`tanh` added", "mean")
    ]  # fmt: skip
