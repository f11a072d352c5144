"""A script run by whylow behaves as one run by Python."""

import json
import os
import subprocess
import sys
import textwrap

import pytest

from whylow.capture._script import run_script
from whylow.exceptions import InputError

DRIVER = """
import json, os, sys
from whylow.capture._script import run_script
options = json.loads(sys.argv[1])
outcome = run_script(options["path"], options["args"], stdout_to_stderr=options["quiet"])
after = options["after"]
if after:
    exec(after)
with open(options["answer"], "w") as file:
    json.dump([outcome.exit_status, repr(outcome.error), outcome.seconds,
               list(outcome.notes)], file)
"""


def environment(**changes):
    """The environment without what would choose a backend or hide that output waits."""
    hidden = ("KERAS_BACKEND", "PYTHONUNBUFFERED")
    kept = {key: value for key, value in os.environ.items() if key not in hidden}
    return {**kept, **changes}


def by_python(script, *args, cwd):
    command = [sys.executable, str(script), *args]
    return subprocess.run(
        command, capture_output=True, text=True, cwd=cwd, env=environment()
    )


class ByWhylow:
    """The process that ran a script through `run_script`, and the outcome."""

    def __init__(self, script, *args, cwd, quiet=False, after="", **env):
        answer = cwd / "answer.json"
        options = {"path": str(script), "args": args, "quiet": quiet, "after": after}
        options["answer"] = str(answer)
        command = [sys.executable, "-c", DRIVER, json.dumps(options)]
        self.process = subprocess.run(
            command, capture_output=True, text=True, cwd=cwd, env=environment(**env)
        )
        self.stdout, self.stderr = self.process.stdout, self.process.stderr
        assert self.process.returncode == 0, self.stderr
        self.exit_status, self.error, self.seconds, self.notes = json.loads(
            answer.read_text()
        )


def write(folder, text, name="script.py"):
    path = folder / name
    path.write_text(textwrap.dedent(text))
    return path


SCRIPTS = {
    "prints what it sees": """
        import os, sys
        print(__name__, __file__, __package__, __spec__, __doc__, sys.argv, sys.path[0])
        print(os.getcwd(), sys.modules["__main__"].__dict__ is globals())
        print(sorted(globals()))
        """,
    "has a docstring and future statement": '''
        """Words."""
        from __future__ import annotations
        def function(x: undefined): ...
        print(__doc__, function.__annotations__)
        ''',
    "exits": "raise SystemExit",
    "exits with 3": "import sys; sys.exit(3)",
    "exits with -1": "import sys; sys.exit(-1)",
    "exits with 256": "import sys; sys.exit(256)",
    "exits with True": "import sys; sys.exit(True)",
    "exits with words": "import sys; print('before'); sys.exit('no data here')",
    "raises": """
        def inner():
            return 1 / 0
        def outer():
            try:
                inner()
            except ZeroDivisionError as error:
                raise ValueError("wrong") from error
        print("before")
        outer()
        """,
    "raises while handling": """
        try:
            {}["key"]
        except KeyError:
            open("no such file")
        """,
    "misses a module": "import no_such_module_anywhere",
    "cannot be parsed": "print('never')\nfor in x:\n    pass\n",
    "has its own exception hook": """
        import sys
        sys.excepthook = lambda *error: print("mine", error[0].__name__, file=sys.stderr)
        1 / 0
        """,
    "is interrupted": "raise KeyboardInterrupt",
    "raises a group": "raise ExceptionGroup('two', [ValueError(1), KeyError('k')])",
    "writes at its end": "import atexit; atexit.register(print, 'bye'); print('hello')",
    "looks at its source": """
        import inspect, pickle
        class Own:
            pass
        print(inspect.getsource(Own))
        print(type(pickle.loads(pickle.dumps(Own()))) is Own)
        """,
}


@pytest.mark.parametrize("text", SCRIPTS.values(), ids=SCRIPTS)
def test_output_and_exit_status_are_those_of_python(text, tmp_path):
    script = write(tmp_path, text)
    expected = by_python("script.py", "--rows", "7", cwd=tmp_path)
    got = ByWhylow("script.py", "--rows", "7", cwd=tmp_path)
    assert got.stdout == expected.stdout
    assert got.stderr == expected.stderr
    if text == SCRIPTS["is interrupted"]:
        assert (got.exit_status, expected.returncode) == (130, -2)
    else:
        assert got.exit_status == expected.returncode
    assert script.exists()


def test_the_folder_of_the_script_comes_first_on_the_path(tmp_path):
    (tmp_path / "deep").mkdir()
    write(tmp_path / "deep", "print('the neighbour')", "neighbour.py")
    write(tmp_path / "deep", "import neighbour")
    link = tmp_path / "link.py"
    link.symlink_to(tmp_path / "deep" / "script.py")
    for name in ("deep/script.py", "link.py"):
        assert by_python(name, cwd=tmp_path).stdout == "the neighbour\n"
        assert ByWhylow(name, cwd=tmp_path).stdout == "the neighbour\n"


def test_what_the_script_defines_can_be_read_and_pickled_afterwards(tmp_path):
    text = """
        import os
        class Own:
            value = 5
        os.chdir("/")
        """
    after = (
        "import inspect, pickle; own = sys.modules['__main__'].Own\n"
        "print(inspect.getsource(own), pickle.loads(pickle.dumps(own())).value)\n"
        "print(outcome.module is sys.modules['__main__'])"
    )
    write(tmp_path, text)
    got = ByWhylow("script.py", cwd=tmp_path, after=after)
    assert got.stdout == "class Own:\n    value = 5\n 5\nTrue\n"


def test_what_the_script_changed_and_we_need_is_put_back(tmp_path):
    text = """
        import os, signal, sys
        os.chdir("/")
        sys.argv.append("more")
        sys.stdout = open(os.devnull, "w")
        sys.stderr = sys.stdout
        sys.excepthook = print
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        """
    after = (
        "import signal; print(os.getcwd(), len(sys.argv), sys.stdout is sys.__stdout__,"
        "sys.stderr is sys.__stderr__, sys.excepthook is sys.__excepthook__,"
        "signal.getsignal(signal.SIGINT) is signal.default_int_handler)"
    )
    write(tmp_path, text)
    got = ByWhylow("script.py", cwd=tmp_path, after=after)
    assert got.stdout == f"{tmp_path} 2 True True True True\n"


def test_all_output_goes_to_standard_error_when_asked(tmp_path):
    text = """
        import ctypes, os, subprocess, sys
        print("print")
        os.write(1, b"descriptor\\n")
        subprocess.run(["echo", "subprocess"])
        ctypes.CDLL(None).puts(b"c library")
        print("left in the buffer", end="")
        """
    write(tmp_path, text)
    got = ByWhylow("script.py", cwd=tmp_path, quiet=True, after="print('the report')")
    assert got.stdout == "the report\n"
    said = ("print", "descriptor", "subprocess", "c library", "left in the buffer")
    assert all(word in got.stderr for word in said)


def test_output_before_an_error_comes_before_the_traceback(tmp_path):
    write(tmp_path, "print('first'); 1 / 0")
    got = ByWhylow("script.py", cwd=tmp_path, quiet=True)
    assert got.stderr.startswith("first\nTraceback")


def test_streams_that_are_no_files_are_redirected_too(tmp_path, capsys):
    """Under a test or in a notebook `sys.stdout` need not be descriptor 1."""
    script = write(tmp_path, "print('hello')")
    before = sys.modules["__main__"], list(sys.path)
    try:
        run_script(script, stdout_to_stderr=True)
    finally:
        sys.modules["__main__"], sys.path[:] = before
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "hello\n")


def test_jax_is_the_backend_unless_the_person_chose_one(tmp_path):
    text = "import os; print(os.environ['KERAS_BACKEND'])"
    write(tmp_path, text)
    assert ByWhylow("script.py", cwd=tmp_path).stdout == "jax\n"
    assert ByWhylow("script.py", cwd=tmp_path, KERAS_BACKEND="torch").stdout == "torch\n"
    write(tmp_path, "import os; os.environ['KERAS_BACKEND'] = 'numpy'\n" + text)
    assert ByWhylow("script.py", cwd=tmp_path).stdout == "numpy\n"


def test_our_frames_are_taken_out_of_the_script_s_traceback(tmp_path):
    """An observer of ours stands between the script and what it calls."""
    text = """
        from whylow.capture._notebook import notebook_source
        def train():
            notebook_source(b"[", "text.ipynb")
        try:
            train()
        except Exception as error:
            raise ValueError("mine") from error
        """
    write(tmp_path, text)
    got = ByWhylow("script.py", cwd=tmp_path)
    assert "in train" in got.stderr
    assert "ValueError: mine" in got.stderr
    assert "_notebook.py" not in got.stderr


def test_seconds_are_those_of_the_script(tmp_path):
    write(tmp_path, "import time; time.sleep(0.3)")
    assert 0.3 <= ByWhylow("script.py", cwd=tmp_path).seconds < 3


def test_the_outcome_holds_what_ended_the_script(tmp_path):
    for text, error in (
        ("pass", "None"),
        ("raise SystemExit(2)", "None"),
        ("raise ValueError('a')", "ValueError('a')"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt()"),
    ):
        write(tmp_path, text)
        assert ByWhylow("script.py", cwd=tmp_path).error == error


def test_a_missing_file_a_folder_and_bytes_are_one_sentence(tmp_path):
    with pytest.raises(InputError, match=r"There is no script '.*train\.py' in '"):
        run_script(tmp_path / "train.py")
    with pytest.raises(InputError, match="is a folder; name the training script in it"):
        run_script(tmp_path)
    (tmp_path / "model.py").write_bytes(b"PK\0\0")
    with pytest.raises(InputError, match="is no Python script: it holds null bytes"):
        run_script(tmp_path / "model.py")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read all")
def test_a_file_that_may_not_be_read_is_one_sentence(tmp_path):
    script = write(tmp_path, "pass")
    script.chmod(0)
    with pytest.raises(InputError, match="Cannot read the script"):
        run_script(script)


def test_a_name_that_is_too_long_is_one_sentence():
    with pytest.raises(
        InputError, match=r"Cannot read the script .*: File name too long\."
    ):
        run_script("x" * 300 + ".py")
