"""Made reports of many shapes. The numbers are realistic and were measured by nobody."""

from __future__ import annotations

import math

from whylow.records import (
    Cause,
    CheckNotRun,
    Claim,
    Comparison,
    Control,
    Difference,
    DifferenceTheseTexts,
    Finding,
    Fit,
    Interval,
    Layer,
    Model,
    Noise,
    Report,
    Run,
    Script,
    View,
)

METRICS = ("accuracy", "macro_f1", "average_precision", "roc_auc", "mcc", "log_loss")
LEVELS = {
    "accuracy": 0.9394, "macro_f1": 0.6912, "average_precision": 0.4127, "roc_auc": 0.8743,
    "mcc": 0.391, "log_loss": 0.1691,
}  # fmt: skip

MAJORITY_LEVELS = {
    "accuracy": 0.9405, "macro_f1": 0.4847, "average_precision": 0.0595, "roc_auc": 0.5,
    "mcc": None, "log_loss": 0.2258,
}  # fmt: skip


def luck(number: int) -> float:
    """Return a made deviation between -1 and 1, ever the same for a number."""
    return math.sin(12.9898 * number + 4.1)


def history(epochs: int = 3, *, lift: float = 0.0, seed: int = 0) -> dict:
    """Return a made history: training improves, validation turns after the second epoch."""
    near = [0.004 * luck(10 * seed + epoch) for epoch in range(epochs)]
    return {
        "accuracy": tuple(
            min(0.999, 0.92 + 0.03 * e + lift + near[e]) for e in range(epochs)
        ),
        "loss": tuple(0.34 * math.exp(-0.75 * e) + near[e] for e in range(epochs)),
        "val_accuracy": tuple(0.94 - 0.006 * (e - 1) ** 2 - near[e] for e in range(epochs)),
        "val_loss": tuple(
            0.17 + 0.02 * (e - 1) ** 2 - lift + near[e] for e in range(epochs)
        ),
    }


def fit(name: str, role: str = "other", *, lift: float = 0.0, **changes) -> Fit:
    """Return a made fit of three epochs."""
    values = {
        "name": name,
        "role": role,
        "history": history(lift=lift),
        "epochs": 3,
        "seconds_per_epoch": 46.2 if role != "variant" else 64.1,
        "replayable": True,
        "model": Model(
            class_name="Sequential",
            backend="jax",
            layers=(Layer(name="embedding", class_name="Embedding", parameters=3_000_000),),
            parameters=3_025_741,
        ),
        **changes,
    }
    return Fit(**values)


def view(name: str, metric: str, baseline: float, difference: float, runs: int = 6) -> View:
    """Return a rung; with several runs it has an interval of 0.9 points to either side."""
    half = 0.009 if runs > 1 else None
    return View(
        view=name,
        metric=metric,
        baseline=baseline,
        variant=baseline + difference,
        difference=Interval(
            low=None if half is None else difference - half,
            estimate=difference,
            high=None if half is None else difference + half,
        ),
        lower_is_better=metric == "loss",
        runs=runs,
    )


def ladder(runs: int = 6, shift: float = 0.0) -> tuple[View, ...]:
    """Return the rungs as the verdict makes them for a claim about accuracy."""
    return (
        view("accuracy, training, last epoch", "accuracy", 0.9815, -0.0061, runs),
        view(
            "accuracy, validation, last epoch", "accuracy", 0.9241, 0.0083 + shift / 9, runs
        ),
        view(
            "accuracy, validation, best epoch", "accuracy", 0.9394, 0.0021 + shift / 9, runs
        ),
        view("macro-F1, fixed threshold", "macro_f1", 0.6512, 0.0133 + shift, runs),
        view("macro-F1, tuned threshold", "macro_f1", 0.6912, 0.0174 + shift, runs),
        view("average precision", "average_precision", 0.4127, 0.0243 + shift, runs),
    )


def runs(names: tuple[str, str], pairs: int, gap: float) -> tuple[Run, ...]:
    """Return the lanes of a comparison, two for each pair."""
    made = []
    for pair in range(pairs):
        shared = 0.4127 + 0.017 * luck(pair)
        for side, name in enumerate(names):
            made.append(
                Run(
                    fit=name,
                    pair=pair,
                    seed=1000 + pair,
                    score=shared + side * gap + 0.011 * luck(50 * side + 3 * pair),
                    epochs_chosen=(2, 2 + pair % 2),
                    history=history(lift=-0.004 * side, seed=pair),
                )
            )
    return tuple(made)


def compared(
    baseline: str = "no attention",
    variant: str = "attention",
    *,
    pairs: int = 6,
    gap: float = 0.0243,
    **changes,
) -> Comparison:
    """Return a made comparison; a `gap` of 0.0243 in average precision reads "better"."""
    low, high = gap - 0.009, gap + 0.009  # as in the ladder: one interval over pairs
    values = {
        "baseline": baseline,
        "variant": variant,
        "metric": "average_precision",
        "smallest_meaningful_difference": 0.01,
        "pairs": pairs,
        "looks": (6,),
        "claim": Claim(
            metric="accuracy", split="train", epoch=3, difference=-0.0077, baseline=0.9822,
            variant=0.9745,
        ),
        "ladder": ladder(pairs, gap - 0.0243),
        "difference": Difference(
            low=low, estimate=gap, high=high, level=0.95, scope="these texts"
        ),
        "difference_these_texts": DifferenceTheseTexts(
            low=low, estimate=gap, high=high, sign_flip_p=0.03125
        ),
        "metrics": {
            baseline: dict(LEVELS),
            variant: {name: LEVELS[name] + gap / 9 for name in METRICS}
            | {"average_precision": LEVELS["average_precision"] + gap},
        },
        "controls": (
            Control(
                name="majority class",
                metrics=dict(MAJORITY_LEVELS),
            ),
            Control(name="TF-IDF + logistic regression", metrics=dict(LEVELS)),
        ),
        "noise": Noise(pair_correlation=0.41),
        "verdict": "better",
        "sentence": (
            f"Better: average precision is 2.4 points higher with `{variant}` [1.5, 3.3] "
            "over 6 pairs."
        ),
        "next_step": "Keep it, and train 12 pairs for a smaller interval: --max-pairs 12.",
        "runs": runs((baseline, variant), pairs, gap),
        **changes,
    }  # fmt: skip
    return Comparison(**values)


def unpaired(baseline: str = "no attention", variant: str = "attention") -> Comparison:
    """Return a comparison of which no pair finished."""
    return compared(
        baseline,
        variant,
        pairs=0,
        looks=(),
        ladder=ladder(1),
        difference=None,
        difference_these_texts=None,
        metrics={},
        controls=(),
        noise=Noise(),
        verdict=None,
        sentence="",
        next_step="No pair finished within 60 s; one takes about 4 min: --budget 30m.",
        runs=(),
    )


BROADCAST = Finding(
    code="WL201",
    name="label-broadcast-over-time",
    severity="error",
    fit="attention",
    faults=("per_timestep_output",),
    message=(
        "Layer 'seq_self_attention' still carries time: 72 outputs a text against one "
        "label, so every time step is trained on the label of its whole text."
    ),
    evidence={
        "output_shape": [None, 72, 1],
        "label_shape": [10496],
        "layer": "seq_self_attention",
    },
    fix="Reduce over time before the last layer: GlobalMaxPooling1D() or attention "
    "pooling.",
)
MAJORITY = Finding(
    code="WL101",
    name="no-better-than-majority",
    severity="warning",
    fit="no attention",
    faults=("imbalance", "metric"),
    message="Accuracy on validation texts (92.27 %) is below always answering 0 (94.05 %).",
    evidence={"accuracy": 0.9227, "majority": 0.9405},
    fix="Report macro-F1 or average precision, and tune the threshold.",
)
MASK = Finding(
    code="WL105",
    name="padding-not-masked",
    severity="warning",
    fit="attention",
    faults=("mask",),
    message="82 % of the input is padding, and no layer masks it.",
    evidence={"zero_share": 0.82},
    fix="Embedding(..., mask_zero=True).",
)
OVERFIT = Finding(
    code="WL106",
    name="overfitting",
    severity="info",
    fit="no attention",
    faults=("overfitting",),
    message="Validation loss rises since epoch 2, while training loss still falls.",
    evidence={"epoch": 2},
    fix="EarlyStopping(restore_best_weights=True).",
)
NOT_EXAMINED = ("masking the padding", "pooling over time", "the learning rate")
PROTOCOL = {
    "seed": 0,
    "cross_fitting": {"halves": 2, "epoch_chosen_by": "average_precision"},
    "held_out_texts": 2624,
    "looks": [6],
    "level": 0.95,
}
VERSIONS = {"whylow": "0.1.0", "keras": "3.15.0", "jax": "0.10.0", "python": "3.11.9"}


def report(**changes) -> Report:
    """Return the made report of one comparison, with whatever is changed in it."""
    values = {
        "command": "run",
        "script": Script(path="quora_attention.py", exit_status=0),
        "fits": (fit("no attention", "baseline"), fit("attention", "variant", lift=-0.008)),
        "findings": (MAJORITY, BROADCAST, MASK, OVERFIT),
        "comparisons": (compared(),),
        "causes_not_examined": NOT_EXAMINED,
        "protocol": PROTOCOL,
        "versions": VERSIONS,
        **changes,
    }
    return Report(**values)


def _three_fits() -> tuple[Fit, ...]:
    return (*report().fits, fit("put right", "variant", lift=0.006))


def _put_right() -> Comparison:
    return compared(
        variant="put right",
        gap=0.0911,
        claim=Claim(
            metric="accuracy", split="train", epoch=3, difference=-0.0031, baseline=0.9822,
            variant=0.9791,
        ),
        sentence=(
            "Better: average precision is 9.1 points higher with `put right` [8.2, 10.0] "
            "over 6 pairs."
        ),
        next_step="Use put right; nothing else is needed to tell.",
    )  # fmt: skip


def _many() -> tuple[Comparison, ...]:
    verdicts = ("worse", "better", "no-meaningful-difference", "cannot-tell-yet")
    return tuple(
        compared(
            variant=f"trial {number}",
            gap=0.01 * (number - 4),
            verdict=verdicts[number % 4],
            sentence=f"Average precision is {abs(number - 4)}.0 points away with "
            f"`trial {number}` over 6 pairs.",
            next_step="Look again at those that stand out: --variant NAME --max-pairs 12.",
        )
        for number in range(9)
    )


SHAPES: dict[str, Report] = {
    "one-comparison": report(),
    "two-variants": report(fits=_three_fits(), comparisons=(compared(), _put_right())),
    "nine-variants": report(
        comparisons=_many(), notes=("Tuner trials beyond eight: left out.",)
    ),
    "two-baselines": report(
        comparisons=(
            compared(),
            compared("bag of words", "attention", gap=-0.004, verdict="worse"),
        )
    ),
    "no-pairs": report(comparisons=(unpaired(),)),
    "cannot-tell": report(
        comparisons=(
            compared(
                gap=0.0051,
                verdict="cannot-tell-yet",
                sentence=(
                    "Cannot tell yet: average precision is 0.5 points higher with "
                    "`attention` [-0.4, 1.4] over 6 pairs: it may be nothing or may matter."
                ),
                next_step="Train 12 pairs: whylow run quora_attention.py --max-pairs 12",
            ),
        ),
        findings=(),
        checks_not_run=(CheckNotRun(code="WL105", why="the inputs are no integers"),),
    ),
    "one-fit-findings": report(
        fits=(fit("no attention"),), comparisons=(), findings=(MAJORITY, OVERFIT)
    ),
    "all-clear": report(
        fits=(fit("no attention"),), comparisons=(), findings=(), causes_not_examined=()
    ),
    "failed-fit": report(
        script=Script(path="quora_attention.py", exit_status=1),
        fits=(
            fit("no attention", "baseline", seconds_per_epoch=None),
            fit(
                "attention", "variant", history={}, epochs=0, seconds_per_epoch=None,
                failed="ValueError: `loss` and `output` do not have the same rank (2, 3).",
                replayable=False,
                replay_note="a layer of the script's own, 'Gate', has no config",
            ),
        ),
        comparisons=(),
        findings=(BROADCAST,),
        causes_not_examined=(),
        notes=("keras_self_attention was stood in for by whylow's layer (legacy=True).",),
    ),
    "lost-runs": report(
        comparisons=(
            compared(
                runs=(
                    *runs(("no attention", "attention"), 5, 0.02),
                    Run(fit="no attention", pair=5, seed=1005, score=0.41),
                    Run(fit="attention", pair=5, seed=1005, failed="nan in epoch 2"),
                )
            ),
        )
    ),
    "settled-on-new-texts": report(
        comparisons=(
            compared(
                pairs=12,
                looks=(6, 12),
                provisional=False,
                verdict="worse",
                gap=-0.021,
                difference=Difference(
                    low=-0.0301, estimate=-0.021, high=-0.0119, level=0.9801,
                    scope="new texts",
                ),
                noise=Noise(seeds=0.31, texts=0.52, both=0.17, pair_correlation=0.41),
                sentence=(
                    "Worse: average precision is 2.1 points lower with `attention` "
                    "[-3.0, -1.2] over 12 pairs."
                ),
                next_step="Look for the cause: whylow run quora_attention.py --causes",
            ),
        ),
        findings=(MASK,),
    ),
    "causes": report(
        causes=(
            Cause(
                remedy="learning-rate-as-before", kind="difference", fit="attention",
                effect=Interval(low=-0.001, estimate=0.005, high=0.011),
                role="undecided", pairs=6, does="putting back the learning rate",
                would_decide="about 18 pairs",
            ),
            Cause(
                remedy="best-epoch", kind="view", stage="view", fit="attention",
                effect=Interval(low=-0.002, estimate=0.0, high=0.002),
                role="acquitted", pairs=6,
                does="stopping at the best epoch instead of the last",
            ),
            Cause(
                remedy="mask-padding", code="WL105", fit="attention",
                effect=Interval(low=0.006, estimate=0.014, high=0.022), role="cause",
                pairs=12, stage="confirmed", does="masking the padding", p=0.002,
                code_change="mask_zero=True", time_ratio=1.0,
            ),
        ),
        remainder=Interval(low=-0.004, estimate=0.002, high=0.008),
        causes_difference=Interval(low=-0.030, estimate=-0.021, high=-0.012),
        causes_not_examined=("the optimizer",),
    ),
    "nothing": Report(command="run"),
}  # fmt: skip
