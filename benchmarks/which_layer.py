"""Which layer over time suits a text classifier: pooling, attention or neither, measured.

    python benchmarks/which_layer.py run polarity quora banking reviews
    python benchmarks/which_layer.py table polarity quora banking reviews

Each model is an embedding, a bidirectional LSTM, what is compared, and the output layer.
The trainings of one pair share the first weights of the layers that they have in common and
the order of the texts; pairs differ in both. The held-out texts are predicted after each
epoch, and whylow's own verdict chooses epoch and threshold on one half of them, scores the
other, and gives the interval of the difference for new texts and new seeds.

The data are those of the folder `shared/data` beside the repository (`--data`): tables
`NAME.csv.gz` of texts and labels. What is trained on is small so that a data set takes a
few minutes on one core: the answer is one for small data. Predictions are kept in `--out`;
`run` goes on where it stopped, and stops by itself after `--minutes`.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import os
import re
import time
from collections import Counter
from csv import DictReader
from dataclasses import dataclass
from pathlib import Path

import numpy as np

os.environ.setdefault("KERAS_BACKEND", "jax")

WORDS = 10_000
DATA = Path(__file__).parents[2] / "shared" / "data"
REFERENCES = ("last state, no attention", "`MaxPooling`")


@dataclass(frozen=True, kw_only=True)
class DataSet:
    """A table of texts, how much of it is used, and how long it is trained on."""

    file: str
    title: str
    text: str
    label: str
    epochs: int
    length: int
    train: int
    held_out: int
    rate: float = 2e-3


SETS = {
    "quora": DataSet(
        file="quora_raw_natural",
        title="Quora questions, insincere or not",
        text="question_text",
        label="target",
        epochs=3,
        length=32,
        train=8192,
        held_out=8192,
    ),
    "polarity": DataSet(
        file="sentence_polarity",
        title="sentences of film reviews, good or bad",
        text="text",
        label="label",
        epochs=4,
        length=40,
        train=5120,
        held_out=5120,
    ),
    "banking": DataSet(
        file="banking77",
        title="questions to a bank, 77 intents",
        text="text",
        label="label",
        epochs=8,
        length=28,
        train=6144,
        held_out=6144,
        rate=5e-3,
    ),
    "reviews": DataSet(
        file="movie_reviews",
        title="whole film reviews (first 160 words), good or bad",
        text="text",
        label="label",
        epochs=6,
        length=160,
        train=1024,
        held_out=976,
    ),
}


def layers_compared():
    """Return what makes one vector of the states, by name; the reference comes first."""
    import keras

    from whylow.layers import (
        AttentionPooling,
        ConcatPooling,
        LastState,
        MaxPooling,
        MeanPooling,
        SeqSelfAttention,
    )

    def last():
        return LastState(bidirectional=True)

    def multi_head(states):
        return MeanPooling()(keras.layers.MultiHeadAttention(2, 16)(states, states))

    return {
        "last state, no attention": lambda states: last()(states),
        "`MaxPooling`": lambda states: MaxPooling()(states),
        "`MeanPooling`": lambda states: MeanPooling()(states),
        "`ConcatPooling`: last, max, mean": lambda states: ConcatPooling(
            [last(), "max", "mean"]
        )(states),
        "`AttentionPooling`, additive": lambda states: AttentionPooling()(states),
        "`AttentionPooling`, additive, 4 heads": lambda states: AttentionPooling(heads=4)(
            states
        ),
        "`AttentionPooling`, scaled dot": lambda states: AttentionPooling("scaled_dot")(
            states
        ),
        "`SeqSelfAttention`, then mean": lambda states: MeanPooling()(
            SeqSelfAttention()(states)
        ),
        "`MultiHeadAttention`, then mean": multi_head,
    }


def read(data, folder):
    """Return ids, labels and classes of training and held-out texts, one draw for all."""
    with gzip.open(folder / f"{data.file}.csv.gz", "rt", encoding="utf-8", newline="") as f:
        rows = {row[data.text]: row[data.label] for row in DictReader(f)}  # distinct texts
    texts, names = list(rows), sorted(set(rows.values()))
    order = np.random.default_rng(0).permutation(len(texts))[: data.train + data.held_out]
    words = [re.findall(r"\w+|[^\w\s]", texts[index].lower()) for index in order]
    labels = np.array([names.index(rows[texts[index]]) for index in order])
    counted = Counter(word for line in words[: data.train] for word in line)
    known = {word: 2 + rank for rank, (word, _) in enumerate(counted.most_common(WORDS))}
    ids = np.zeros((len(words), data.length), "int32")
    for row, line in zip(ids, words, strict=True):
        kept = [known.get(word, 1) for word in line[: data.length]] or [1]
        row[: len(kept)] = kept
    return ids, labels, tuple(names), 2 + len(known)


def build(reduce, length, words, classes, seed):
    """Return a model; equal seeds give equal embeddings and LSTMs, whatever is after."""
    import keras

    keras.utils.set_random_seed(seed)
    ids = keras.Input((length,), dtype="int32")
    hidden = keras.layers.Embedding(words, 48, mask_zero=True)(ids)
    hidden = keras.layers.Bidirectional(keras.layers.LSTM(16, return_sequences=True))(
        hidden
    )
    output = keras.layers.Dense(classes, activation="softmax")(reduce(hidden))
    return keras.Model(ids, output)


def predictions(reduce, data, ids, labels, words, classes, pairs):
    """Return probabilities of the held-out texts, `(pairs, epochs, texts[, classes])`."""
    import keras

    model = build(reduce, data.length, words, classes, 0)
    model.compile(keras.optimizers.Adam(data.rate), "sparse_categorical_crossentropy")
    model.optimizer.build(model.trainable_variables)
    fresh = [variable.numpy() for variable in model.optimizer.variables]
    train, held_out = slice(data.train), slice(data.train, None)
    made = []
    for pair in range(pairs):
        # One compiled model for all pairs: its weights and the optimizer start anew.
        start = build(reduce, data.length, words, classes, 1 + pair)
        model.set_weights(start.get_weights())
        for variable, value in zip(model.optimizer.variables, fresh, strict=True):
            variable.assign(value)
        random = np.random.default_rng(pair)
        for _ in range(data.epochs):
            order = random.permutation(data.train)
            x, y = ids[train][order], labels[train][order]
            model.fit(x, y, batch_size=64, shuffle=False, verbose=0)
            made.append(model.predict(ids[held_out], batch_size=512, verbose=0))
    stacked = np.stack(made).reshape(pairs, data.epochs, *made[0].shape)
    return stacked[..., 1] if classes == 2 else stacked


def kept(folder, name, layer, pairs):
    """Return the file of a layer's predictions; other settings have another file."""
    known = f"{SETS[name]}{pairs}{layer}".encode()
    return folder / f"{name}-{hashlib.sha256(known).hexdigest()[:12]}.npy"


def run(name, data_folder, out, pairs, until):
    """Train what was not trained before; return whether all of it is."""
    data = SETS[name]
    layers = {
        layer: reduce
        for layer, reduce in layers_compared().items()
        if not kept(out, name, layer, pairs).exists()
    }
    if not layers:
        return True
    ids, labels, names, words = read(data, data_folder)
    for layer, reduce in layers.items():
        began = time.perf_counter()
        made = predictions(reduce, data, ids, labels, words, len(names), pairs)
        np.save(kept(out, name, layer, pairs), made.astype("float32"))
        print(f"{name}: {layer}, {time.perf_counter() - began:.0f} s", flush=True)
        if time.perf_counter() > until:
            return False
    return True


def table(name, data_folder, out, pairs):
    """Return what one data set gave, as Markdown."""
    from whylow.lanes import HeldOut, Lane
    from whylow.records import Fit
    from whylow.verdict import compare, declare

    data = SETS[name]
    ids, labels, names, _ = read(data, data_folder)
    ids, labels = ids[data.train :], labels[data.train :]
    groups = np.unique(ids, axis=0, return_inverse=True)[1].ravel()
    held_out = HeldOut(labels=labels, class_names=names, groups=groups)
    # One look at all there is, as no pair is added after it.
    plan = declare(held_out).model_copy(update={"looks": (pairs,), "max_pairs": pairs})
    lanes = {}
    for layer in layers_compared():
        trained = np.load(kept(out, name, layer, pairs)).astype("float64")
        lanes[layer] = [
            Lane(pair=pair, seed=pair, history={}, probabilities=one)
            for pair, one in enumerate(trained)
        ]

    def compared(reference, layer):
        return compare(
            Fit(name="reference"),
            Fit(name="layer"),
            lanes[reference],
            lanes[layer],
            held_out=held_out,
            plan=plan,
            claim=None,
        )

    metric = plan.metric.replace("_", " ")
    lines = [
        f"**{data.title}**: {data.train:,} texts to train on, {len(labels):,} held out, "
        f"{pairs} pairs, up to {data.epochs} epochs, {metric} in points.",
        "",
        f"| layer | {metric} | minus last state | minus `MaxPooling` |",
        "|---|---|---|---|",
    ]
    for layer in lanes:
        cells = []
        for reference in REFERENCES:
            made = compared(reference, layer)
            cells.append("" if layer == reference else interval(made.difference))
        score = made.metrics["layer"][plan.metric]
        lines.append(f"| {layer} | {100 * score:.1f} | {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def interval(difference):
    low, middle, high = difference.low, difference.estimate, difference.high
    return f"{100 * middle:+.1f} [{100 * low:+.1f}, {100 * high:+.1f}]"


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("what", choices=["run", "table"])
    arguments.add_argument("names", nargs="+", choices=SETS, metavar="NAME")
    arguments.add_argument("--data", type=Path, default=DATA)
    arguments.add_argument("--pairs", type=int, default=8)
    arguments.add_argument("--out", type=Path, default=Path("which_layer"))
    arguments.add_argument("--minutes", type=float, default=float("inf"))
    given = arguments.parse_args()
    given.out.mkdir(exist_ok=True)
    until = time.perf_counter() + 60 * given.minutes
    for name in given.names:
        if given.what == "table":
            print(table(name, given.data, given.out, given.pairs))
        elif not run(name, given.data, given.out, given.pairs, until):
            print("Not done yet: run it again to go on.")
            raise SystemExit(1)


if __name__ == "__main__":
    main()
