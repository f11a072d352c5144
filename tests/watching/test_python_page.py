"""The examples of docs/python.md give what they show."""

import doctest
import tomllib
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "python.md"


def test_examples_give_what_they_show():
    # The fences end an example: what stands behind an empty line is not its output.
    ran = doctest.testfile(str(PAGE), module_relative=False)
    assert ran.attempted > 10
    assert ran.failed == 0


def test_the_table_for_pyproject_is_read(tmp_path, monkeypatch):
    from whylow.cli._allow import allowed

    table = PAGE.read_text().split("```toml\n")[1].split("```")[0]
    assert tomllib.loads(table)
    (tmp_path / "pyproject.toml").write_text(table)
    monkeypatch.chdir(tmp_path)
    assert allowed(None) == {"WL112": "a first look at the curves"}
