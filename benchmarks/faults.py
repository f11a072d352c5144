"""Faulty Keras programs, each with its fix: what whylow finds, beside published tools.

    python benchmarks/faults.py [--cases FOLDER] [--seeds 0,1,2] [--kept FOLDER]
        [--only CASE …] [--judge]

The folder holds `program.py` (trains one half of a pair: `program.py CASE buggy|fixed
--seed N`), `cases.jsonl` (its true faults, and what published tools said of it) and is no
part of the repository. Each half runs through the path of `whylow run --no-replay`; what
was recorded is kept, so that changed rules can judge old runs without training again.
The buggy halves of seed 0 are also put to the test: their error findings are confirmed by a
short replay where a remedy is known.

An alarm is a finding of severity error. `discriminating` is the primary fault named on the
buggy half and on no fixed one; `Youden` is detection less false alarms; published figures
are for any alarm and any labelled fault, which a constant answer reaches too.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "jax")

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "faults"
Answers = dict[tuple[str, str], list[str]]


def record(folder: Path, case: str, variant: str, seed: int, kept: Path) -> None:
    """Train one half under whylow, and keep the fit that was recorded."""
    from whylow.study import Options, run

    path = kept / f"{case}-{variant}-{seed}.json"
    if path.exists():
        return
    confirm = variant == "buggy" and seed == 0
    began = time.perf_counter()
    report = run(
        folder / "program.py",
        [case, variant, "--seed", str(seed)],
        options=Options(replay=False, confirm=confirm),
        stdout_to_stderr=True,
    )
    fit = report.fits[0]
    spent = {
        "all": time.perf_counter() - began,
        "fit": (fit.seconds_per_epoch or 0.0) * fit.epochs,
        "probes": fit.probes.seconds if fit.probes else 0.0,
    }
    kept_now = {"fit": fit.model_dump(mode="json"), "seconds": spent}
    if confirm:
        kept_now["findings"] = [one.model_dump(mode="json") for one in report.findings]
    path.write_text(json.dumps(kept_now))


def judged(path: Path) -> list[tuple[str, tuple[str, ...]]]:
    """Return code and fault words of each error finding, in order."""
    from whylow.checks import run_checks
    from whylow.records import Fit

    fit = Fit.model_validate(json.loads(path.read_text())["fit"])
    findings, _ = run_checks([fit], ())
    return [(one.code, one.faults) for one in findings if one.severity == "error"]


def score(answers: Answers, cases: list[dict]) -> dict[str, float]:
    """Score lists of fault words, one for each half, as `score.py` of the folder does."""
    buggy = [case for case in cases if (case["id"], "buggy") in answers]
    clean = [c for c in buggy if c["fixed_clean"] and (c["id"], "fixed") in answers]
    named = told = right = detected = top = 0
    discriminating = 0
    for case in buggy:
        words = list(dict.fromkeys(answers[case["id"], "buggy"]))
        primary = case["gt_primary"]
        detected += bool(words)
        named += primary in words
        top += words[:1] == [primary]
        fixed = answers.get((case["id"], "fixed"), [])
        discriminating += primary in words and primary not in fixed
        told += len(words)
        right += len(set(words) & set(case["gt"]))
    alarms = sum(bool(answers[case["id"], "fixed"]) for case in clean)
    return {
        "pairs": len(buggy),
        "detected": detected,
        "clean": len(clean),
        "alarms": alarms,
        "primary": named,
        "top1": top,
        "discriminating": discriminating,
        "precision": right / told if told else 0.0,
        "words": told / max(len(buggy), 1),
        "youden": detected / max(len(buggy), 1) - alarms / max(len(clean), 1),
    }


def row(name: str, scores: dict[str, float]) -> str:
    """Write one line of the table."""
    counts = "".join(
        f"{scores[key]:>9.0f}"
        for key in (
            "pairs",
            "detected",
            "clean",
            "alarms",
            "discriminating",
            "primary",
            "top1",
        )
    )
    return f"{name:<28}{counts}{scores['precision']:>9.2f}{scores['youden']:>8.2f}"


def table(kept: Path, cases: list[dict], seeds: list[int]) -> None:
    """Print whylow's scores by seed beside the constant answers."""
    heads = ("pairs", "alarm on", "clean", "false", "discrim-", "primary", "")
    below = ("", "buggy", "fixed", "alarms", "inating", "named", "top-1")
    print(f"{'':<28}" + "".join(f"{word:>9}" for word in heads) + "   preci-")
    print(f"{'':<28}" + "".join(f"{word:>9}" for word in below) + "     sion  Youden")
    for seed in seeds:
        answers = {
            (case["id"], variant): [w for _, ws in judged(path) for w in ws]
            for case in cases
            for variant in ("buggy", "fixed")
            if (path := kept / f"{case['id']}-{variant}-{seed}.json").exists()
        }
        scores = score(answers, cases)
        print(row(f"whylow, seed {seed}", scores))
    halves = [(case["id"], variant) for case in cases for variant in ("buggy", "fixed")]
    for words in (["last_activation"], ["last_activation", "learning_rate"]):
        constant = dict.fromkeys(halves, words)
        print(row(f"constant {'+'.join(words)}"[:28], score(constant, cases)))
    print()
    published(cases)


def published(cases: list[dict]) -> None:
    """Print what was published for the same programs: any alarm, any labelled fault."""
    rows = [case for case in cases if case.get("published_DEFault52")]
    for tool in ("UMLAUT", "AutoTrainer", "DeepLocalize", "DeepFD", "DEFault"):
        said = [case["published_DEFault52"] for case in rows]
        alarm = sum(bool(one["detected"].get(tool)) for one in said)
        named = sum(bool(one["diagnosed"].get(tool)) for one in said)
        print(
            f"published, {tool}: alarm on {alarm}, any label named {named} of {len(rows)}"
        )
    rows = [case for case in cases if case.get("published_deepmufl109")]
    for tool in ("Neuralint", "UMLAUT", "DeepLocalize", "DeepDiagnosis", "deepmufl(MUSE)"):
        named = sum(bool(case["published_deepmufl109"].get(tool)) for case in rows)
        print(f"published, {tool}: fault located {named} of {len(rows)}")


def confirmations(kept: Path, cases: list[dict]) -> None:
    """Print what a replay said of the error findings on the buggy halves of seed 0."""
    print("\nfirst error finding on the buggy half, put to the test by a replay:")
    counts: dict[str, int] = {}
    for case in cases:
        path = kept / f"{case['id']}-buggy-0.json"
        found = json.loads(path.read_text()).get("findings", ()) if path.exists() else ()
        # A refuted one is an info, and what it was before stands in its message.
        put = [one for one in found if one["severity"] == "error"]
        put += [one for one in found if one["confirmed"] == "refuted"]
        if put:
            first = put[0]
            counts[first["confirmed"]] = counts.get(first["confirmed"], 0) + 1
            told = first["message"].partition("Trained again: ")[2]
            print(f"  {case['id']:<22}{first['code']} {first['confirmed']:<11}{told}")
    print("  " + ", ".join(f"{name}: {count}" for name, count in counts.items()))


def cost(kept: Path) -> None:
    """Print what probes took, against what they may: 5 s, or a fifth of the fit."""
    spent = [json.loads(path.read_text())["seconds"] for path in kept.glob("*.json")]
    if not spent:
        return
    probes = [one["probes"] for one in spent]
    over = [one for one in spent if one["probes"] > max(5.0, 0.2 * one["fit"])]
    median = statistics.median(probes)
    print(
        f"\nprobes of {len(spent)} fits: median {median:.1f} s, longest"
        f" {max(probes):.1f} s;"
        f" beyond 5 s and a fifth of the fit's own time: {len(over)}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=Path, default=FOLDER)
    parser.add_argument("--seeds", default="0,1,2")
    parser.add_argument("--kept", type=Path, default=Path("fault-runs"))
    parser.add_argument("--only", nargs="*", default=())
    parser.add_argument("--judge", action="store_true", help="train nothing")
    args = parser.parse_args()
    source = args.cases / "cases.jsonl"
    if not source.exists():
        sys.exit(f"There is no {source}; give --cases the folder with the programs.")
    cases = [json.loads(line) for line in source.read_text().splitlines()]
    cases = [case for case in cases if not args.only or case["id"] in args.only]
    seeds = [int(seed) for seed in args.seeds.split(",")]
    args.kept.mkdir(exist_ok=True)
    for case in cases if not args.judge else ():
        for variant in ("buggy", "fixed"):
            for seed in seeds:
                record(args.cases, case["id"], variant, seed, args.kept)
    for case in cases:
        for variant in ("buggy", "fixed"):
            path = args.kept / f"{case['id']}-{variant}-{seeds[0]}.json"
            if path.exists():
                found = "; ".join(f"{c} {', '.join(ws)}" for c, ws in judged(path))
                truth = case["gt_primary"] if variant == "buggy" else ""
                print(f"{case['id']:<22}{variant:<7}{truth:<22}{found or '-'}")
    print()
    table(args.kept, cases, seeds)
    confirmations(args.kept, cases)
    cost(args.kept)


if __name__ == "__main__":
    main()
