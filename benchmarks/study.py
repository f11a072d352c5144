"""Seconds per epoch and lane: whylow, Keras on TensorFlow and on JAX, a PyTorch loop.

    python benchmarks/study.py --other-python PYTHON [--data FILE.csv.gz]

One run measures them all, one after another and `--rounds` times over, each in a process
of its own, on the same questions: 10,496 to train on and 2,624 held out, cut to 100 words,
an embedding of 50,000 x 300, BiLSTM(10), batches of 64, Adam; with and without attention,
padding masked or not. `--other-python` is an interpreter with TensorFlow and PyTorch.
Without `--data` (columns `question_text`, `target`) the questions are made up.

Keras and PyTorch train `--steps` batches of an epoch, twice, and the second time counts for
the whole epoch; the first one's extra is the cold cost. Keras is measured as it is, with
`jit_compile=True` and with `steps_per_execution=8`; the fastest counts. whylow trains whole
lanes of 3 epochs through `engine.replay`, as a study does; a third of a lane counts, so
that drawing the weights is in it. All predict the held-out questions each epoch.

Where other programs share the machine, the processor time (of all threads together) tells
more than the wall. `--part gains` measures each rewrite alone instead, as the processor
time of an epoch without it over that with all, on every model of the equality matrix
(`tests/engine/fits.py`) at a larger size; `--part growth` lanes of the first model as rows,
length, vocabulary and the number of lanes grow; `--part whole` a study of 12 pairs of 3
epochs, compilation included, against loops over seeds by `model.fit` (with `--pairs 3`
three are trained and the others taken to cost what the third did).

Other data: any CSV with `text` and `label`, of whatever number of classes.
"""

import argparse
import csv
import gzip
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np

os.environ.setdefault("KERAS_BACKEND", "jax")

# Questions, of which four fifths are trained on, in whole batches.
QUESTIONS, BATCH, UNITS = 13120, 64, 10
# Of a lane in a study.
EPOCHS = 3
MODELS = ("plain", "attention", "masked", "masked-attention")


def now():
    """Return seconds on the wall and of processor time, all threads together."""
    return np.array([time.perf_counter(), time.process_time()])


# The data -----------------------------------------------------------------------------


def labelled(path):
    """Return texts and class numbers of a file, or made ones; files are shuffled."""
    if path is None:
        from whylow.demo import made_questions

        made = made_questions(QUESTIONS, seed=0)
        return list(made.texts), np.array(made.labels)
    opened = gzip.open if path.endswith(".gz") else open
    with opened(path, "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))[:QUESTIONS]
    text, label = (
        next(name for name in names if name in rows[0])
        for names in (("question_text", "text"), ("target", "label"))
    )
    rows = [rows[n] for n in np.random.default_rng(0).permutation(len(rows))]
    _, labels = np.unique([row[label] for row in rows], return_inverse=True)
    return [row[text] for row in rows], labels


def trained_on(x):
    """Return how many of the rows are trained on; the others are held out."""
    return len(x) * 4 // 5 // BATCH * BATCH


def arrays(args):
    """Return token ids `(N, maxlen)`, padding in front, and labels."""
    texts, labels = labelled(args.data)
    words = [re.findall(r"[\w']+", text.lower()) for text in texts]
    counts = Counter(word for text in words for word in text)
    known = {w: n for n, (w, _) in enumerate(counts.most_common(args.words - 1), start=1)}
    x = np.zeros((len(words), args.maxlen), np.int32)
    for row, text in zip(x, words, strict=True):
        ids = [known.get(word, 0) for word in text][-args.maxlen :]
        row[len(row) - len(ids) :] = ids
    return x, np.array(labels, np.float32)


# What is measured ---------------------------------------------------------------------


def keras_model(args, name, classes=2):
    import keras
    from keras import layers

    from whylow.layers import SeqSelfAttention

    attends, masked = "attention" in name, "masked" in name
    parts = [
        keras.Input((args.maxlen,)),
        layers.Embedding(args.words, 300, mask_zero=masked),
        layers.Bidirectional(layers.LSTM(UNITS, return_sequences=attends)),
    ]
    if attends:
        parts.append(SeqSelfAttention(legacy=not masked))
    if attends and masked:
        parts.append(layers.GlobalAveragePooling1D())
    last = (1, "sigmoid") if classes == 2 else (classes, "softmax")
    model = keras.Sequential([*parts, layers.Dense(*last)], name="model")
    loss = "binary_crossentropy" if classes == 2 else "sparse_categorical_crossentropy"
    return model, {"optimizer": "adam", "loss": loss, "metrics": ["accuracy"]}


def run_keras(args, x, y):
    from whylow import keras2

    how = {"default": {}, "jit": {"jit_compile": True}, "many": {"steps_per_execution": 8}}
    model, compiled = keras_model(args, args.model, int(y.max()) + 1)
    model.compile(**compiled, **how[args.how])
    train = trained_on(x)
    rows = args.steps * BATCH
    seconds = []
    with keras2.emulated(model):
        for _ in range(2):
            began = now()
            model.fit(x[:rows], y[:rows], batch_size=BATCH, verbose=0)
            trained = now()
            model.predict(x[train:], batch_size=512, verbose=0)
            seconds.append((trained - began, now() - trained))
    return epoch_of(seconds, args, x)


def run_torch(args, x, y):
    import torch
    from torch import nn
    from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

    classes = int(y.max()) + 1
    units, train = 1 if classes == 2 else classes, trained_on(x)

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.table = nn.Embedding(args.words, 300)
            self.lstm = nn.LSTM(300, UNITS, batch_first=True, bidirectional=True)
            self.query, self.key = nn.Linear(20, 32), nn.Linear(20, 32, bias=False)
            self.score, self.head = nn.Linear(32, 1), nn.Linear(20, units)

        def forward(self, x, lengths):
            packed = pack_padded_sequence(
                self.table(x), lengths, batch_first=True, enforce_sorted=False
            )
            output, (hidden, _) = self.lstm(packed)
            if "attention" not in args.model:
                return self.head(torch.cat([hidden[0], hidden[1]], dim=1))
            h, _ = pad_packed_sequence(output, batch_first=True)
            there = torch.arange(h.shape[1])[None] < lengths[:, None]
            hidden = torch.tanh(self.query(h)[:, :, None] + self.key(h)[:, None])
            scores = self.score(hidden)[..., 0].masked_fill(~there[:, None], -1e9)
            attended = torch.softmax(scores, -1) @ h
            mean = (attended * there[..., None]).sum(1) / lengths[:, None]
            return self.head(mean)

    # Padding behind, as packing wants it; an empty text keeps one word.
    lengths = np.maximum((x != 0).sum(1), 1)
    behind = np.zeros_like(x)
    for row, text in zip(behind, x, strict=True):
        ids = text[text != 0]
        row[: len(ids)] = ids
    y = y[:, None].astype("float32") if units == 1 else y.astype("int64")
    x, y, lengths = torch.tensor(behind), torch.tensor(y), torch.tensor(lengths)
    model = Model()
    loss = nn.BCEWithLogitsLoss() if units == 1 else nn.CrossEntropyLoss()
    adam = torch.optim.Adam(model.parameters(), fused=True)
    seconds = []
    for _ in range(2):
        began = now()
        for rows in torch.randperm(args.steps * BATCH).split(BATCH):
            adam.zero_grad(set_to_none=True)
            longest = int(lengths[rows].max())
            loss(model(x[rows, :longest], lengths[rows]), y[rows]).backward()
            adam.step()
        trained = now()
        with torch.inference_mode():
            for rows in torch.arange(train, len(x)).split(512):
                model(x[rows, : int(lengths[rows].max())], lengths[rows])
        seconds.append((trained - began, now() - trained))
    return epoch_of(seconds, args, x)


def epoch_of(seconds, args, x):
    """Scale the second round to a whole epoch; what the first took more is cold."""
    (first, first_held_out), (trained, held_out) = seconds
    wall, processor = trained * (trained_on(x) // BATCH) / args.steps + held_out
    more = (first - trained + first_held_out - held_out)[0]
    return {"epoch": wall, "processor": processor, "cold": max(0.0, more)}


def live_fit(args, name, x, y, epochs, *, train=None):
    """Record a fit without training it."""
    train = trained_on(x) if train is None else train
    import dataclasses

    from whylow import keras2
    from whylow.capture._recorder import Recorder

    training, held_out = (x[:train], y[:train]), (x[train:], y[train:])
    with Recorder() as recorder:
        model, compiled = keras_model(args, name, int(y.max()) + 1)
        model.compile(**compiled)
        with keras2.emulated(model):
            model.fit(
                *training, validation_data=held_out, batch_size=BATCH, epochs=0, verbose=0
            )
    live = recorder.fits[0]
    settings = live.fit.settings.model_copy(update={"epochs": epochs})
    fit = live.fit.model_copy(update={"settings": settings, "name": name})
    return dataclasses.replace(live, fit=fit)


def run_whylow(args, x, y):
    from whylow import engine

    live = live_fit(args, args.model, x, y, EPOCHS)
    ends = []
    began = now()
    counts = iter((1, 1 + args.lanes, None))
    engine.replay(
        [live],
        classes=int(y.max()) + 1,
        seed=0,
        clock=engine.Clock(None),
        pairs_to_reach=lambda _: next(counts),
        progress=lambda _: ends.append(now()),
        workers=2 if args.how == "workers" else 1,
    )
    if args.how == "workers":  # their processor time is not ours
        ends = [end[:1] for end in ends]
    lane = (ends[-1] - ends[0]) / args.lanes
    cold = (ends[0] - began[: len(lane)])[0] - lane[0]
    return {
        **dict(zip(("epoch", "processor"), lane / EPOCHS, strict=False)),
        "cold": max(0.0, cold),
    }


def run_pairs(args, x, y):
    """Train pairs of 3 epochs, as a study does; the whole time counts, cold."""
    from whylow import engine

    names = ("masked", "masked-attention") if args.model == "masked" else MODELS[:2]
    fits = [live_fit(args, name, x, y, EPOCHS) for name in names]
    ends = [now()]

    def ended(lanes):
        if len({len(done) for done in lanes.values()}) == 1:
            ends.append(now())

    counts = iter((1, args.pairs, None))
    engine.replay(
        fits,
        classes=int(y.max()) + 1,
        seed=0,
        clock=engine.Clock(None),
        pairs_to_reach=lambda _: next(counts),
        progress=ended,
    )
    first, more = ends[1] - ends[0], (ends[-1] - ends[1]) / (args.pairs - 1)
    return {"first": first[1], "more": more[1], "processor": (first + 11 * more)[1]}


def run_loop(args, x, y):
    """Train both models by `model.fit` as a loop over seeds does: built anew each time.

    The processor time of one pair of one epoch of `--steps` batches and of one of as many
    more tells what a pair of 3 whole epochs takes, compilation included.
    """
    import keras

    from whylow import keras2

    names = ("masked", "masked-attention") if args.model == "masked" else MODELS[:2]
    train, rows = trained_on(x), args.steps * BATCH
    total = np.zeros(2)
    for name in names:
        times = []
        for _ in range(2):
            keras.utils.set_random_seed(0)
            model, compiled = keras_model(args, name, int(y.max()) + 1)
            model.compile(**compiled)
            began = now()
            with keras2.emulated(model):
                model.fit(x[:rows], y[:rows], batch_size=BATCH, verbose=0)
                cold = now() - began
                began = now()
                model.fit(x[:rows], y[:rows], batch_size=BATCH, verbose=0)
                warm = now() - began
                model.predict(x[train:], batch_size=512, verbose=0)
                began = now()
                model.predict(x[train:], batch_size=512, verbose=0)
                predicted = now() - began
            # The second of a loop: what is loaded once has been loaded.
            once = np.maximum(cold - warm, 0)
            times.append(once + EPOCHS * (warm * (train // BATCH) / args.steps + predicted))
        total += times[-1]
    wall, processor = total
    return {"epoch": wall, "processor": processor}


def run_machine(args, x, y):
    """Measure what two cores can do: products and bytes a second."""
    import jax
    import jax.numpy as jnp

    a, big = jnp.ones((512, 300)), jnp.ones(2**25)
    b = jnp.ones((300, 80))
    found = {}
    for name, function, amount in (
        ("products", lambda: a @ b, 2 * 512 * 300 * 80),
        ("bytes", lambda: big + 1.0, 2 * 4 * 2**25),
        ("quotients", lambda: 1 / (1 + big[: 2**18]), 2**18),
        ("tanh", lambda: jnp.tanh(big[: 2**18]), 2**18),
    ):
        compiled = jax.jit(function)
        jax.block_until_ready(compiled())
        times = []
        for _ in range(30):
            began = time.perf_counter()
            jax.block_until_ready(compiled())
            times.append(time.perf_counter() - began)
        found[name] = amount / min(times)
    return found


ROLES = {
    "keras": run_keras,
    "torch": run_torch,
    "whylow": run_whylow,
    "pairs": run_pairs,
    "loop": run_loop,
    "machine": run_machine,
}


# The parts ----------------------------------------------------------------------------


def measured(args, file, role, model, *, python=None, backend="jax", how="", cache=None):
    """Run one role in a process of its own; `None` where it fails."""
    environment = {**os.environ, "KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3"}
    if cache is not None:
        environment["WHYLOW_CACHE"] = str(cache)
    command = [python or sys.executable, __file__, "--role", role, "--model", model]
    command += ["--arrays", str(file), "--how", how]
    for name in ("words", "maxlen", "steps", "lanes", "pairs"):
        command += [f"--{name}", str(getattr(args, name))]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        print(role, backend, how, model, "failed:", done.stderr.strip()[-300:])
        return None
    return json.loads(done.stdout.strip().splitlines()[-1])


def speed(args, folder):
    x, y = arrays(args)
    file = folder / "questions.npz"
    np.savez(file, x=x, y=y)
    words = len(np.unique(x[x > 0]))
    classes = int(y.max()) + 1
    print(f"{trained_on(x)} texts to train on of {len(x)}, {classes} classes, ", end="")
    print(f"{words} words, {(x != 0).sum(1).mean():.1f} a text")
    machine = measured(args, file, "machine", "plain")
    print("this machine:", {name: f"{rate:.3g} a second" for name, rate in machine.items()})
    jobs = [
        (name, {"role": "whylow", "how": how, "cache": folder / "cache"})
        for name, how in (("whylow", ""), ("whylow, 2 workers", "workers"))
    ]
    hows = args.hows
    if args.other_python:
        jobs += [
            (
                f"Keras, TensorFlow, {how}",
                {"role": "keras", "backend": "tensorflow", "how": how},
            )
            for how in hows
        ]
    jobs += [(f"Keras, JAX, {how}", {"role": "keras", "how": how}) for how in hows]
    if args.other_python:
        jobs.append(("PyTorch, packed", {"role": "torch"}))
    found = {}
    for _ in range(args.rounds):
        for model in args.models:
            for name, job in jobs:
                if job["role"] == "torch" and "masked" not in model:
                    continue  # packing is masking
                other = job["role"] == "torch" or job.get("backend") == "tensorflow"
                python = args.other_python if other else None
                result = measured(args, file, model=model, python=python, **job)
                if result is not None:
                    found.setdefault((model, name), []).append(result)
                    print(f"{model:18}{name:28}", end="")
                    print("".join(f"{k} {v:8.2f} s  " for k, v in result.items()))
                    sys.stdout.flush()
    print("\nModel | with | epoch, s | times whylow | processor, s | times | cold, s")
    print("|".join(["---"] * 7))
    for (model, name), results in found.items():
        best = {key: min(r[key] for r in results) for key in results[0]}
        print(f"{model} | {name}", end="")
        for key in ("epoch", "processor"):
            own = min(r[key] for r in found[model, "whylow"])
            text = f"{best[key]:.2f} | {best[key] / own:.1f}" if key in best else "|"
            print(f" | {text}", end="")
        print(f" | {best['cold']:.1f}")


def whole(args, folder):
    """Measure a whole study, compilation included, against loops over seeds."""
    x, y = arrays(args)
    file = folder / "questions.npz"
    np.savez(file, x=x, y=y)
    for model in args.models:
        if model not in ("plain", "masked"):
            continue
        pairs = measured(args, file, "pairs", model, cache=folder / "cold" / model)
        if pairs is None:
            continue
        print(f"{model}: the first pair {pairs['first']:.1f} s of processor time, ", end="")
        print(f"compilation included, one more {pairs['more']:.1f} s, ", end="")
        print(f"12 pairs {pairs['processor']:.0f} s", flush=True)
        loops = [("JAX", None, "jax")]
        if args.other_python:
            loops.append(("TensorFlow", args.other_python, "tensorflow"))
        for name, python, backend in loops:
            loop = measured(args, file, "loop", model, python=python, backend=backend)
            if loop is not None:
                times = 12 * loop["processor"] / pairs["processor"]
                print(f"  Keras on {name}: 12 x {loop['processor']:.1f} s, ", end="")
                print(f"{times:.1f} times whylow's", flush=True)


def gains(args, folder):
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "engine"))
    os.environ["WHYLOW_CACHE"] = str(folder / "cache")
    import fits

    from whylow.engine import Clock
    from whylow.engine._fused import FusedRunner
    from whylow.engine._seeds import epoch_order

    fits.ROWS, fits.HELD_OUT, fits.TIME, fits.WORDS = 1280, 256, 40, 8000
    fits.UNITS, fits.WIDTH = 10, 100

    def seconds(runners):
        """Interleave an epoch of each; the fastest of each counts."""
        order = epoch_order(1280, 32, shuffle=True, whole_batches=False, seed=1, epoch=0)
        best = [np.inf] * len(runners)
        for _ in range(4):
            for number, runner in enumerate(runners):
                state = runner._states.drawn(1)
                began = time.process_time()
                runner._epoch(state, order, Clock(None))
                best[number] = min(best[number], time.process_time() - began)
        return best

    print("model | epoch, s | " + "gain of each rewrite that fires\n---|---|---")
    for name, (build, settings) in fits.MODELS.items():
        if args.only and name not in args.only:
            continue
        weights = settings.get("sample_weight")
        if weights is not None:
            settings = settings | {"sample_weight": np.linspace(0, 2, 1280)}
        live = fits.recorded(build, trained=False, **settings)
        runners = [FusedRunner(live, 2)]
        fired = runners[0].plan.fired
        runners += [FusedRunner(live, 2, without=[rewrite]) for rewrite in fired]
        if fired:
            runners.append(FusedRunner(live, 2, without=fired))
        own, *others = seconds(runners)
        text = [f"{r} {o / own:.2f}" for r, o in zip((*fired, "all"), others, strict=False)]
        print(f"{name} | {own:.3f} | {', '.join(text)}", flush=True)


def growth(args, folder):
    os.environ["WHYLOW_CACHE"] = str(folder / "cache")
    from whylow import engine
    from whylow.engine import Clock
    from whylow.engine._fused import FusedRunner

    def once(rows, maxlen, words):
        generator = np.random.default_rng(0)
        x = np.minimum(generator.zipf(1.2, (rows + 2624, maxlen)), words - 1)
        y = (generator.random(len(x)) < 0.06).astype("float32")
        sized = argparse.Namespace(**vars(args) | {"maxlen": maxlen, "words": words})
        live = live_fit(sized, "plain", x.astype("int32"), y, 1, train=rows)
        runner = FusedRunner(live, 2)
        began = now()
        runner.run(0, 0, Clock(None))
        first = now() - began
        began = now()
        runner.run(0, 1, Clock(None))
        _, second = now() - began
        print(f"{rows} | {maxlen} | {words} | {second:.2f} | ", end="")
        print(f"{1e6 * second / rows:.0f} | {first[1] - second:.1f} | ", end="")
        print(f"{runner.lane_bytes / 2**20:.0f}", flush=True)
        return live, runner

    print("rows | words a text | table | epoch, s | a text, µs | cold, s | a lane, MiB")
    print("---|---|---|---|---|---|---")
    for rows in args.rows:
        live, runner = once(rows, 100, 50000)
        del live, runner
    for maxlen in args.lengths:
        once(10000, maxlen, 50000)
    for words in args.tables:
        once(10000, 100, words)
    if not args.many:
        return
    print("\nlanes | epoch and lane, s | resident, MiB\n---|---|---")
    live, _ = once(2048, 100, 50000)
    for lanes in args.many:
        began, pairs = now(), iter((lanes, None))
        engine.replay(
            [live],
            classes=2,
            seed=0,
            clock=Clock(None),
            pairs_to_reach=lambda _, pairs=pairs: next(pairs),
        )
        _, processor = now() - began
        resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{lanes} | {processor / lanes:.3f} | {resident:.0f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", help="CSV or CSV.gz; default: made questions")
    parser.add_argument("--other-python", help="an interpreter with TensorFlow and PyTorch")
    parts = {"speed": speed, "whole": whole, "gains": gains, "growth": growth}
    parser.add_argument("--part", choices=parts, default="speed")
    numbers = {"type": int, "nargs": "*"}
    growing = {
        "rows": (1000, 10000, 100000),
        "lengths": (25, 400),
        "tables": (5000, 500000),
        "many": (1, 4, 12, 48),
    }
    for name, default in growing.items():
        parser.add_argument(f"--{name}", **numbers, default=default, help="for growth")
    parser.add_argument("--models", nargs="+", choices=MODELS, default=MODELS)
    parser.add_argument("--only", nargs="+", help="models of the matrix, for --part gains")
    parser.add_argument("--words", type=int, default=50000)
    parser.add_argument("--maxlen", type=int, default=100)
    parser.add_argument("--steps", type=int, default=24, help="batches that Keras trains")
    parser.add_argument("--lanes", type=int, default=4, help="warm lanes of whylow")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--pairs", type=int, default=12, help="pairs that whylow trains")
    parser.add_argument(
        "--hows",
        nargs="+",
        default=("default", "jit", "many"),
        help="how Keras runs: as it is, jit_compile=True, steps_per_execution=8",
    )
    for name in ("role", "model", "arrays", "how"):
        parser.add_argument(f"--{name}", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.pairs < 2:
        parser.error("--pairs must be at least 2: the first one holds the compilation")
    if args.role:
        stored = np.load(args.arrays)
        print(json.dumps(ROLES[args.role](args, stored["x"], stored["y"])))
        return
    with tempfile.TemporaryDirectory() as folder:
        parts[args.part](args, Path(folder))


if __name__ == "__main__":
    main()
