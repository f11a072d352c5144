"""What recording adds to a fit, in seconds and as a share of the fit.

    uv run python benchmarks/recording_cost.py

Trains the question's first model for one epoch on made token ids, recorded, and times
Keras' own `fit` inside the recorded one: the rest of the call is what recording costs.
"""

import argparse
import os
import statistics
import time

import numpy as np

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
from keras import layers

from whylow.capture._recorder import Recorder


def build(args):
    model = keras.Sequential(
        [
            keras.Input((args.maxlen,)),
            layers.Embedding(args.words, args.embed_size),
            layers.Bidirectional(layers.LSTM(10)),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
    return model


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=10496)
    parser.add_argument("--words", type=int, default=20000)
    parser.add_argument("--embed-size", type=int, default=300)
    parser.add_argument("--maxlen", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    generator = np.random.default_rng(0)
    x = generator.integers(0, args.words, (args.rows, args.maxlen)).astype("int32")
    y = (generator.random(args.rows) < 0.06).astype("int32")

    own_fit, inside = keras.Model.fit, []

    def timed_fit(model, *given, **named):
        began = time.perf_counter()
        try:
            return own_fit(model, *given, **named)
        finally:
            inside.append(time.perf_counter() - began)

    keras.Model.fit = timed_fit
    added = []
    for _ in range(args.rounds):
        with Recorder() as recorder:
            model = build(args)
            began = time.perf_counter()
            model.fit(x, y, validation_split=0.2, batch_size=64, verbose=0)
            added.append(time.perf_counter() - began - inside[-1])
        assert recorder.fits[0].fit.replayable
        print(f"fit {inside[-1]:6.2f} s   recording {added[-1]:5.2f} s more")
    share = statistics.median(a / b for a, b in zip(added, inside, strict=True))
    print(f"median {statistics.median(added):.2f} s a fit, {100 * share:.1f} % of it")


if __name__ == "__main__":
    main()
