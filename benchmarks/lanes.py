"""A lane against `model.fit`: the same training and validation, as a ratio in one run.

    uv run python benchmarks/lanes.py

Trains the question's two models on made token ids: `model.fit` with validation data for
some epochs, then one warm lane of the same length, which also predicts the held-out texts
after each epoch. Compilation is left out of both: the first epoch of `fit`, the first lane.
"""

import argparse
import os
import statistics
import time

import numpy as np

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
from keras import layers

from whylow import keras2
from whylow.capture._recorder import Recorder
from whylow.engine import Clock, _fused, _held_out
from whylow.layers import SeqSelfAttention


def build(args, *, attention):
    middle = [SeqSelfAttention(legacy=True)] if attention else []
    model = keras.Sequential(
        [
            keras.Input((args.maxlen,)),
            layers.Embedding(args.words, args.embed_size),
            layers.Bidirectional(layers.LSTM(10, return_sequences=attention)),
            *middle,
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
    return model


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=2560)
    parser.add_argument("--held-out", type=int, default=5120)
    parser.add_argument("--words", type=int, default=18000)
    parser.add_argument("--embed-size", type=int, default=300)
    parser.add_argument("--maxlen", type=int, default=100)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--predicted-rows", type=int, default=_held_out._PREDICTED_ROWS)
    args = parser.parse_args()
    _held_out._PREDICTED_ROWS = args.predicted_rows
    generator = np.random.default_rng(0)
    rows = args.rows + args.held_out
    x = generator.integers(1, args.words, (rows, args.maxlen)).astype("int32")
    x[np.arange(args.maxlen) < args.maxlen - generator.geometric(1 / 13, (rows, 1))] = 0
    y = (generator.random(rows) < 0.06).astype("int32")
    train, held_out = (x[: args.rows], y[: args.rows]), (x[args.rows :], y[args.rows :])
    for attention in (False, True):
        with Recorder() as recorder:
            model = build(args, attention=attention)
            with keras2.emulated(model):
                model.fit(
                    *train,
                    validation_data=held_out,
                    epochs=args.epochs,
                    batch_size=64,
                    verbose=0,
                )
        live = recorder.fits[0]
        fit = live.fit.seconds_per_epoch
        runner = _fused.FusedRunner(live, 2)
        runner.run(0, 1, Clock(None))
        seconds = []
        for pair in (1, 2):
            began = time.perf_counter()
            runner.run(pair, pair, Clock(None))
            seconds.append((time.perf_counter() - began) / args.epochs)
        lane = statistics.median(seconds)
        name = "with attention" if attention else "no attention"
        print(f"{name}: an epoch takes fit {fit:.2f} s and a lane {lane:.2f} s, ", end="")
        print(f"{lane / fit:.2f} of it")


if __name__ == "__main__":
    main()
