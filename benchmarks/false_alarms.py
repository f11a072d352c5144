"""What whylow says of programs with which nothing is wrong.

    uv run python benchmarks/false_alarms.py

Runs `whylow run --checks-only --no-replay` on the well-made programs of the tests and on
the demo's script, and prints every error and warning, how many of each there are, and the
seconds that probes took against the fits' own. Runs of several calls add up (`--only`).
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROGRAMS = ROOT / "tests" / "well_made" / "programs"


def report_of(path):
    options = ("--checks-only", "--no-replay", "--exit-zero", "--format", "json")
    command = (sys.executable, "-m", "whylow", "run", *options, path.name)
    ran = subprocess.run(command, cwd=path.parent, capture_output=True, text=True)
    if ran.returncode:
        sys.exit(f"{path.name}: {ran.stderr[-500:]}")
    return json.loads(ran.stdout)


def seconds_of(fit):
    """Return the seconds that a fit's epochs took, and those of its probes."""
    own = (fit["seconds_per_epoch"] or 0.0) * fit["epochs"]
    return own, (fit.get("probes") or {}).get("seconds", 0.0)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", help="part of the names of the programs to run")
    only = parser.parse_args().only or ""
    paths = sorted(set(PROGRAMS.glob("*.py")) - {PROGRAMS / "made_data.py"})
    paths.append(ROOT / "src" / "whylow" / "demo" / "script.py")
    counts = {"error": 0, "warning": 0, "info": 0}
    alarmed = {"error": set(), "warning": set(), "info": set()}
    paths = [path for path in paths if only in path.stem]
    over = 0
    for path in paths:
        report = report_of(path)
        for finding in report["findings"]:
            counts[finding["severity"]] += 1
            alarmed[finding["severity"]].add(path)
            if finding["severity"] != "info":
                print(f"  {finding['severity']} {finding['code']} {finding['message']}")
        spent = [seconds_of(fit) for fit in report["fits"]]
        over += sum(probes > max(5.0, 0.2 * own) for own, probes in spent)
        told = ", ".join(f"fit {own:.1f} s, probes {took:.1f} s" for own, took in spent)
        print(f"{path.stem}: {told}", flush=True)
    for severity, count in counts.items():
        print(f"{severity}: {count} on {len(alarmed[severity])} of {len(paths)} programs")
    print(f"probes took more than 5 s and a fifth of the fit's own time: {over} fits")


if __name__ == "__main__":
    main()
