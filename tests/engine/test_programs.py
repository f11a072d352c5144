"""Compiled programs are kept on disk, and a disk that fails is no error."""

import os

import jax
import jax.numpy as jnp
import pytest

from whylow.engine import Clock
from whylow.engine._programs import Programs, cache_folder


def compiled(number):
    """A program that takes a moment to compile, and what it says."""

    def function(x):
        return jax.lax.fori_loop(0, 9, lambda _, y: jnp.sin(y @ y) + number, x)

    x = jnp.eye(3)
    return Programs().get("sum", function, x, clock=Clock(None))(x)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("WHYLOW_CACHE", str(tmp_path))
    monkeypatch.setattr("whylow.engine._programs._SHORTEST", 0.0)
    return cache_folder()


def test_a_program_is_kept_and_found_again(folder):
    first = compiled(1.0)
    kept = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    again = compiled(1.0)

    assert len(kept) == 1
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == kept
    assert (first == again).all()


def test_the_script_keeps_its_own_settings(folder, tmp_path):
    before = jax.config.jax_compilation_cache_dir
    compiled(2.0)
    jax.jit(lambda x: x + 2.0).lower(jnp.eye(3)).compile()

    assert jax.config.jax_compilation_cache_dir == before
    assert len(list(folder.iterdir())) == 1


def test_a_broken_file_costs_a_compilation(folder):
    first = compiled(3.0)
    (file,) = folder.iterdir()
    file.write_bytes(b"torn")

    assert (compiled(3.0) == first).all()


def test_a_folder_that_cannot_be_is_no_error(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("WHYLOW_CACHE", str(tmp_path / "file"))

    assert compiled(4.0).shape == (3, 3)


def test_the_oldest_go_first(folder, monkeypatch):
    compiled(5.0)
    (old,) = folder.iterdir()
    os.utime(old, (1, 1))
    monkeypatch.setattr("whylow.engine._programs._MOST_BYTES", old.stat().st_size - 1)
    compiled(6.0)

    assert not old.exists()
    assert len(list(folder.iterdir())) == 1


def test_where_the_folder_is(tmp_path, monkeypatch):
    monkeypatch.delenv("WHYLOW_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder().parent == tmp_path / "whylow" / "programs"

    monkeypatch.setenv("WHYLOW_CACHE", "")
    assert cache_folder() is None
