"""The environment belongs to its folder, its lock and its Python; where it cannot be set up, the one in place stays."""

import os
import shutil
import subprocess
import sys

import pytest

from claimbook.paths import ROOT

sys.path.insert(0, str(ROOT))
import environment  # noqa: E402  (it lies beside the package)


@pytest.fixture
def folder(tmp_path):
    """A folder with a lock that asks for nothing, and its environment."""
    home = tmp_path / "a folder"
    home.mkdir()
    shutil.copy(ROOT / "environment.py", home)
    shutil.copytree(ROOT / "claimbook", home / "claimbook", ignore=shutil.ignore_patterns("__pycache__"))
    (home / "requirements.lock").write_text("")
    (home / "pyproject.toml").write_text("")
    environment.set_up(home, made)
    return home


def made(aside, root):
    """What venv and pip would make: a Python, and a command that names the place it was made in."""
    (aside / "bin").mkdir(parents=True)
    (aside / "bin/python").symlink_to(sys.executable)
    (aside / "bin/hello").write_text(f"#!/bin/sh\necho '{aside}'\n")
    (aside / "bin/hello").chmod(0o755)


def broken(aside, root):
    made(aside, root)
    raise subprocess.CalledProcessError(1, "pip")


def run(root):
    return subprocess.run([sys.executable, root / "environment.py"], capture_output=True, text=True)


def test_its_commands_run_in_their_own_place(folder):
    said = subprocess.run([folder / ".venv/bin/hello"], capture_output=True, text=True, check=True).stdout
    assert said.strip() == str(folder / ".venv") and not (folder / ".venv.new").exists()


def test_what_is_sound_is_left_alone_and_nothing_is_said(folder):
    for name in ("requirements.lock", "pyproject.toml"):
        os.utime(folder / name)  # touched, and the same
    before = (folder / ".venv/.ready").stat().st_mtime_ns
    done = run(folder)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (folder / ".venv/.ready").stat().st_mtime_ns == before


@pytest.mark.parametrize(
    "happens, reason",
    [
        (lambda home: shutil.rmtree(home / ".venv"), "there is none yet"),
        (lambda home: (home / ".venv/.ready").unlink(), "half made"),
        (lambda home: (home / ".venv/.ready").write_text(""), "another folder"),
        (lambda home: (home / "requirements.lock").write_text("# new"), "requirements.lock has changed"),
        (lambda home: (home / "pyproject.toml").write_text("# new"), "pyproject.toml has changed"),
        (lambda home: (home / ".venv/bin/python").unlink(), "its Python is gone"),
    ],
)
def test_what_is_not_sound_is_named(folder, happens, reason):
    assert environment.lacking(folder) is None
    happens(folder)
    assert reason in environment.lacking(folder)
    environment.set_up(folder, made)
    assert environment.lacking(folder) is None


@pytest.mark.parametrize("moved", [shutil.copytree, shutil.move])
def test_a_copied_and_a_renamed_folder_get_their_own(folder, tmp_path, moved):
    other = tmp_path / "mine"
    moved(folder, other, **({"symlinks": True} if moved is shutil.copytree else {}))
    assert "another folder" in environment.lacking(other)


def test_where_nothing_can_be_installed_the_one_in_place_stays(folder):
    (folder / ".venv/pyodide").mkdir()
    with pytest.raises(subprocess.CalledProcessError):
        environment.set_up(folder, broken)
    assert environment.lacking(folder) is None and not (folder / ".venv.new").exists()
    environment.set_up(folder, made)
    assert (folder / ".venv/pyodide").exists(), "what was fetched is kept"


def test_a_lock_that_cannot_be_installed_is_told_in_words(folder):
    (folder / "requirements.lock").write_text("no-such-package @ file:///nowhere.whl --hash=sha256:" + "0" * 64)
    done = run(folder)
    assert done.returncode == 1 and "The one in place stays as it was." in done.stderr
    assert "Traceback" not in done.stderr.splitlines()[-1] and (folder / ".venv/bin/hello").exists()


def test_the_second_of_two_waits(folder):
    (folder / "requirements.lock").write_text("# new")
    with environment.alone(folder / "_build/environment.lock", "setting up .venv"):
        second = subprocess.Popen([sys.executable, folder / "environment.py"], stdout=subprocess.PIPE, text=True)
        assert "Waiting" in second.stdout.readline()
        environment.set_up(folder, made)
    assert second.communicate(timeout=60)[0] == "" and second.returncode == 0
