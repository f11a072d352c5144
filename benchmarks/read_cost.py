"""Time and memory of `whylow read`.

    python benchmarks/read_cost.py [--seed FILE] [--megabytes 100] [--epochs 100000]

Time: a whole reading of a short log in a fresh interpreter, the best of several, beside
`python -c pass` on the same machine at the same time. Memory: the peak of a fresh
interpreter that reads above that of one that does nothing, for noise with and without
line ends, for very long logs, and for a very long history in JSON.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CORPUS = Path(__file__).parents[1] / "tests" / "logs" / "corpus"
IMPORT = (
    "from whylow.reading import read_files; from whylow.report._read_text import read_text"
)
READ = f"""{IMPORT}
import sys
from whylow.exceptions import WhylowError
try:
    read_text(read_files(sys.argv[1:]))
except WhylowError:
    pass
"""
PEAK = """
import resource
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def seconds(code: str, *arguments: str, tries: int = 9) -> float:
    best = float("inf")
    for _ in range(tries):
        start = time.perf_counter()
        subprocess.run(
            [sys.executable, "-c", code, *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        best = min(best, time.perf_counter() - start)
    return best


def peak_megabytes(code: str, *arguments: str) -> tuple[float, float]:
    start = time.perf_counter()
    ran = subprocess.run(
        [sys.executable, "-c", code + PEAK, *arguments],
        check=True,
        capture_output=True,
        text=True,
    )
    return int(ran.stdout.split()[-1]) / 1024, time.perf_counter() - start


def noise(path: Path, megabytes: int, *, words: bool) -> None:
    """Random bytes, or random words of logs without a single line end."""
    pieces = [
        b"Epoch 1/3 ",
        b"164/164 [==",
        b"loss: 0.1 - ",
        b"{'loss': [",
        b"fit(",
        b"0.5,",
    ]
    with path.open("wb") as file:
        for _ in range(megabytes):
            if words:
                chunk = b"".join(random.choices(pieces, k=120_000))  # noqa: S311
                file.write(chunk[: 2**20])
            else:
                file.write(os.urandom(2**20))


def long_log(path: Path, epochs: int) -> None:
    with path.open("w") as file:
        for n in range(1, epochs + 1):
            share = 0.5 + 0.4 * n / epochs
            file.write(
                f"Epoch {n}/{epochs}\n164/164 [{'=' * 30}] - 49s 282ms/step - loss: 0.3407"
                f" - accuracy: {share:.4f} - val_loss: 0.1843 - val_accuracy: {share:.4f}\n"
            )


def long_history(path: Path, epochs: int) -> None:
    names = ("loss", "accuracy", "val_loss", "val_accuracy")
    history = {name: [random.random() for _ in range(epochs)] for name in names}  # noqa: S311
    path.write_text(json.dumps(history))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", default=str(CORPUS / "post_attention.txt"))
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--epochs", type=int, default=100_000)
    arguments = parser.parse_args()
    nothing = seconds("pass")
    command = "import sys; from whylow.cli import main; sys.exit(main())"
    whole = seconds(READ, arguments.seed)
    print(f"python -c pass          {nothing:6.3f} s")
    print(f"read and render         {whole:6.3f} s   ratio {whole / nothing:.1f}")
    try:
        told = seconds(command, "read", arguments.seed, "--exit-zero")
        print(f"the whole command       {told:6.3f} s   ratio {told / nothing:.1f}")
    except subprocess.CalledProcessError:
        print("the whole command       failed")
    base, _ = peak_megabytes("pass")
    imports, _ = peak_megabytes(IMPORT)
    print(
        f"\nabove the interpreter's {base:.1f} MB; imports alone +{imports - base:.1f} MB"
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log"
        cases = {
            f"{arguments.megabytes} MB of random bytes": lambda: noise(
                path, arguments.megabytes, words=False
            ),
            f"{arguments.megabytes} MB of log words": lambda: noise(
                path, arguments.megabytes, words=True
            ),
            f"{arguments.epochs:,} epochs printed": lambda: long_log(
                path, arguments.epochs
            ),
            f"{10 * arguments.epochs:,} epochs printed": lambda: long_log(
                path, 10 * arguments.epochs
            ),
            f"{arguments.epochs:,} epochs in JSON": lambda: long_history(
                path, arguments.epochs
            ),
        }
        for name, make in cases.items():
            make()
            peak, took = peak_megabytes(READ, str(path))
            size = path.stat().st_size / 2**20
            print(f"{name:28} {size:6.1f} MB  +{peak - base:5.1f} MB  {took:6.1f} s")


if __name__ == "__main__":
    main()
