"""Where a lane's randomness comes from."""

import keras
import numpy as np

from whylow.capture._recorder import Recorder
from whylow.engine._seeds import draw_start, epoch_order, pair_seed
from whylow.live import Drawn, Kept


class Variable:
    """Something with an identity, which is all that a start is looked up by."""


def drawn(how, seed):
    variable = Variable()
    return draw_start([variable], {id(variable): how}, seed)[0]


def test_equal_keys_and_shapes_start_equal_and_others_do_not():
    uniform = keras.initializers.RandomUniform(seed=7)
    first = Drawn(uniform, (3, 5), "float32", "embedding/embeddings(3, 5)#0")
    second = Drawn(uniform, (3, 5), "float32", "embedding/embeddings(3, 5)#1")

    np.testing.assert_array_equal(drawn(first, 1), drawn(first, 1))
    assert not np.array_equal(drawn(first, 1), drawn(second, 1))
    assert not np.array_equal(drawn(first, 1), drawn(first, 2))


def test_what_is_kept_starts_as_it_was():
    np.testing.assert_array_equal(drawn(Kept(np.arange(3)), 1), np.arange(3))


def test_states_of_seed_generators_fit_signed_integers():
    """On PyTorch a generator's state is int32; JAX and TensorFlow have unsigned ones."""
    for seed in range(50):
        state = drawn(
            Drawn(None, (2,), "int32", "dropout/seed_generator_state(2,)#0"), seed
        )
        assert state[0] >= 0
        assert state[1] == 0


def test_orders():
    common = {"shuffle": True, "seed": pair_seed(0, 3), "epoch": 1}
    rows = epoch_order(11, 4, whole_batches=False, **common)
    blocks = epoch_order(11, 4, whole_batches=True, **common)

    assert sorted(rows) == sorted(blocks) == list(range(11))
    assert blocks.tolist()[8:] == [8, 9, 10]  # the last, smaller batch stays last
    assert {tuple(block) for block in blocks[:8].reshape(2, 4)} == {
        (0, 1, 2, 3),
        (4, 5, 6, 7),
    }
    assert epoch_order(
        11, 4, whole_batches=False, **common | {"epoch": 2}
    ).tolist() != list(rows)
    unshuffled = epoch_order(11, 4, whole_batches=False, **common | {"shuffle": False})
    assert unshuffled.tolist() == list(range(11))


def test_a_row_does_not_depend_on_which_others_are_asked_for():
    for initializer in (
        keras.initializers.RandomUniform(-2.0, 3.0, seed=7),
        keras.initializers.GlorotNormal(seed=7),
        keras.initializers.Zeros(),
    ):
        how = Drawn(initializer, (5000, 70), "float32", "embedding/embeddings")
        variable, rows = Variable(), np.array([0, 7, 3000, 4999])
        start = {id(variable): how}
        few = draw_start([variable], start, 3, {id(variable): rows})[0]
        np.testing.assert_array_equal(few, drawn(how, 3)[rows])


def test_uniform_tables_are_uniform_in_their_bounds():
    how = Drawn(keras.initializers.RandomUniform(-2.0, 3.0), (5000, 70), "float32", "e")
    found = drawn(how, 3)
    assert found.min() >= -2
    assert found.max() <= 3
    shares, _ = np.histogram(found, bins=10, range=(-2, 3))
    np.testing.assert_allclose(shares / found.size, 0.1, atol=0.003)
    # Neighbours have nothing to do with one another, across parts as well.
    assert abs(np.corrcoef(found[:-1].ravel(), found[1:].ravel())[0, 1]) < 0.01


def test_two_models_of_other_names_start_equal():
    """A name says which model it is and nothing of where a weight stands."""
    with Recorder() as recorder:
        for name in ("before", "after"):
            ends = [keras.layers.Embedding(9, 4), keras.layers.Flatten()]
            model = keras.Sequential([keras.Input((3,)), *ends], name=name)
            model.add(keras.layers.Dense(1, activation="sigmoid"))
            model.compile(loss="binary_crossentropy")
            model.fit(np.ones((8, 3)), np.arange(8) % 2, epochs=1, verbose=0)
    one, other = (draw_start(live.model.variables, live.start, 3) for live in recorder.fits)
    assert len(one) == len(other) == 3
    for mine, theirs in zip(one, other, strict=True):
        np.testing.assert_array_equal(mine, theirs)
