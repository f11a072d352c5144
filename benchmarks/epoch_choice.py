"""By what to choose the epoch where accuracy is the headline.

Run from the repository root: `python benchmarks/epoch_choice.py` (minutes on one core).
The same lanes are judged under each rule. Real texts are those of the folder `shared/data`
beside the repository: a small model on all of its training texts against the same on 60 %
of them, which is truly worse. Made studies (`calibration.py`) have epochs that also shift
all scores, by so many units of the noise, as those of a model do that is trained briefly:
accuracy at one half then swings from epoch to epoch.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace

import aa_studies
import calibration
import numpy as np

from whylow.lanes import HeldOut
from whylow.verdict import _crossfit, crossed, declare, text_values
from whylow.verdict._calibration import logits, platt, sigmoid
from whylow.verdict._metrics import (
    decide,
    log_losses,
    rank_scores,
)

PAIRS, DRAWS, TEXTS = 12, 60, 1000
Rule = Callable[[np.ndarray, np.ndarray, HeldOut], int]


def by_rank(labels: np.ndarray, outputs: np.ndarray, held_out: HeldOut) -> int:
    """ROC-AUC."""
    return int(np.argmax([rank_scores(labels, one)[1] for one in outputs]))


def by_accuracy(labels: np.ndarray, outputs: np.ndarray, held_out: HeldOut) -> int:
    """Accuracy at one half."""
    return int(np.argmax([(decide(one) == labels).mean() for one in outputs]))


def by_loss(labels: np.ndarray, outputs: np.ndarray, held_out: HeldOut) -> int:
    """Log loss after calibration on the same texts."""
    losses = []
    for one in outputs:
        slope, base = platt(labels, logits(one))
        losses.append(log_losses(labels, sigmoid(slope * logits(one) + base)).mean())
    return int(np.argmin(losses))


RULES: dict[str, Rule] = {
    "ROC-AUC": by_rank,
    "accuracy": by_accuracy,
    "calibrated loss": by_loss,
    "squared error": _crossfit._best_epoch,
}


def real(corpus: aa_studies.Corpus, seed: int) -> list[str]:
    """Return one row a rule: levels, difference, half-width, how often it is decided."""
    from whylow import engine

    x, y = aa_studies.table(corpus, aa_studies.DATA, seed)
    fewer = replace(corpus, training=int(0.6 * corpus.training))
    left = np.r_[0 : fewer.training, corpus.training : len(x)]
    both = []
    for rows, one in ((slice(None), corpus), (left, fewer)):
        live = aa_studies.recorded(x[rows], y[rows], one)
        done = engine.replay(
            [live],
            classes=2,
            seed=seed,
            clock=engine.Clock(None),
            pairs_to_reach=lambda lanes: (
                PAIRS if len(next(iter(lanes.values()))) < PAIRS else None
            ),
        )
        both.append((next(iter(done.lanes.values())), engine.held_out_of(live)))
    held_out = both[0][1]
    return [
        f"| {corpus.epochs} | {name} | {_row(both, held_out, rule)} |"
        for name, rule in RULES.items()
    ]


def _row(both, held_out: HeldOut, rule: Rule) -> str:
    _crossfit._best_epoch = rule
    random = np.random.default_rng(0)
    found = []
    for _ in range(DRAWS):
        rows = np.sort(random.permutation(len(held_out.labels))[:TEXTS])
        pairs = random.permutation(PAIRS)[:6]
        part = replace(held_out, labels=held_out.labels[rows], groups=held_out.groups[rows])
        plan = declare(part)
        sides = [
            text_values(
                [
                    replace(lanes[k], probabilities=lanes[k].probabilities[:, rows])
                    for k in pairs
                ],
                part,
                plan,
            )
            for lanes, _ in both
        ]
        spread = crossed(sides[1] - sides[0], part, plan.metric)
        reach = spread.reach(0.95)
        found.append((sides[0].mean(), sides[1].mean(), reach, spread.mean < -reach))
    a, b, reach, decided = (
        100 * np.mean([row[k] for row in found], dtype=float) for k in range(4)
    )
    return f"{a:.1f} | {b:.1f} | {b - a:+.2f} | ±{reach:.2f} | {decided:.0f} %"


def made(replicates: int) -> list[str]:
    """Return one row a rule and setting of made studies: error rates, reach and power."""
    base = calibration.Setting(
        name="", metrics=("accuracy",), texts=1000, epochs=5, gain=0.2, drift=0.1
    )
    rows = []
    for shift in (0.0, 0.3, 1.0):
        for name, rule in RULES.items():
            _crossfit._best_epoch = rule
            found = calibration.simulate(replace(base, shift=shift), replicates)["accuracy"]
            cover = " / ".join(f"{100 * share:.0f}" for share in found["cover"])
            power = ", ".join(f"{100 * share:.0f}" for share in found["power"])
            rows.append(
                f"| {shift:g} | {name} | {100 * found['truth']:.1f} | {cover} % | "
                f"±{100 * found['reach'][1]:.1f} | {power} % |"
            )
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replicates", type=int, default=100, help="made studies")
    arguments = parser.parse_args()
    print("| shift | epoch by | true gain | covers | half-width at 12 | decided |")
    print("\n".join(made(arguments.replicates)), flush=True)
    print("| epochs | epoch by | all texts | 60 % | difference | half-width at 6 | seen |")
    for epochs in (2, 5):
        corpus = replace(aa_studies.CORPORA[0], epochs=epochs)
        print("\n".join(real(corpus, 1)), flush=True)


if __name__ == "__main__":
    main()
