"""How far inputs may be off before a small network no longer learns from them.

    uv run python benchmarks/input_scale.py

Trains a small network on made rows whose columns have mean `offset` and standard deviation
`spread`, and prints the share of explained log-loss on the training rows, three seeds each:
1 is all, 0 is what a constant answer explains.
"""

import os

import numpy as np

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
from keras import layers


def explained(offset, spread, optimizer, seed):
    random = np.random.default_rng(seed)
    keras.utils.set_random_seed(seed)
    standard = random.normal(size=(600, 8)).astype("float32")
    y = (standard[:, :3].sum(axis=1) > 0).astype("float32")
    model = keras.Sequential(
        [
            keras.Input((8,)),
            layers.Dense(32, activation="relu"),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(loss="binary_crossentropy", optimizer=optimizer)
    x = spread * standard + offset
    loss = model.fit(x, y, epochs=30, batch_size=32, verbose=0).history["loss"][-1]
    return 1 - loss / np.log(2)


def main():
    for optimizer in ("adam", "sgd"):
        for spread, offsets in ((1, (0, 3, 10, 30, 100)), (100, (0, 300)), (1000, (0,))):
            for offset in offsets:
                found = [explained(offset, spread, optimizer, seed) for seed in range(3)]
                print(
                    f"{optimizer:5} offset {offset:5} spread {spread:5}:",
                    *(f"{value:6.2f}" for value in found),
                    flush=True,
                )


if __name__ == "__main__":
    main()
