"""The corpus: real and made logs, with what must be read from each beside it."""

import json
from pathlib import Path

import pytest

from whylow.capture.logs import parse_streams
from whylow.exceptions import InputError
from whylow.reading import read_files
from whylow.report._read_text import read_text

CORPUS = Path(__file__).parent / "corpus"
LOGS = sorted(path for path in CORPUS.iterdir() if path.suffix != ".expected")
RATES = {"lr", "learning_rate"}


def expected(path):
    return json.loads(path.with_name(f"{path.name}.expected").read_text())


def test_the_corpus_is_large_and_much_of_it_is_real():
    real = [path for path in LOGS if expected(path).get("real")]
    assert len(LOGS) >= 40
    assert len(real) >= 15
    assert {path.name[:6] for path in real} == {"keras2", "keras3"}


@pytest.mark.parametrize("path", LOGS, ids=lambda path: path.name)
def test_a_log_is_read_as_it_must_be(path):
    want = expected(path)
    with path.open("rb") as stream:
        fits = parse_streams([stream], [path.name]).fits
    own = [set(fit["history"]) for fit in want["fits"]]
    found = [
        {k: list(v) for k, v in fit.history.items() if k in names or k not in RATES}
        for fit, names in zip(fits, own, strict=True)
    ]
    assert found == [fit["history"] for fit in want["fits"]]


@pytest.mark.parametrize("path", LOGS, ids=lambda path: path.name)
def test_a_log_gets_an_answer_that_fits_the_screen(path):
    want = expected(path)
    if not want["fits"]:
        with pytest.raises(InputError, match="No training log was found"):
            read_files([path])
        return
    report = read_files([path])
    lines = read_text(report).splitlines()
    assert len(lines) <= 30
    assert max(map(len, lines)) <= 80
    assert {finding.code for finding in report.findings} >= set(want.get("codes", ()))
    if "names" in want:
        assert [fit.name for fit in report.fits] == want["names"]
