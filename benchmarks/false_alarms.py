"""What whylow says of programs with which nothing is wrong.

    uv run python benchmarks/false_alarms.py

Runs `whylow run --checks-only --no-replay` on the well-made programs of the tests and on
the demo's script, and prints every error and warning, and how many of each there are.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROGRAMS = ROOT / "tests" / "well_made" / "programs"


def findings_of(path):
    options = ("--checks-only", "--no-replay", "--exit-zero", "--format", "json")
    command = (sys.executable, "-m", "whylow", "run", *options, path.name)
    ran = subprocess.run(command, cwd=path.parent, capture_output=True, text=True)
    if ran.returncode:
        sys.exit(f"{path.name}: {ran.stderr[-500:]}")
    return json.loads(ran.stdout)["findings"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", help="part of the names of the programs to run")
    only = parser.parse_args().only or ""
    paths = sorted(set(PROGRAMS.glob("*.py")) - {PROGRAMS / "made_data.py"})
    paths.append(ROOT / "src" / "whylow" / "demo" / "script.py")
    counts = {"error": 0, "warning": 0, "info": 0}
    alarmed = {"error": set(), "warning": set(), "info": set()}
    paths = [path for path in paths if only in path.stem]
    for path in paths:
        for finding in findings_of(path):
            counts[finding["severity"]] += 1
            alarmed[finding["severity"]].add(path)
            if finding["severity"] != "info":
                print(f"  {finding['severity']} {finding['code']} {finding['message']}")
        print(path.stem, flush=True)
    for severity, count in counts.items():
        print(f"{severity}: {count} on {len(alarmed[severity])} of {len(paths)} programs")


if __name__ == "__main__":
    main()
