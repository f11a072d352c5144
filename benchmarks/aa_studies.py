"""How often a real model is called different from itself: A/A studies on real texts.

Run from the repository root: `python benchmarks/aa_studies.py` (about a quarter of an hour
on one core; `--out FILE` keeps finished blocks, so that it can be taken up again).
The texts are those of the folder `shared/data` beside the repository; there is nothing to
see without them.

A small Keras model (embedding, mean over words, softmax or sigmoid) is trained by the
engine of whylow itself, again and again with other seeds. Each comparison takes lanes that
no other takes, calls half of them "baseline" and the other half "variant", and is judged
by `whylow.verdict` at its real stopping rule: looks at 6 and 12 pairs. A block is a corpus
with its own draw of training texts; each comparison draws its own held-out texts. Nothing
differs but luck, so every interval that leaves out zero is a false alarm; 5 % are allowed.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import os
import re
import time
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

os.environ.setdefault("KERAS_BACKEND", "jax")

DATA = Path(__file__).parents[1] / ".." / "shared" / "data"
PAIRS, WORDS, LENGTH = 12, 4000, 24


@dataclass(frozen=True, kw_only=True)
class Corpus:
    """A table of texts and how much of it is used."""

    file: str
    text: str
    label: str
    training: int
    pool: int  # held-out texts that comparisons draw from
    epochs: int


CORPORA = (
    Corpus(
        file="sentence_polarity.csv.gz",
        text="text",
        label="label",
        training=2000,
        pool=3000,
        epochs=4,
    ),
    Corpus(
        file="sms_spam.csv.gz",
        text="text",
        label="label",
        training=1500,
        pool=3000,
        epochs=3,
    ),
    Corpus(
        file="quora_raw_natural.csv.gz",
        text="question_text",
        label="target",
        training=3000,
        pool=3000,
        epochs=3,
    ),
    Corpus(
        file="banking77.csv.gz",
        text="text",
        label="label",
        training=3000,
        pool=2000,
        epochs=4,
    ),
)


def table(corpus: Corpus, folder: Path, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return word numbers `(N, T)` and classes `(N,)`: training rows, then the pool."""
    with gzip.open(folder / corpus.file, "rt", encoding="utf-8", newline="") as file:
        rows = {row[corpus.text]: row[corpus.label] for row in csv.DictReader(file)}
    texts = [re.findall(r"\w+", text.lower()) for text in rows]
    random = np.random.default_rng(seed)
    order = random.permutation(len(texts))[: corpus.training + corpus.pool]
    counts = Counter(word for row in order[: corpus.training] for word in texts[row])
    number = {word: k + 2 for k, (word, _) in enumerate(counts.most_common(WORDS - 2))}
    x = np.zeros((len(order), LENGTH), dtype=np.int32)
    for place, row in enumerate(order):
        known = [number.get(word, 1) for word in texts[row][:LENGTH]]
        x[place, : len(known)] = known
    labels = np.unique(list(rows.values()), return_inverse=True)[1]
    return x, labels[order].astype(np.int32)


def recorded(x: np.ndarray, y: np.ndarray, corpus: Corpus):
    """Return the recorded fit of the small model, which the engine trains again."""
    import keras
    from keras import layers

    from whylow.capture._recorder import Recorder

    classes, rows = int(y.max()) + 1, corpus.training
    two = classes == 2
    keras.utils.set_random_seed(0)
    with Recorder() as recorder:
        model = keras.Sequential(
            [
                keras.Input((LENGTH,)),
                layers.Embedding(WORDS, 16),
                layers.GlobalAveragePooling1D(),
                layers.Dense(
                    1 if two else classes, activation="sigmoid" if two else "softmax"
                ),
            ]
        )
        loss = "binary_crossentropy" if two else "sparse_categorical_crossentropy"
        model.compile(loss=loss, optimizer=keras.optimizers.Adam(0.02))
        model.fit(
            x[:rows],
            y[:rows],
            validation_data=(x[rows:], y[rows:]),
            epochs=corpus.epochs,
            batch_size=64,
            verbose=0,
        )
    return recorder.fits[0]


class Comparisons:
    """Judges one comparison after another from a growing list of lanes.

    Args:
        held_out: The pool.
        wanted: Number of comparisons.
        texts: Held-out texts of each.
        seed: Draws them.
    """

    def __init__(self, held_out, wanted: int, texts: int, seed: int) -> None:
        self._pool, self._wanted, self._texts = held_out, wanted, texts
        self._random = np.random.default_rng(seed)
        self._begins = 0
        self.judged: list[dict[str, object]] = []
        self._draw()

    def _draw(self) -> None:
        from whylow.verdict import declare

        rows = self._random.permutation(len(self._pool.labels))[: self._texts]
        self._rows = np.sort(rows)
        self._held_out = replace(
            self._pool,
            labels=self._pool.labels[self._rows],
            groups=self._pool.groups[self._rows],
        )
        self._plan = declare(self._held_out, max_pairs=PAIRS, seed=len(self.judged))
        self._alarm = False

    def lanes_to_reach(self, lanes: dict[str, list]) -> int | None:
        """Judge what can be; return how many lanes are needed next."""
        from whylow.records import Fit
        from whylow.verdict import compare, next_look

        (own,) = lanes.values()
        mine = own[self._begins :]
        pairs = len(mine) // 2
        made = None
        if pairs:
            sides = [
                [
                    replace(lane, pair=k, probabilities=lane.probabilities[:, self._rows])
                    for k, lane in enumerate(mine[side::2])
                ]
                for side in (0, 1)
            ]
            made = compare(
                Fit(name="a"),
                Fit(name="b"),
                *sides,
                held_out=self._held_out,
                plan=self._plan,
                claim=None,
            )
            ends = made.difference
            assert ends is not None
            assert ends.low is not None
            assert ends.high is not None
            self._alarm |= ends.low > 0 or ends.high < 0
        until = next_look(self._plan, pairs, made)
        if until is None:
            assert made is not None
            itself = made.self_test.get("baseline_against_itself", {})
            self.judged.append(
                {
                    "metric": made.metric,
                    "pairs": pairs,
                    "verdict": made.verdict,
                    "alarm": bool(self._alarm),
                    "self_test": itself.get("passed"),
                }
            )
            for spent in range(self._begins, len(own)):
                own[spent] = None  # predictions of thousands of lanes need not be kept
            self._begins = len(own)
            if len(self.judged) == self._wanted:
                return None
            self._draw()
            until = next_look(self._plan, 0, None)
            assert until is not None
        return self._begins + 2 * until


def block(corpus: Corpus, folder: Path, wanted: int, seed: int) -> list[dict[str, object]]:
    """Return the comparisons of one corpus with one draw of training texts."""
    from whylow import engine

    live = recorded(*table(corpus, folder, seed), corpus)
    comparisons = Comparisons(engine.held_out_of(live), wanted, 1000, seed)
    engine.replay(
        [live],
        classes=len(comparisons._pool.class_names),
        seed=seed,
        clock=engine.Clock(None),
        pairs_to_reach=comparisons.lanes_to_reach,
    )
    return comparisons.judged


def main() -> None:
    parser = argparse.ArgumentParser(description="A/A studies on real texts.")
    parser.add_argument("--comparisons", type=int, default=27, help="in each block")
    parser.add_argument("--draws", type=int, default=2, help="blocks of each corpus")
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--out", type=Path, help="keep finished blocks as JSON lines")
    arguments = parser.parse_args()
    if not arguments.data.is_dir():
        raise SystemExit(f"There is no folder {arguments.data}; name it by --data.")
    kept = arguments.out.read_text() if arguments.out and arguments.out.exists() else ""
    done = {row["block"]: row["judged"] for row in map(json.loads, kept.splitlines())}
    for draw in range(arguments.draws):
        for corpus in CORPORA:
            name = f"{corpus.file.partition('.')[0]}, draw {draw + 1}"
            if name not in done:
                began = time.monotonic()
                done[name] = block(corpus, arguments.data, arguments.comparisons, draw + 1)
                took = f"{time.monotonic() - began:.0f} s"
                print(summed(name, done[name]), took, flush=True)
                if arguments.out:
                    with arguments.out.open("a") as file:
                        row = {"block": name, "judged": done[name]}
                        file.write(json.dumps(row) + "\n")
    print(summed("in all", [row for rows in done.values() for row in rows]))


def summed(name: str, judged: list[dict[str, object]]) -> str:
    """Return the alarms of some comparisons with the interval of Clopper and Pearson."""
    from scipy.stats import binomtest

    alarms, count = sum(bool(row["alarm"]) for row in judged), len(judged)
    ends = binomtest(alarms, count).proportion_ci(0.95, method="exact")
    failed = sum(row["self_test"] is False for row in judged)
    verdicts = Counter(str(row["verdict"]) for row in judged)
    told = ", ".join(f"{number} {verdict}" for verdict, number in verdicts.most_common())
    metrics = ", ".join(dict.fromkeys(str(row["metric"]) for row in judged))
    return (
        f"{name}: {alarms} alarms in {count} [{100 * ends.low:.1f}, {100 * ends.high:.1f}] "
        f"%, {failed} failed self-tests; {metrics}: {told}"
    )


if __name__ == "__main__":
    main()
