"""Time and memory of attention layers, forward and backward, ours against others.

    python benchmarks/layers.py [--lengths 64 512 2048 4096] [--peer-python PYTHON]

Each layer lives in a process of its own; all of them are asked for one step in turn, round
after round, so that whatever else the machine does meets them alike. A time is the least of
the rounds, a ratio the median over the rounds of ours by the other's in the same round,
once by the processors' time and once by the clock. Memory is what the process grew by at
its peak in the first step, compilation included. Cases that would outgrow the memory that
is free are left out, by name.

The peer is keras-self-attention 0.51, which runs on TensorFlow alone: `--peer-python` names
an interpreter that has both it and whylow, `--peer-path` a folder to find the peer in. Ours
runs on JAX, and additive attention on TensorFlow as well. Batches shrink as texts grow, so
that the number of pairs of positions stays the same from T = 512 on.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from datetime import date

UNITS = 32
OURS = "`SeqSelfAttention`"
WINDOW = f"{OURS}, `attention_width=15`"
ON_TENSORFLOW = f"{OURS} on TensorFlow"
PEER = "keras-self-attention's"
ADDITIVE = "Keras' `AdditiveAttention`"
NAMES = (
    OURS,
    WINDOW,
    f"{OURS}, multiplicative",
    ON_TENSORFLOW,
    PEER,
    ADDITIVE,
    "Keras' `Attention`",
    "Keras' `MultiHeadAttention`, 4 heads",
)


def build(name, features):
    """Return a layer, and a function of one tensor `(B, T, F)` that calls it."""
    import keras

    from whylow.layers import SeqSelfAttention

    if name == PEER:
        from keras_self_attention import SeqSelfAttention as Peer

        layer = Peer(UNITS)
    elif name.startswith("Keras"):
        layer = {
            ADDITIVE: keras.layers.AdditiveAttention,
            "Keras' `Attention`": keras.layers.Attention,
        }.get(name, lambda: keras.layers.MultiHeadAttention(4, features // 4))()
        if "MultiHead" in name:
            return layer, lambda x: layer(x, x)
        return layer, lambda x: layer([x, x])
    elif "multiplicative" in name:
        layer = SeqSelfAttention(attention_type="multiplicative")
    else:
        layer = SeqSelfAttention(UNITS, attention_width=15 if name == WINDOW else None)
    return layer, layer


def step(layer, call, values):
    """Return a compiled step: the output's sum of squares, differentiated."""
    import keras

    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        tensor = tf.constant(values)

        @tf.function
        def run():
            with tf.GradientTape() as tape:
                tape.watch(tensor)
                loss = tf.reduce_sum(call(tensor) ** 2)
            return tape.gradient(
                loss, [*(w.value for w in layer.trainable_variables), tensor]
            )

        return lambda: [found.numpy() for found in run()]
    import jax

    def loss(weights, tensor):
        with keras.StatelessScope(zip(layer.trainable_variables, weights, strict=True)):
            return (call(tensor) ** 2).sum()

    run = jax.jit(jax.grad(loss, argnums=(0, 1)))
    weights = [weight.value for weight in layer.trainable_variables]
    return lambda: jax.block_until_ready(run(weights, values))


def work(name, texts, length, features):
    """Take a step for each line of input; tell its seconds, or at first the memory."""
    import numpy as np

    shape = (texts, length, features)
    values = np.random.default_rng(0).normal(size=shape).astype("float32")
    layer, call = build(name, features)
    call(values[:1, :16])
    run = step(layer, call, values)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    run()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps((peak - before) / 1024), flush=True)
    for _ in sys.stdin:
        clock, busy = time.perf_counter(), time.process_time()
        run()
        passed = time.process_time() - busy, time.perf_counter() - clock
        print(json.dumps(passed), flush=True)


def gibibytes(name, texts, length, features):
    """Return about how much a case holds at once, forward and backward."""
    square, line = texts * length * length, texts * length * features
    per_pair = {PEER: 4 * UNITS, ADDITIVE: 3 * features, WINDOW: 0}.get(name, 8)
    return (square * per_pair + line * 12) * 4 / 2**30


def start(name, case, given):
    """Return a process that took its first step, and its memory; or why there is none."""
    wanted = gibibytes(name, *case)
    if wanted > given.free_gib:
        return f"not run: about {wanted:.0f} GiB"
    other = name in (PEER, ON_TENSORFLOW)
    if other and not given.peer_python:
        return "not run: no `--peer-python`"
    paths = [given.peer_path] if other and given.peer_path else []
    environment = {
        **os.environ,
        "KERAS_BACKEND": "tensorflow" if other else "jax",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PYTHONPATH": os.pathsep.join([*paths, os.environ.get("PYTHONPATH", "")]),
    }
    process = subprocess.Popen(
        [
            given.peer_python if other else sys.executable,
            __file__,
            "--case",
            json.dumps([name, *case]),
        ],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    memory = process.stdout.readline()
    if not memory:
        return f"failed: {process.stderr.read().strip().splitlines()[-1]}"
    return process, json.loads(memory)


def one_step(process):
    """Return the seconds of a step, by the processors and by the clock."""
    process.stdin.write("\n")
    process.stdin.flush()
    return json.loads(process.stdout.readline())


def measure(case, given):
    """Return the rows of the table for one length, and the steps of each layer."""
    wanted = [
        name
        for name in NAMES
        if name == OURS or not given.only or any(text in name for text in given.only)
    ]
    started = {name: start(name, case, given) for name in wanted}
    running = {name: one for name, one in started.items() if not isinstance(one, str)}
    steps = {name: [] for name in running}
    for _ in range(given.rounds):
        for name, (process, _) in running.items():
            steps[name].append(one_step(process))
    for process, _ in running.values():
        process.stdin.close()
        process.wait()
    rows = []
    for name, one in started.items():
        shape = f"| {case[1]:,} | {case[0]} | {name} "
        if isinstance(one, str):
            rows.append(f"{shape}| {one} | | | | |")
            continue
        ratios = [
            statistics.median(
                ours[way] / other[way]
                for ours, other in zip(steps[OURS], steps[name], strict=True)
            )
            for way in (0, 1)
        ]
        busy = min(busy for busy, _ in steps[name])
        less = running[OURS][1] / max(one[1], 1e-9)
        rows.append(
            f"{shape}| {1e3 * busy:,.0f} | {ratios[0]:.2f} | {ratios[1]:.2f} "
            f"| {one[1]:,.0f} | {less:.2f} |"
        )
    return rows, steps


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--lengths", type=int, nargs="*", default=[64, 512, 2048, 4096])
    arguments.add_argument("--features", type=int, default=256)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--free-gib", type=float, default=12)
    arguments.add_argument("--peer-python", default="", help="has TensorFlow and the peer")
    arguments.add_argument("--peer-path", default="", help="folder of the peer's package")
    arguments.add_argument("--only", nargs="*", help="beside ours, names that hold this")
    arguments.add_argument("--case", help="one case, for the process that measures it")
    given = arguments.parse_args()
    if given.case:
        work(*json.loads(given.case))
        return
    print(f"{date.today()}, {os.cpu_count()} cores, F = {given.features}, units = {UNITS}")
    print(
        "\n| T | B | layer | CPU ms | ours / it, CPU | ours / it, clock | MiB | ours / it |"
    )
    print("|---|---|---|---|---|---|---|---|")
    windows = {}
    for length in given.lengths:
        texts = max(1, min(64, 64 * 512**2 // length**2))
        rows, steps = measure((texts, length, given.features), given)
        print("\n".join(rows), flush=True)
        if steps.get(WINDOW):
            windows[length] = min(busy for busy, _ in steps[WINDOW]) / texts
    for length, seconds in windows.items():
        if length * 2 in windows:
            ratio = windows[length * 2] / seconds
            print(f"\nWidth 15, a text of {length * 2:,} by one of {length:,}: {ratio:.2f}")


if __name__ == "__main__":
    main()
