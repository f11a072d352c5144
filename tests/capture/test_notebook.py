"""Notebooks become scripts."""

import json
import sys

import pytest

from whylow.capture._notebook import notebook_source
from whylow.capture._script import run_script
from whylow.exceptions import InputError


def notebook(*cells, **metadata):
    code = [{"cell_type": "code", "source": cell, "outputs": []} for cell in cells]
    prose = {"cell_type": "markdown", "source": ["# Not code: %time"]}
    document = {"cells": [prose, *code], "metadata": metadata, "nbformat": 4}
    return json.dumps(document).encode()


def source(*cells):
    return notebook_source(notebook(*cells), "a.ipynb")


def test_cells_are_joined_in_order():
    text, notes = source("a = 1", ["b = 2\n", "c = 3"])
    assert text == "a = 1\n\nb = 2\nc = 3\n"
    assert notes == ()


@pytest.mark.parametrize(
    "line",
    [
        "%matplotlib inline",
        "!pip install keras",
        "files = !ls",
        "train?",
        "?train",
        "%cd x",
    ],
)
def test_a_magic_becomes_pass(line):
    text, notes = source(f"a = 1\nif a:\n    {line}\nb = 2")
    assert text == "a = 1\nif a:\n    pass\nb = 2\n"
    assert notes == (f"Left out of the notebook, as it is no Python: `{line}`.",)


def test_the_operator_at_the_start_of_a_line_is_no_magic():
    cell = 'print("a %s"\n  % 3)\n"""\n%time\n!ls\n"""'
    assert source(cell) == (cell + "\n", ())


def test_the_operator_stays_beside_a_magic():
    cell = '%matplotlib inline\nprint("a %s"\n  % 3)'
    assert source(cell)[0] == cell.replace("%matplotlib inline", "pass") + "\n"


def test_code_that_is_only_timed_is_kept():
    assert source("%time fit(x,\n  y)") == ("fit(x,\n  y)\n", ())
    text, notes = source("\n%%time\nfit(x)", "%%capture out\n!pip install b\nc = 1")
    assert text == "\n\nfit(x)\n\n\npass\nc = 1\n"
    assert "`%%time`, `%%capture`, `!pip install b`" in notes[0]


def test_cells_in_another_language_are_left_out_whole():
    text, notes = source("a = 1", "%%bash\nls | wc", "b = 2")
    assert text == "a = 1\n\n\n\nb = 2\n"
    assert "`%%bash`" in notes[0]


def test_many_magics_are_counted():
    _, notes = source("\n".join(f"!pip install {name}" for name in "abcde"))
    assert notes[0].endswith(
        "`!pip install a`, `!pip install b`, `!pip install c` and 2 more."
    )


def test_what_is_wrong_without_a_magic_stays_wrong():
    assert source("for in x:\n  pass") == ("for in x:\n  pass\n", ())


def test_old_notebooks_have_worksheets():
    cell = {"cell_type": "code", "input": ["a = 1\n", "b = 2"]}
    raw = json.dumps({"worksheets": [{"cells": [cell]}], "metadata": {}}).encode()
    assert notebook_source(raw, "a.ipynb")[0] == "a = 1\nb = 2\n"


@pytest.mark.parametrize("raw", [b"{", b"[]", b"{}", b'{"cells": [3]}', b"\xff\xfe"])
def test_what_is_no_notebook_is_one_sentence(raw):
    with pytest.raises(InputError, match=r"'a\.ipynb' is no Jupyter notebook"):
        notebook_source(raw, "a.ipynb")


def test_a_notebook_in_another_language_is_one_sentence():
    raw = notebook("a <- 1", kernelspec={"language": "R"})
    with pytest.raises(InputError, match="is a notebook in R; whylow runs Python"):
        notebook_source(raw, "a.ipynb")


def test_a_notebook_runs_and_its_classes_can_be_read(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "Agg")
    path = tmp_path / "study.ipynb"
    look = "import inspect\nprint(inspect.getsource(Own))\ndisplay(Own.value)"
    path.write_bytes(notebook("%pylab", "class Own:\n    value = 5", look, "1 / 0"))
    before = sys.modules["__main__"], list(sys.path)
    try:
        outcome = run_script(path)
    finally:
        sys.modules["__main__"], sys.path[:] = before
    said = capsys.readouterr()
    assert said.out == "class Own:\n    value = 5\n\n5\n"
    assert 'study.ipynb", line 10' in said.err
    assert "    1 / 0" in said.err
    assert outcome.exit_status == 1
    assert outcome.notes == ("Left out of the notebook, as it is no Python: `%pylab`.",)
