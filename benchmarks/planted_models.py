"""Trained comparisons whose causes are known: does `whylow run` find them?

    python benchmarks/planted_models.py run results.jsonl --minutes 15   # goes on, again
    python benchmarks/planted_models.py truth results.jsonl --minutes 15 # the large runs
    python benchmarks/planted_models.py table results.jsonl

`planted_script.py` trains two small Keras models on made rows. The variant has planted
faults (one, two, three, or none) and decoys: differences that are there and harmless. In a
third of the comparisons the fault is one that no record holds and no remedy undoes: what
the code of a layer, loss, step or callback does, or weights that start badly. Each goes
the whole way of `whylow run`: suspects are found, not given.

How large a planted fault is is known from a large run: every set of the planted faults is
built by the script itself, without any remedy, and trained 48 times over; it predicts 8,000
texts that the comparison has not seen. The Shapley value of each fault follows.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import re
import sys
import tempfile
import time
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

os.environ.setdefault("KERAS_BACKEND", "jax")

import numpy as np
from planted_causes import covers

SCRIPT = Path(__file__).parent / "planted_script.py"
ROWS, TEXTS, PARTS, TRUTH_PAIRS = 384, 1024, 8, 48
SMALLEST = 0.01
MINUTES = 30.0  # of budget for one comparison, which takes half a minute or so

# Fault → what it changes, and which remedies undo it.
Fault = tuple[dict[str, Any], str]
WORDS: dict[str, Fault] = {
    "rate far too low": ({"rate": 0.0007}, r"(higher-)?learning-rate.*"),
    "rate too low": ({"rate": 0.002}, r"(higher-)?learning-rate.*"),
    "rate far too high": ({"rate": 0.6}, r"(lower-)?learning-rate.*"),
    "dropout": ({"dropout": 0.95}, r"rate-of-drop"),
    "l2": ({"l2": 0.3}, r"kernel_regularizer-of-(hidden|renamed)"),
    "one epoch": ({"epochs": 1}, r"(more-)?epochs.*"),
    "two epochs": ({"epochs": 2}, r"(more-)?epochs.*"),
    "padding": ({"mask": False}, r"mask.*"),
    "frozen": ({"frozen": True}, r"trainable-of-words"),
    "large batches": ({"batch": 384}, r"(batch-size-as-before|smaller-batches)"),
    "pooling by maximum": ({"pool": "max"}, r"Global.*-for-pool"),
    "one unit, no bend": ({"units": 1, "activation": "relu"}, r"units-of-.*|match.*"),
    "noisy labels": ({"noise": 0.3}, r"rows-as-before"),
    "class weights": ({"weight": 60.0}, r"class-weight.*"),
    "sigmoid": ({"activation": "sigmoid"}, r"activation-of-(hidden|renamed)"),
    "start of zeros": (
        {"init": "zeros"},
        r"kernel_initializer-of-(hidden|renamed)|initializer",
    ),
}
NUMBERS: dict[str, Fault] = {
    "rate far too low": ({"rate": 0.0005}, r"(higher-)?learning-rate.*"),
    "rate too low": ({"rate": 0.003}, r"(higher-)?learning-rate.*"),
    "rate too high": ({"rate": 1.5}, r"(lower-)?learning-rate.*"),
    "dropout": ({"dropout": 0.9}, r"rate-of-drop"),
    "l2": ({"l2": 0.1}, r"kernel_regularizer-of-(hidden|renamed)"),
    "one epoch": ({"epochs": 1}, r"(more-)?epochs.*"),
    "clipped": ({"clipnorm": 0.003}, r"clipnorm-as-before"),
    "narrow": ({"units": 2}, r"units-of-(hidden|renamed)|match-parameters"),
    "linear": ({"activation": "linear"}, r"activation-of-(hidden|renamed)"),
    "unscaled": ({"scale": 60.0}, r"without-scaling|scale-inputs"),
    "large batches": ({"batch": 384}, r"(batch-size-as-before|smaller-batches)"),
    "noisy labels": ({"noise": 0.3}, r"rows-as-before"),
    "not shuffled": ({"shuffle": False}, r"shuffle(-as-before)?"),
}
DECOYS: tuple[dict[str, Any], ...] = (
    {"init": "glorot_normal"},
    {"dropout": 0.12},
    {"extra": "linear"},
    {"name": "renamed", "epsilon": 2e-7},
    {"units": 13},
    {"l2": 1e-7},
    {"epsilon": 1e-8},
    {"embed": 9},
)
HIDDEN: dict[str, tuple[float, ...]] = {
    "layer": (4.0, 2.5),
    "attribute": (0.75, 0.5),
    "step": (0.7, 0.4),
    "loss": (0.45, 0.35),
    "callback": (1.0, 0.5),
    "start": (6.0, 2.0),
}


@dataclass(frozen=True)
class Design:
    """One made comparison.

    Args:
        world: Texts or numbers.
        faults: What is planted and can be undone.
        hidden: What is planted and cannot, and how strong.
        decoys: What else differs.
        seed: Of the data.
    """

    world: str
    faults: tuple[str, ...] = ()
    hidden: tuple[str, float] | None = None
    decoys: tuple[int, ...] = ()
    seed: int = 0

    @property
    def name(self) -> str:
        """What tells it apart."""
        parts = list(self.faults)
        if self.hidden:
            parts.append(f"{self.hidden[0]} {self.hidden[1]}")
        return f"{self.seed} {self.world}: {', '.join(parts) or 'nothing'}"

    def fault(self, name: str) -> Fault:
        """Return what a fault changes and what undoes it."""
        return (WORDS if self.world == "words" else NUMBERS)[name]

    def recipe(self, faults: Iterable[str]) -> dict[str, Any]:
        """Return the variant with some of its faults."""
        found: dict[str, Any] = {}
        for decoy in self.decoys:
            found |= DECOYS[decoy]
        if "units" in found and self.world == "numbers":
            found["units"] = 25  # one more, too
        for name in faults:
            found |= self.fault(name)[0]
        return found | ({"strength": self.hidden[1]} if self.hidden else {})

    def planted_by(self, remedy: str) -> str | None:
        """Return the fault that a remedy undoes."""
        found = [one for one in self.faults if re.fullmatch(self.fault(one)[1], remedy)]
        return found[0] if found else None


def designs() -> list[Design]:
    """Return 63 comparisons, a third of them with a fault that nothing undoes."""
    made: list[tuple[str, tuple[str, ...], tuple[str, float] | None]] = []
    made += [("words", (name,), None) for name in WORDS]
    made += [("numbers", (name,), None) for name in NUMBERS if name != "noisy labels"]
    together = [
        ("words", ("rate too low", "two epochs")),
        ("words", ("dropout", "large batches")),
        ("words", ("frozen", "rate too low")),
        ("numbers", ("narrow", "rate too low")),
        ("numbers", ("linear", "noisy labels")),
        ("numbers", ("clipped", "one epoch")),
        ("numbers", ("rate too low", "large batches", "dropout")),
        ("words", ("pooling by maximum", "two epochs", "l2")),
    ]
    made += [(world, faults, None) for world, faults in together]
    made += [(world, (), None) for world in ("words", "numbers") for _ in range(3)]
    for kind, strengths in HIDDEN.items():
        for strength in strengths:
            made.append(("numbers", (), (kind, strength)))
        made.append(("words", (), (kind, strengths[0])))
    beside = [("layer", "dropout"), ("start", "rate too low"), ("loss", "narrow")]
    made += [("numbers", (fault,), (kind, HIDDEN[kind][1])) for kind, fault in beside]
    number = len(DECOYS)
    return [
        Design(world, faults, hidden, _decoys(seed, number, faults), seed)
        for seed, (world, faults, hidden) in enumerate(made)
    ]


def _decoys(seed: int, number: int, faults: Sequence[str]) -> tuple[int, ...]:
    """Choose two that touch nothing that a fault touches."""
    touched = {key for name in faults for key in {**WORDS, **NUMBERS}[name][0]}
    order = [(seed + step) % number for step in (0, 3, 5, 1, 2, 4, 6, 7)]
    chosen: list[int] = []
    for one in order:
        if len(chosen) < 2 and not touched & DECOYS[one].keys():
            chosen.append(one)
            touched |= DECOYS[one].keys()
    return tuple(chosen)


# A comparison ---------------------------------------------------------------------------


def examined(design: Design) -> dict[str, Any]:
    """Make a comparison, study it, and return what it said."""
    import whylow
    from whylow.causes import _effects as effects
    from whylow.study import _causes as stage

    caught: dict[str, Any] = {}
    real = stage.causes.attribute

    def attribute(screened: Any, cells: Any, factors: Any, **more: Any) -> Any:
        caught.update(cells=cells, factors=list(factors), **more)
        return real(screened, cells, factors, **more)

    fits = {"baseline": {}, "variant": design.recipe(design.faults)}
    if "not shuffled" in design.faults:
        for recipe in fits.values():
            recipe["unsorted"] = False
    began = time.monotonic()
    with (
        _given(design, fits, TEXTS) as path,
        mock.patch.object(stage.causes, "attribute", attribute),
    ):
        report = whylow.run(
            SCRIPT,
            [path],
            options=whylow.Options(
                metric="accuracy",
                smallest_difference=SMALLEST,
                budget=60 * MINUTES,
                seed=design.seed,
                variants=("variant",),
            ),
            stdout_to_stderr=True,
        )
    said: dict[str, Any] = {
        "name": design.name,
        "design": asdict(design),
        "seconds": round(time.monotonic() - began, 1),
        "verdict": report.comparisons[0].verdict,
        "causes": [cause.model_dump(mode="json") for cause in report.causes],
        "not_examined": report.causes_not_examined,
        "remainder": report.remainder and report.remainder.model_dump(mode="json"),
        "difference": report.causes_difference
        and report.causes_difference.model_dump(mode="json"),
        "interactions": [one.model_dump(mode="json") for one in report.interactions],
        "factors": caught.get("factors", []),
        "at_95": {},
    }
    if caught.get("cells"):
        for name, values in effects.shapley(caught["cells"], caught["factors"]).items():
            one = effects.effect(values, caught["held_out"], caught["plan"])
            said["at_95"][name] = [one.low, one.estimate, one.high]
    return said


def _given(design: Design, fits: dict[str, Any], held_out: int, **more: Any) -> Any:
    """Write what the script is to train; a context with the file's path."""
    given = {
        "world": design.world,
        "rows": ROWS,
        "held_out": held_out,
        "seed": design.seed,
        "hidden": design.hidden and design.hidden[0],
        "fits": fits,
        **more,
    }
    return _written(json.dumps(given))


class _written(tempfile.TemporaryDirectory):  # noqa: N801  a context like its base
    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def __enter__(self) -> str:
        path = Path(super().__enter__()) / "recipes.json"
        path.write_text(self._text)
        return str(path)


# The truth ------------------------------------------------------------------------------


def truth(design: Design) -> dict[str, Any]:
    """Train every set of the planted faults many times; return the mean accuracies.

    Keys are the faults still there, joined by commas; `baseline` is the fit before.
    """
    from whylow import engine, verdict
    from whylow.capture._groups import group
    from whylow.capture._recorder import Recorder
    from whylow.capture._script import run_script

    fits = {"baseline": {}} | {
        _key(there): design.recipe(there) for there in _subsets(design.faults)
    }
    if "not shuffled" in design.faults:
        for recipe in fits.values():
            recipe["unsorted"] = False
    with _given(design, fits, PARTS * TEXTS, record=True) as path, Recorder() as recorder:
        outcome = run_script(str(SCRIPT), [path], stdout_to_stderr=True)
    if outcome.error is not None:
        raise outcome.error
    # Without decoys a set of faults may be the baseline itself, under another name.
    lives = {one.fit.name: one for one in group(recorder.fits).fits}
    held_out = engine.held_out_of(lives["baseline"])
    replayed = engine.replay(
        list(lives.values()),
        classes=2,
        seed=design.seed + 77,
        clock=engine.Clock(None),
        pairs_to_reach=lambda lanes: (
            None if len(lanes["baseline"]) >= TRUTH_PAIRS else TRUTH_PAIRS
        ),
    )
    plan = verdict.Plan(metric="accuracy", seed=design.seed)
    means = {
        name: [
            float(np.mean(_scores(lane, held_out, plan))) for lane in replayed.lanes[name]
        ]
        for name in lives
    }
    return {
        name: [np.mean(runs), np.std(runs) / len(runs) ** 0.5]
        for name, runs in means.items()
    }


def _scores(lane: Any, held_out: Any, plan: Any) -> list[float]:
    """Return the accuracy on each part of the texts, each as large as a comparison's."""
    from dataclasses import replace

    from whylow import verdict

    found = []
    for part in np.array_split(np.arange(len(held_out.labels)), PARTS):
        texts = replace(held_out, labels=held_out.labels[part], groups=np.arange(len(part)))
        predicted = replace(lane, probabilities=lane.probabilities[:, part])
        found.append(float(verdict.text_values([predicted], texts, plan).mean()))
    return found


def _key(faults: Iterable[str]) -> str:
    return ", ".join(sorted(faults)) or "no fault"


def _subsets(faults: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for size in range(len(faults) + 1):
        yield from itertools.combinations(faults, size)


def true_effects(
    design: Design, means: dict[str, Any], undone: Sequence[str]
) -> dict[str, float]:
    """Return the Shapley value of undoing each of some faults, the others left there."""
    from whylow.causes._effects import shapley

    cells = {
        frozenset(away): np.array(
            [[means[_key(set(design.faults) - set(away))][0]]], dtype=float
        )
        for away in _subsets(tuple(undone))
    }
    return {name: float(value[0, 0]) for name, value in shapley(cells, undone).items()}


# The table ------------------------------------------------------------------------------


@dataclass
class Found:
    """What came of comparisons of one kind."""

    comparisons: int = 0
    first: list[bool] = field(default_factory=list)
    blamed: list[bool] = field(default_factory=list)
    covered: list[bool] = field(default_factory=list)
    shown: list[bool] = field(default_factory=list)
    rest: list[bool] = field(default_factory=list)
    left: list[bool] = field(default_factory=list)
    helps: list[bool] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def add(self, other: Found) -> None:
        """Take in what others found."""
        self.comparisons += other.comparisons
        for name in vars(self).keys() - {"comparisons"}:
            getattr(self, name).extend(getattr(other, name))


def judged(design: Design, said: dict[str, Any], means: dict[str, Any] | None) -> Found:
    """Compare what a study said with what is true.

    A planted fault whose true size is under the smallest difference that matters is not
    asked for: it is there and harmless, like a decoy.
    """
    found = Found(comparisons=1, seconds=[said["seconds"]])
    named = [
        one
        for one in said["causes"]
        if one["role"] == "cause" and one["kind"] not in ("view", "try")
    ]
    found.blamed.append(any(not design.planted_by(one["remedy"]) for one in named))
    found.helps.append(
        any(one["role"] == "cause" and one["kind"] == "try" for one in said["causes"])
    )
    if means is None:
        return found
    sizes = true_effects(design, means, design.faults) if design.faults else {}
    largest = max(sizes, key=lambda name: sizes[name], default=None)
    if largest is not None and sizes[largest] >= 2 * SMALLEST:
        top = design.planted_by(named[0]["remedy"]) if named else None
        # Of two faults of the same size either may stand first.
        found.first.append(top is not None and sizes[top] >= 0.8 * sizes[largest])
    restoring = {
        name: fault for name in said["factors"] if (fault := design.planted_by(name))
    }
    tried = re.compile(r"(higher|lower|more|smaller|fewer)-|dropout|class-weights|weight-d")
    once = len(set(restoring.values())) == len(restoring)
    if once and not any(tried.match(name) for name in said["factors"]):
        true = true_effects(design, means, list(restoring.values()))
        # The large run is one of many trainings, too.
        doubt = 1.96 * sum(means[key][1] ** 2 for key in means) ** 0.5
        for name, fault in restoring.items():
            (cause,) = (one for one in said["causes"] if one["remedy"] == name)
            found.covered.append(_holds(said["at_95"][name], true[fault], doubt))
            found.shown.append(_holds(_ends(cause["effect"]), true[fault], doubt))
        if said["remainder"]:
            left = set(design.faults) - set(restoring.values())
            rest = means[_key(left)][0] - means["baseline"][0]
            found.rest.append(_holds(_ends(said["remainder"]), rest, doubt))
    if design.hidden and said["verdict"] == "worse" and said["remainder"]:
        found.left.append(said["remainder"]["high"] < 0)
    return found


def _ends(interval: dict[str, float]) -> list[float]:
    return [interval["low"], interval["estimate"], interval["high"]]


def _holds(interval: Sequence[float], true: float, doubt: float) -> bool:
    """Whether an interval holds what is true, as far as that is known."""
    _, estimate, high = interval
    reach = max(high - estimate, 0.0)
    return bool(abs(estimate - true) <= (reach**2 + doubt**2) ** 0.5)


def kind_of(design: Design) -> str:
    """Return the row of the table."""
    number = ("none", "one", "two", "three")[len(design.faults)]
    if design.hidden:
        return f"hidden{', beside one' if design.faults else ''}: {design.hidden[0]}"
    return f"{number}, {design.world}"


def table(path: Path) -> None:
    """Print what was found."""
    said, true = _read(path), _read(_beside(path))
    found: dict[str, Found] = {}
    for design in designs():
        if design.name in said:
            means = true.get(design.name, {}).get("means")
            one = judged(design, said[design.name], means)
            found.setdefault(kind_of(design), Found()).add(one)
    whole = Found()
    for one in found.values():
        whole.add(one)
    print("| planted | comparisons | first | decoy blamed | helps | intervals | rest |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for name, one in [*found.items(), ("**all**", whole)]:
        cells = [
            f"{sum(cell)} of {len(cell)}" if cell else ""
            for cell in (one.first, one.blamed, one.helps, one.covered, one.rest)
        ]
        print(f"| {name} | {one.comparisons} | {' | '.join(cells)} |")
    print(
        f"\nplanted first: {np.mean(whole.first):.1%}, blamed: {np.mean(whole.blamed):.1%}"
    )
    print(f"95 % intervals consistent with 95 %: {covers(whole.covered)}")
    print(f"as shown: {sum(whole.shown)} of {len(whole.shown)}")
    print(
        f"hidden, worse: the remainder is clear in {sum(whole.left)} of {len(whole.left)}"
    )
    print(f"seconds a comparison: median {np.median(whole.seconds):.0f}")


def _read(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    return {one["name"]: one for one in map(json.loads, path.read_text().splitlines())}


def _beside(path: Path) -> Path:
    return path.with_suffix(".truth.jsonl")


def _work(path: Path, minutes: float, what: Any, every: int, which: int) -> None:
    began = time.monotonic()
    for number, design in enumerate(designs()):
        if number % every != which or design.name in _read(path):
            continue
        if time.monotonic() - began > 60 * minutes:
            break
        done = json.dumps(what(design))
        with path.open("a") as file:
            file.write(done + "\n")
        print(f"{design.name} ({time.monotonic() - began:.0f} s)", file=sys.stderr)
        import jax
        import keras

        keras.utils.clear_session()
        jax.clear_caches()


def main() -> None:
    """Run, go on, or print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("what", choices=("run", "truth", "table"))
    parser.add_argument("path", type=Path)
    parser.add_argument("--minutes", type=float, default=1e9)
    parser.add_argument("--every", type=int, default=1, help="of so many processes,")
    parser.add_argument("--which", type=int, default=0, help="this one")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    if options.what == "table":
        table(options.path)
    elif options.what == "run":
        _work(options.path, options.minutes, examined, options.every, options.which)
    else:
        _work(
            _beside(options.path),
            options.minutes,
            lambda design: {"name": design.name, "means": truth(design)},
            options.every,
            options.which,
        )


if __name__ == "__main__":
    main()
