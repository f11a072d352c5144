"""Each rewrite fires where its condition holds, says why where not, changes nothing.

That a lane with every rewrite that fires has the numbers of plain training is the matrix
of `test_same_numbers.py`; here are the conditions and the parts, each by itself.
"""

import dataclasses

import jax
import jax.numpy as jnp
import keras
import numpy as np
import pytest
from fits import MODELS, OPTIMIZERS, dense, functional, recorded, sequential
from keras import layers

from whylow.engine._batches import Batches, batches_of, blocks_of
from whylow.engine.rewrites import REWRITES, plan_for
from whylow.engine.rewrites._batch_rows import chosen_rows
from whylow.engine.rewrites._catch_up import catch_up_of
from whylow.engine.rewrites._lengths import Lengths
from whylow.engine.rewrites._quotients import additive_scores
from whylow.engine.rewrites._recurrent import recurrent_rewritten
from whylow.engine.rewrites._uses import readings_of

FIRES = {
    "bilstm": "occurring-rows batch-rows lean-loop word-projection one-loop",
    "bilstm-masked": (
        "occurring-rows batch-rows lean-loop word-projection one-loop short-batches"
    ),
    "lstm-drops-states": "occurring-rows batch-rows",
    "lstm-backwards": "occurring-rows batch-rows lean-loop word-projection short-batches",
    "attention-pooled": (
        "occurring-rows batch-rows lean-loop word-projection one-loop paired-scores "
        "short-batches"
    ),
    "attention-of-keras": (
        "occurring-rows batch-rows lean-loop word-projection one-loop paired-scores"
    ),
    "gru-old": "occurring-rows batch-rows",
    "averaged": "occurring-rows batch-rows short-batches",
    "convolution": "occurring-rows batch-rows",
    "words-and-numbers": (
        "occurring-rows batch-rows lean-loop word-projection short-batches"
    ),
    "subclassed": "occurring-rows batch-rows",
    "regularized-table": "lean-loop word-projection",
}


@pytest.mark.parametrize("name", FIRES)
def test_which_rewrites_fire(name):
    build, settings = MODELS[name]
    plan = plan_for(recorded(build, trained=False, **settings))

    assert plan.fired == tuple(FIRES[name].split())
    assert list(plan.reasons) == list(REWRITES)


def test_a_rewrite_left_out_does_not_fire():
    live = recorded(sequential, trained=False)
    plan = plan_for(live, without=["occurring-rows"])

    assert plan.fired == ()
    assert plan.groups == ()
    assert plan.reasons["batch-rows"] == "no table can leave rows out"


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_which_optimizers_leave_rows_alone(name):
    """Only where a row's own updates without a gradient have a short form."""
    live = recorded(dense, optimizer=OPTIMIZERS[name](), trained=False)
    plan = plan_for(live)
    catches_up = {"sgd", "rmsprop", "adagrad"} | {
        "sgd-momentum",
        "sgd-nesterov-schedule-clipnorm",
        "rmsprop-momentum",
        "adam-schedule-global-clipnorm",
        "adam-clipvalue",
        "adam-short-memory",
    }

    assert ("batch-rows" in plan.fired) == (name in catches_up)
    assert ("occurring-rows" in plan.fired) == (name not in ("lamb", "adafactor"))


# What an input is used for --------------------------------------------------------------


def looked_at(how):
    def build():
        words = keras.Input((11,))
        table = layers.Embedding(211, 5)
        inner = layers.GlobalAveragePooling1D()(table(words))
        return keras.Model(words, layers.Dense(1, "sigmoid")(how(words, inner, table)))

    return build


@pytest.mark.parametrize(
    ("how", "only_rows"),
    [
        (lambda words, inner, table: inner, True),
        # The length of a text, from where its numbers are not zero: a mask.
        (
            lambda words, inner, table: (
                inner
                * keras.ops.sum(
                    keras.ops.cast(keras.ops.not_equal(words, 0), "float32"),
                    axis=1,
                    keepdims=True,
                )
            ),
            True,
        ),
        (
            lambda words, inner, table: (
                inner + keras.ops.mean(words, axis=1, keepdims=True)
            ),
            False,
        ),
        (
            lambda words, inner, table: (
                inner
                * keras.ops.cast(
                    keras.ops.any(keras.ops.equal(words, 5), axis=1, keepdims=True),
                    "float32",
                )
            ),
            False,
        ),
        # Weights of the table used once more, as an output layer may.
        (
            lambda words, inner, table: layers.Lambda(
                lambda t: keras.ops.matmul(t, keras.ops.transpose(table.embeddings))
            )(inner),
            False,
        ),
    ],
    ids=["rows", "mask", "mean", "one-word", "tied"],
)
def test_an_input_or_table_used_otherwise_is_left_alone(how, only_rows):
    live = recorded(looked_at(how), trained=False)
    x, y = live.training.x[:2], live.training.y[:2]

    assert bool(readings_of(live.model, (x, y))) == only_rows


def test_inputs_that_share_a_table_share_its_numbers():
    live = recorded(MODELS["two-inputs"][0], trained=False)
    (group,) = plan_for(live).groups

    assert group.leaves == (0, 1)
    assert group.occurring[0] == 0
    assert set(group.occurring) == {0} | set(np.unique(live.training.x[0])) | set(
        np.unique(live.validation.x[0])
    )


# Rows of a batch --------------------------------------------------------------------


def test_rows_of_a_batch():
    ids = np.array([[[7, 7, 0], [2, 9, 2]], [[1, 1, 1], [1, 1, 1]]])
    chosen, (numbered,) = chosen_rows([ids], 11)

    assert chosen.tolist() == [[0, 2, 7, 9], [0, 1, 11, 11]]
    assert numbered.tolist() == [[[2, 2, 0], [1, 3, 1]], [[1, 1, 1], [1, 1, 1]]]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_row_catches_up(name):
    """Twelve steps without a gradient at once are twelve steps one by one."""
    optimizer = OPTIMIZERS[name]()
    catch_up = catch_up_of(optimizer)
    if isinstance(catch_up, str):
        pytest.skip(catch_up)
    generator = np.random.default_rng(0)
    variable = keras.Variable(generator.normal(size=(3, 5)).astype("float32"))
    optimizer.build([variable])
    # Gradients of every size, down to where Adam's epsilon counts.
    scale = np.array([[1.0], [1e-4], [1e-7]])
    for _ in range(3):
        gradient = jnp.asarray(generator.normal(size=(3, 5)) * scale, "float32")
        optimizer.apply([gradient], [variable])
    own = {id(kept) for kept in optimizer.variables}
    slots = {
        slot: values[0].value
        for slot, values in vars(optimizer).items()
        if isinstance(values, list) and values and id(values[0]) in own
        if values[0].shape == variable.shape
    }
    before, gap, rates = variable.value, 12, []
    for step in range(3, 3 + gap):
        rate = jnp.asarray(optimizer.learning_rate)
        rates.append(catch_up.rate(rate, step))
        optimizer.apply([jnp.zeros((3, 5))], [variable])
    known = np.zeros((3, catch_up.memory), "float32")
    known[:, :gap] = np.array(rates)[: catch_up.memory]
    row, _ = catch_up.apply(before, slots, jnp.full((3, 1), float(gap)), known)

    np.testing.assert_allclose(row, variable.value, rtol=3e-7, atol=3e-7)
    moved = np.abs(np.asarray(variable.value - before)).max()
    assert moved > 1e-5 or catch_up.memory == 0


def test_adam_with_other_memories():
    assert not isinstance(catch_up_of(keras.optimizers.Adam(beta_1=0.5)), str)
    for betas in ({"beta_1": 0.999}, {"beta_2": 0.9}):
        assert "too slowly" in catch_up_of(keras.optimizers.Adam(**betas))


# The time loop ------------------------------------------------------------------------


@pytest.mark.parametrize("pairs", [True, False])
@pytest.mark.parametrize(
    "layer",
    [
        lambda: layers.Bidirectional(layers.LSTM(3, return_sequences=True)),
        lambda: layers.GRU(3, return_sequences=True, go_backwards=True),
    ],
    ids=["zeros", "the-step-before"],
)
def test_masked_steps_give_what_keras_gives(layer, pairs):
    """Also where nothing behind the layer looks at them."""
    model = keras.Sequential(
        [keras.Input((4,)), layers.Embedding(7, 5, mask_zero=True), layer()]
    )
    ids = np.array([[0, 3, 0, 1], [0, 0, 0, 0], [2, 2, 6, 0]])
    expected = np.asarray(model(ids))
    with recurrent_rewritten(model, loops=True, pairs=pairs, per_word=True):
        found = np.asarray(model(ids))

    assert "call" not in vars(model.layers[1])
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-7)
    assert np.abs(expected).max() > 1e-3


# Attention ------------------------------------------------------------------------------


@pytest.mark.parametrize("scale", [0.3, 30.0, 300.0])
@pytest.mark.parametrize(
    ("units", "texts", "queries", "keys"),
    [(3, 2, 5, 7), (37, 2, 10, 23), (70, 6, 31, 20), (32, 5, 40, 60), (32, 3, 1, 130)],
)
def test_scores_and_their_gradient(scale, units, texts, queries, keys):
    """Also where exponentials would leave float32, and beyond one group of anything."""
    generator = np.random.default_rng(0)
    query, key, weight, upstream = (
        generator.normal(size=shape).astype("float32")
        for shape in (
            (texts, queries, units),
            (texts, keys, units),
            (units,),
            (texts, queries, keys),
        )
    )
    upstream /= np.sqrt(
        upstream.size, dtype="float32"
    )  # sums stay about as large as one term
    arguments = query * np.float32(scale), key * np.float32(scale), weight

    def plain(query, key, weight):
        return jnp.tanh(query[:, :, None] + key[:, None]) @ weight

    def with_gradients(scores, *arguments):
        found, gradients = jax.vjp(scores, *map(jnp.asarray, arguments))
        return [found, *gradients(jnp.asarray(upstream, found.dtype))]

    with jax.enable_x64(True):
        exact = with_gradients(plain, *(each.astype("float64") for each in arguments))
    for found, expected in zip(
        with_gradients(additive_scores, *arguments), exact, strict=True
    ):
        assert found.dtype == jnp.float32
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


# Lengths --------------------------------------------------------------------------------


def test_lengths_and_cuts():
    ids = np.array([[0, 0, 3, 0, 5], [0, 0, 0, 0, 0], [1, 0, 0, 0, 0]])
    front, behind = Lengths(0, True, (2, 4, 5)), Lengths(0, False, (2, 4, 5))

    assert front.of(ids).tolist() == [3, 0, 5]
    assert behind.of(ids).tolist() == [5, 0, 1]
    assert front.bucket(np.array([0, 2, 3, 5])).tolist() == [0, 0, 1, 2]
    assert front.cut(ids, 1).tolist() == ids[:, 1:].tolist()
    assert behind.cut([ids], 1)[0].tolist() == ids[:, :4].tolist()


@pytest.mark.filterwarnings("ignore:Layer .* does not support masking")
@pytest.mark.parametrize(
    ("middle", "why"),
    [
        ([layers.GlobalMaxPooling1D()], "may notice padding"),
        ([layers.Dropout(0.2), layers.LSTM(3)], "may notice padding"),
        ([layers.LSTM(3, activity_regularizer="l2")], "may notice padding"),
        ([layers.Conv1D(3, 3), layers.GlobalAveragePooling1D()], "may notice padding"),
        ([layers.LSTM(3, return_sequences=True)], "time axis"),
    ],
)
def test_layers_that_notice_padding_keep_it(middle, why):
    live = recorded(lambda: sequential(*middle, mask_zero=True), trained=False)

    assert why in plan_for(live).reasons["short-batches"]


@pytest.mark.filterwarnings("ignore:Layer .* does not support masking")
def test_a_graph_with_a_second_way_round_the_mask_keeps_padding():
    def middle(inner):
        read = layers.LSTM(3)(inner)
        return layers.Concatenate()([read, layers.GlobalMaxPooling1D()(inner)])

    live = recorded(lambda: functional(middle, mask_zero=True), trained=False)

    assert "may notice padding" in plan_for(live).reasons["short-batches"]


# Batches ------------------------------------------------------------------------------


def test_chunks_hold_the_rows_they_are_asked_for():
    live = recorded(MODELS["bilstm-masked"][0], trained=False)
    plan = plan_for(live)
    (group,) = plan.groups
    x = np.searchsorted(group.occurring, live.training.x).astype("int32")
    order, rest = batches_of(np.random.default_rng(0).permutation(len(x)), 48)
    chunk = Batches((x, live.training.y), plan).chunk(order, len(order) + 2)

    assert len(rest) == len(x) % 48
    assert len(chunk.bucket) == len(order) + 2
    for number, rows in enumerate(order):
        ids = chunk.chosen[0][number][chunk.data[0][number]]
        np.testing.assert_array_equal(group.occurring[ids], live.training.x[rows])
        np.testing.assert_array_equal(chunk.data[1][number], live.training.y[rows])
        longest = plan.lengths.of(live.training.x[rows]).max()
        assert plan.lengths.buckets[chunk.bucket[number]] >= longest


def test_blocks_reach_back():
    assert blocks_of(5, 2).tolist() == [[0, 1], [2, 3], [3, 4]]
    assert blocks_of(2, 64).tolist() == [[0, 1]]


def test_ids_beyond_the_table_leave_it_whole():
    live = recorded(MODELS["bilstm"][0], trained=False)
    x = live.training.x.copy()
    x[0, 0] = 5000
    live = dataclasses.replace(live, training=dataclasses.replace(live.training, x=x))

    assert plan_for(live).groups == ()
