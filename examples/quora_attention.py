"""Does attention make this classifier worse? The question's two models, and one put right.

A plain Keras script. Study it with

    whylow run examples/quora_attention.py --data train.csv

where the file holds the columns `question_text` and `target` (Quora's insincere questions
on Kaggle do), as CSV or CSV.gz. Without data of your own, make some:

    python -m whylow.demo 30496 questions.csv

Three models:

- no_attention: the question's first, one output a text.
- attention: the question's second. Its last layer stands on every time step, so a text has
  100 outputs and one label. Keras 2 spread the label over them without a word; Keras 3
  refuses, and `fit` raises under plain `python`. `whylow run` trains it the old way and
  says so. It also stands in for the package keras_self_attention where that is missing.
- put_right: padding masked, attention, time steps averaged to one output a text.
"""

import argparse
import csv
import gzip
import os
import re
import sys

import numpy as np

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
from keras import Input, Sequential
from keras.layers import LSTM, Bidirectional, Dense, Embedding, GlobalAveragePooling1D

try:
    from keras_self_attention import SeqSelfAttention
except ImportError:
    SeqSelfAttention = None

MODELS = ("no_attention", "attention", "put_right")
PADDING, UNKNOWN = 0, 1


def no_attention(args, words):
    model = Sequential(name="no_attention")
    model.add(Input(shape=(args.maxlen,)))
    model.add(Embedding(words, args.embed_size))
    model.add(Bidirectional(LSTM(10)))
    model.add(Dense(1, activation="sigmoid"))
    return model


def attention(args, words):
    model = Sequential(name="attention")
    model.add(Input(shape=(args.maxlen,)))
    model.add(Embedding(words, args.embed_size))
    model.add(Bidirectional(LSTM(10, return_sequences=True)))
    model.add(SeqSelfAttention())
    model.add(Dense(1, activation="sigmoid"))
    return model


def put_right(args, words):
    from whylow.layers import SeqSelfAttention as MaskedSelfAttention

    model = Sequential(name="put_right")
    model.add(Input(shape=(args.maxlen,)))
    model.add(Embedding(words, args.embed_size, mask_zero=True))
    model.add(Bidirectional(LSTM(10, return_sequences=True)))
    model.add(MaskedSelfAttention())
    model.add(GlobalAveragePooling1D())
    model.add(Dense(1, activation="sigmoid"))
    return model


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default="questions.csv", help="CSV or CSV.gz")
    parser.add_argument("--train-rows", type=positive, default=10496)
    parser.add_argument(
        "--validation-rows", type=positive, help="default: the rest, at most 20000"
    )
    parser.add_argument("--epochs", type=positive, default=3)
    parser.add_argument("--maxlen", type=positive, default=100, help="words a text")
    parser.add_argument("--max-features", type=positive, default=50000, help="word numbers")
    parser.add_argument("--embed-size", type=positive, default=300)
    parser.add_argument("--batch-size", type=positive, default=64)
    parser.add_argument(
        "--draw", type=int, default=0, help="another draw of training texts"
    )
    parser.add_argument("--models", nargs="+", choices=MODELS, default=MODELS)
    args = parser.parse_args()
    if args.max_features < 3:
        parser.error("--max-features counts padding, unknown words and words: at least 3.")
    if args.draw < 0:
        parser.error("--draw is a whole number from 0 on.")
    return args


def positive(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"at least 1, not {number}")
    return number


def read(path):
    """Return texts and labels of a CSV file, or end with one sentence."""
    texts, labels = [], []
    try:
        with (gzip.open if path.endswith(".gz") else open)(
            path, "rt", encoding="utf-8", newline=""
        ) as file:
            rows = csv.DictReader(file)
            missing = {"question_text", "target"} - set(rows.fieldnames or ())
            if missing:
                sys.exit(
                    f"{path} has no column {' and no column '.join(sorted(missing))}. "
                    f"It has: {', '.join(rows.fieldnames or ['nothing'])}."
                )
            for row in rows:
                texts.append(row["question_text"] or "")
                labels.append(label(row["target"], path, rows.line_num))
    except FileNotFoundError:
        sys.exit(
            f"{path} does not exist. Give --data a CSV file with the columns question_text "
            "and target, or make one: python -m whylow.demo 30496 questions.csv"
        )
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        sys.exit(f"{path} cannot be read as CSV in UTF-8: {error}.")
    return texts, np.array(labels)


def label(text, path, line):
    """Return a label as a number; an empty one is nan, as pandas has it."""
    try:
        return float(text) if text else float("nan")
    except ValueError:
        sys.exit(f"{path}, line {line}: target must be a number (0 or 1), not {text!r}.")


def split(texts, labels, args):
    """Return texts and labels to train on and to validate on, drawn at random."""
    rest = len(texts) - args.train_rows
    wanted = args.validation_rows or min(rest, 20000)
    if rest < max(wanted, 1):
        sys.exit(
            f"{args.data} has {len(texts)} rows, too few for --train-rows "
            f"{args.train_rows} and {args.validation_rows or 'some'} to validate on. "
            "Give smaller numbers."
        )
    order = np.random.default_rng(args.draw).permutation(len(texts))
    train, valid = order[: args.train_rows], order[args.train_rows :][:wanted]
    return (
        [texts[i] for i in train],
        labels[train],
        [texts[i] for i in valid],
        labels[valid],
    )


def tokens(text):
    return re.findall(r"[\w']+", text.lower())


def vocabulary(texts, size):
    """Return the numbers of the most frequent words, ties by first occurrence."""
    counts = {}
    for text in texts:
        for word in tokens(text):
            counts[word] = counts.get(word, 0) + 1
    frequent = sorted(counts, key=counts.get, reverse=True)
    return {word: number for number, word in enumerate(frequent[: size - 2], start=2)}


def numbers(texts, vocabulary, maxlen):
    rows = [[vocabulary.get(word, UNKNOWN) for word in tokens(text)] for text in texts]
    return keras.utils.pad_sequences(rows, maxlen=maxlen, value=PADDING)


def main():
    args = parse()
    if "attention" in args.models and SeqSelfAttention is None:
        sys.exit(
            "The model `attention` needs the package keras_self_attention. Run the script "
            "with `whylow run`, which stands in for it, or give "
            "--models no_attention put_right."
        )
    texts, labels = read(args.data)
    if np.isfinite(labels).all() and (labels % 1 == 0).all():
        labels = labels.astype(int)
    train_texts, y_train, valid_texts, y_valid = split(texts, labels, args)
    known = vocabulary(train_texts, args.max_features)
    x_train = numbers(train_texts, known, args.maxlen)
    x_valid = numbers(valid_texts, known, args.maxlen)
    print(f"{len(x_train)} questions to train on, {len(x_valid)} to validate on")

    keras.utils.set_random_seed(args.draw)
    for build in (no_attention, attention, put_right):
        if build.__name__ not in args.models:
            continue
        # No row of the table for words that no training text has.
        model = build(args, words=len(known) + 2)
        model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
        print(model.name)
        model.fit(
            x_train,
            y_train,
            validation_data=(x_valid, y_valid),
            epochs=args.epochs,
            batch_size=args.batch_size,
            verbose=2,
        )


if __name__ == "__main__":
    main()
