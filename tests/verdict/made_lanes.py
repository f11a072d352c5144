"""Made lanes: latent scores with an ease per text, a run effect and noise."""

import numpy as np

from whylow.lanes import HeldOut, Lane
from whylow.records import Fit

BASELINE = Fit(
    name="plain",
    history={"accuracy": (0.91, 0.95), "loss": (0.3, 0.2), "val_accuracy": (0.93, 0.92)},
)
VARIANT = Fit(
    name="attention",
    history={"accuracy": (0.90, 0.94), "loss": (0.4, 0.3), "val_accuracy": (0.94, 0.93)},
)


def held_out(rows=1009, share=0.25, classes=2, seed=0):
    random = np.random.default_rng([seed, 1])
    if classes == 2:
        labels = (random.permutation(rows) < share * rows).astype(np.int64)
    else:
        labels = random.permutation(np.arange(rows) % classes)
    names = tuple(f"class {k}" for k in range(classes))
    return HeldOut(labels=labels, class_names=names, groups=np.arange(rows))


def lanes(
    texts,
    pairs=6,
    *,
    gain=0.0,
    epochs=3,
    seed=0,
    run=0.05,
    own=0.0,
    side=1,
    steps=False,
    first=0,
):
    """Return lanes whose separation of the classes is `gain` above that of others.

    `run` is how much runs differ in it, `own` how differently a side takes each text.
    """
    labels, rows = texts.labels, len(texts.labels)
    ease = np.random.default_rng([seed, 2]).normal(0, 0.7, rows)
    ease += own * np.random.default_rng([seed, 4, side]).normal(0, 1, rows)
    out = []
    for pair in range(first, first + pairs):
        random = np.random.default_rng([seed, 3, side, pair])
        strength = 2.0 + gain + random.normal(0, run)
        noise = random.normal(0, 0.7, (epochs, rows))
        if len(texts.class_names) == 2:
            z = strength * (2 * labels - 1) / 2 * 1.5 + ease + noise - 0.7
            probabilities = 1 / (1 + np.exp(-z))
            steps_positive = np.clip(probabilities + 0.1, 0, 1) if steps else None
        else:
            classes = len(texts.class_names)
            z = random.normal(0, 1, (epochs, rows, classes))
            z[:, np.arange(rows), labels] += strength + ease
            probabilities = np.exp(z) / np.exp(z).sum(2, keepdims=True)
            steps_positive = None
        out.append(
            Lane(
                pair=pair,
                seed=100 + pair,
                history={
                    "accuracy": [0.9 + 0.01 * e for e in range(epochs)],
                    "loss": [0.2] * epochs,
                },
                probabilities=probabilities.astype(np.float32),
                steps_positive=steps_positive,
            )
        )
    return out
