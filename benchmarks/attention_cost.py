"""Time and memory of attention layers, forward and backward, each in its own process.

    KERAS_BACKEND=jax python benchmarks/attention_cost.py [--texts 64] [--features 256]

The peer is keras-self-attention 0.51: where it can be imported it runs itself, on
TensorFlow, the only backend it has; its formulae, with the whole hidden layer in memory as
it has them, always run on JAX, so that one backend is compared with itself. Time is the
least of several runs after one to compile, as the clock and as the processors count it
(where others use the machine too, the second is the fairer); memory is what the process
grew by at its peak. Cases that would outgrow the memory that is free are left out, by name.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import resource
import subprocess
import sys
import time

UNITS = 32
NAMES = (
    "ours additive",
    "ours additive, width 15",
    "ours multiplicative",
    "formulae of the peer",
    "the peer itself",
    "keras AdditiveAttention",
    "keras Attention",
    "keras MultiHeadAttention",
)


def build(name, features):
    """Return a function of one tensor `(B, T, F)`, and its layer."""
    import keras

    from whylow.layers import SeqSelfAttention

    ops = keras.ops

    class Formulae(SeqSelfAttention):
        def _scores(self, query, key):
            hidden = ops.tanh(ops.expand_dims(query, 2) + ops.expand_dims(key, 1))
            return ops.squeeze(ops.matmul(hidden, self.Wa), -1) + self.ba

    if name == "the peer itself":
        from keras_self_attention import SeqSelfAttention as Peer

        layer = Peer(UNITS)
        return layer, layer
    layer = {
        "ours additive": lambda: SeqSelfAttention(UNITS),
        "ours additive, width 15": lambda: SeqSelfAttention(UNITS, attention_width=15),
        "ours multiplicative": lambda: SeqSelfAttention(attention_type="multiplicative"),
        "formulae of the peer": lambda: Formulae(UNITS, legacy=True),
        "keras AdditiveAttention": keras.layers.AdditiveAttention,
        "keras Attention": keras.layers.Attention,
        "keras MultiHeadAttention": lambda: keras.layers.MultiHeadAttention(
            4, features // 4
        ),
    }[name]()
    if name == "keras MultiHeadAttention":
        return layer, lambda x, **mask: layer(x, x)
    return layer, (lambda x: layer([x, x])) if name.startswith("keras") else layer


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


def measure(name, texts, length, features):
    """Return seconds of a step and MiB that the process grew by."""
    import numpy as np

    values = (
        np.random.default_rng(0).normal(size=(texts, length, features)).astype("float32")
    )
    layer, call = build(name, features)
    call(values[:1, :16])
    run = step(layer, call, values)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    run()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seconds, busy = [], []
    while len(seconds) < 5 or (sum(seconds) < 3 and len(seconds) < 30):
        start, start_busy = time.perf_counter(), time.process_time()
        run()
        seconds.append(time.perf_counter() - start)
        busy.append(time.process_time() - start_busy)
        if sum(seconds) > 60:
            break
    return {"seconds": min(seconds), "busy": min(busy), "mib": (peak - before) / 1024}


def numbers(name, texts, length, features):
    """Return about how many numbers a case holds at once, forward and backward."""
    square = texts * length * length
    per_pair = {"formulae of the peer": 3 * UNITS, "the peer itself": 4 * UNITS}
    per_pair["keras AdditiveAttention"] = 3 * features
    if "width" in name:
        return texts * length * (features + 24) * 8
    return square * per_pair.get(name, 8) + texts * length * features * 8


def in_own_process(name, texts, length, features, free_gib):
    wanted = numbers(name, texts, length, features) * 4 / 2**30
    if wanted > free_gib:
        return {"left_out": f"would take about {wanted:.0f} GiB"}
    peer = name == "the peer itself"
    if peer and not all(
        map(importlib.util.find_spec, ("keras_self_attention", "tensorflow"))
    ):
        return {"left_out": "keras-self-attention or TensorFlow is not installed"}
    case = json.dumps([name, texts, length, features])
    backend = {"KERAS_BACKEND": "tensorflow" if peer else "jax"}
    done = subprocess.run(
        [sys.executable, __file__, "--case", case],
        env={**os.environ, **backend, "TF_CPP_MIN_LOG_LEVEL": "3"},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        return {"left_out": f"failed: {done.stderr.strip().splitlines()[-1:]}"}
    return json.loads(done.stdout.splitlines()[-1])


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--texts", type=int, default=64)
    arguments.add_argument("--features", type=int, default=256)
    arguments.add_argument("--lengths", type=int, nargs="*", default=[64, 512])
    arguments.add_argument("--free-gib", type=float, default=12)
    arguments.add_argument("--only", default="", help="names that hold this text")
    arguments.add_argument("--case", help="one case, for the process that measures it")
    given = arguments.parse_args()
    if given.case:
        print(json.dumps(measure(*json.loads(given.case))))
        return
    print("| B | T | F | layer | ms | CPU ms | MiB | ms, ours | CPU, ours | MiB, ours |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for length in given.lengths:
        ours = None
        for name in NAMES:
            if given.only not in name:
                continue
            case = (given.texts, length, given.features)
            found = in_own_process(name, *case, given.free_gib)
            ours = ours or found
            shape = " | ".join(map(str, case))
            if "left_out" in found:
                print(f"| {shape} | {name} | {found['left_out']} | | | | | |", flush=True)
                continue
            shares = [
                ours[key] / max(found[key], 1e-9) for key in ("seconds", "busy", "mib")
            ]
            print(
                f"| {shape} | {name} | {found['seconds'] * 1e3:.1f} "
                f"| {found['busy'] * 1e3:.1f} | {found['mib']:.0f} | "
                + " | ".join(f"{share:.2f}" for share in shares)
                + " |",
                flush=True,
            )


if __name__ == "__main__":
    main()
