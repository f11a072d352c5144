"""A loss of the script's own is tried on made numbers: does it stay within its row?"""

import keras
import pytest
from keras import ops

from whylow.probes._losses import loss_across_rows


def squared(known, given):
    return ops.square(known - given)


def mean_squared(known, given):
    return ops.mean(ops.square(known - given))


def of_the_mean_step(known, given):
    return ops.square(known - ops.mean(given, axis=(1, 2)))


def of_all_rows(known, given):
    return 1 - 2 * ops.sum(known * given) / (ops.sum(known) + ops.sum(given))


def broken(known, given):
    raise RuntimeError


class Squared(keras.losses.Loss):
    def call(self, y_true, y_pred):
        return squared(y_true, y_pred)


class Reshaped(keras.losses.Loss):
    def call(self, y_true, y_pred):
        return squared(ops.reshape(y_true, (-1, 1)), y_pred)


@pytest.mark.parametrize(
    ("loss", "output", "labels", "across"),
    [
        # Keras brings a function's shapes to one rank where they differ by one axis.
        (squared, (None, 1), (9,), False),
        (squared, (None, 7, 1), (9,), True),
        (mean_squared, (None, None, 1), (9,), True),
        (mean_squared, (None, 7, 1), (9, 1), False),
        # A class it leaves alone.
        (Squared(), (None, 1), (9,), True),
        (Squared(), (None, 1), (9, 1), False),
        (Reshaped(), (None, 1), (9,), False),
        # It reduces over time itself.
        (of_the_mean_step, (None, 7, 1), (9,), False),
        # It compares rows on purpose.
        (of_all_rows, (None, 1), (9,), False),
        (broken, (None, 7, 1), (9,), False),
        (keras.losses.mean_squared_error, (None, 7, 1), (9,), False),
        (keras.losses.MeanSquaredError(), (None, 7, 1), (9,), False),
        ("mse", (None, 7, 1), (9,), False),
        (squared, (None, 7, 3), (9, 7, 3), False),
        (squared, None, (9,), False),
    ],
)
def test_loss_across_rows(loss, output, labels, across):
    assert loss_across_rows(loss, output, labels) is across
